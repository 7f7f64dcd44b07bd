"""Tiles of images: which get some, how they are made, kept, served, replaced and collected."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import pyvips
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image

from annotator.domain.errors import Missing
from annotator.jobs import engine
from annotator.models import Blob, Event, Job, Media, QualityIssue, Rendition
from annotator.services import blobs
from annotator.services.jobs import children, jobs
from annotator.services.media import creation, urls as media_urls
from annotator.services.media.decoding import tiles
from annotator.services.tiling import child, making, reading
from annotator.storage.pyramids import archive, rules
from tests.storage import pictures
from tests.world import World, keep


@pytest.fixture(autouse=True)
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make tiles in the test's own process; the real child has its test in tests/jobs."""

    def call(command: Any, name: str, *, limits: Any, progress: Any, check: Any, args: Any) -> dict[str, Any]:
        check()
        outcome: dict[str, Any] = json.loads(
            json.dumps(child.child.answer(child.CALLS, {"call": name, "args": args}, progress))
        )
        if not outcome.pop("ok"):
            raise children.Unreadable(outcome["reason"], code=outcome["code"])
        return outcome

    monkeypatch.setattr(children, "call", call)


def noise(height: int, width: int, *bands: int) -> Any:
    values = np.random.default_rng(1).integers(0, 65536, (height, width, *bands))
    return values.astype(np.uint16)


def tiff(values: Any, interpretation: str = "multiband") -> bytes:
    image = pyvips.Image.new_from_array(values).copy(interpretation=interpretation)
    return bytes(image.tiffsave_buffer())


def plain(width: int = 2200, height: int = 700) -> Any:
    """Return blocks of color, which are packed and unpacked in no time."""
    blocks = noise(height // 100, width // 50, 3).astype(np.uint8)
    return np.kron(blocks, np.ones((100, 50, 1), np.uint8))


def create(w: World, data: bytes, name: str, **options: Any) -> Media:
    made = creation.create_image(
        actor=w.actor(w.max), dataset=w.dataset, name=name, source=keep(data), **options
    )
    return Media.objects.select_related("blob", "project").get(pk=made.pk)


def make(w: World) -> Job:
    """Run the job that waits in the project."""
    job = Job.objects.filter(project=w.project, kind="tiles").latest("created_at")
    engine.run(job.pk)
    job.refresh_from_db()
    return job


def layers(media: Media) -> list[str]:
    return [row.variant for row in tiles.layers_of(media)]


def entry(media: Media, layer: str, name: str) -> tuple[bytes, str]:
    return reading.read(reading.find(media.pk, layer, media_urls.version(media.blob, layer)), name)


def pixels(media: Media, layer: str = "tiles", level: int | None = None) -> Any:
    """Return a level of a layer put together from its tiles, the full one unless `level` is given."""
    facts = json.loads(entry(media, layer, archive.LAYER)[0])
    level = facts["levels"] - 1 if level is None else level
    width = (
        -(-facts["width"] >> (facts["levels"] - 1 - level)) if level < facts["levels"] - 1 else facts["width"]
    )
    rows, at = [], 0
    while True:
        row, column = [], 0
        while column * rules.TILE < width:
            try:
                data = entry(media, layer, f"{level}/{column}_{at}")[0]
            except Missing:
                break
            row.append(pyvips.Image.new_from_buffer(data, "").numpy())
            column += 1
        if not row:
            break
        rows.append(np.concatenate(row, axis=1))
        at += 1
    return np.concatenate(rows, axis=0)


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        (("JPEG", "RGB", 8192, 4000, False), False),
        (("JPEG", "RGB", 8193, 100, False), True),
        (("JPEG", "RGB", 8000, 5000, False), False),
        (("PNG", "RGB", 8000, 5001, False), True),
        (("TIFF", "RGB", 2048, 2048, False), False),
        (("TIFF", "RGB", 2049, 100, False), True),
        (("PNG", "I;16", 20, 20, True), True),
        (("TIFF", "5x8-bit", 20, 20, False), True),
    ],
)
def test_which_images_need_tiles(w: World, facts: tuple[Any, ...], wanted: bool) -> None:
    """The rule on one image and that in the database agree."""
    *known, is_deep = facts
    assert rules.needs_pyramid(*known, is_deep=is_deep) is wanted
    media = w.images[0]
    columns = dict(zip(("format", "mode", "width", "height"), known, strict=True))
    Media.objects.filter(pk=media.pk).update(
        **columns, display_range=[0, 9] if is_deep else None, blob=keep(b"x")
    )
    media.refresh_from_db()
    assert media_urls.needs_tiles(media) is wanted
    assert tiles.waiting(w.project).filter(pk=media.pk).exists() is wanted


def test_a_color_image_keeps_every_pixel(w: World) -> None:
    values = plain()
    media = create(w, tiff(values, "srgb"), "plain.tif")
    assert making.addresses(media) == {"layers": [], "problem": ""}
    assert make(w).result == {"images": 1}
    assert layers(media) == ["tiles"]
    assert (pixels(media) == values).all()
    assert pixels(media, level=0).shape == (88, 275, 3)  # one tile shows all of it
    assert entry(media, "tiles", "0/0_0")[1] == "image/png"
    for name in ("0/1_0", "9/0_0", "../x", "tiles.dzi"):
        with pytest.raises(Missing):
            entry(media, "tiles", name)


def test_a_photograph_is_upright_and_near(w: World) -> None:
    small = np.kron(np.arange(6, dtype=np.uint8).reshape(2, 3) * 40, np.ones((8, 3000), np.uint8))
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(small).save(out, "JPEG", quality=95, exif=exif)
    media = create(w, out.getvalue(), "turned.jpg")
    assert (media.width, media.height) == (16, 9000)
    make(w)
    assert entry(media, "tiles", "0/0_0")[1] == "image/jpeg"
    shown = pixels(media).reshape(9000, 16, -1)[..., 0]
    assert np.abs(shown.astype(int) - np.rot90(small, -1)).max() < 12


@pytest.mark.parametrize(
    ("values", "offset", "scale"),
    [
        (noise(60, 70), 0, 1),
        (noise(60, 70).astype(np.int16), -32768, 1),
        (noise(60, 70).astype(np.int32) - 70_000, -70_000, 1),
        (noise(60, 70).astype(np.float32) / 7, 0, None),
    ],
    ids=["uint16", "int16", "int32", "float"],
)
def test_stored_values_come_back(w: World, values: Any, offset: float, scale: float | None) -> None:
    values = values.copy()
    if values.dtype != np.float32:
        values.flat[0], values.flat[1] = values.min(), values.max()
    media = create(w, tiff(values, "grey16" if values.dtype == np.uint16 else "multiband"), "deep.tif")
    make(w)
    facts = json.loads(entry(media, "tiles0", archive.LAYER)[0])
    assert layers(media) == ["tiles0"] and len(facts["channels"]) == 1
    found = pixels(media, "tiles0").reshape(values.shape) * facts["scale"] + facts["offset"]
    if scale is None:
        assert np.abs(found - values).max() <= facts["scale"]
    else:
        assert (facts["scale"], abs(facts["offset"] - offset) <= 65_535) == (scale, True)
        assert (found == values).all()


def test_white_zero_and_three_channels(w: World) -> None:
    gray = noise(40, 50)
    out = io.BytesIO()
    Image.fromarray(gray).save(out, "TIFF", tiffinfo={262: 0})
    media = create(w, out.getvalue(), "inverted.tif")
    color = create(
        w,
        bytes(pyvips.Image.new_from_array(noise(40, 50, 3)).copy(interpretation="rgb16").pngsave_buffer()),
        "color.png",
    )
    assert make(w).result == {"images": 2}
    assert (pixels(media, "tiles0").reshape(40, 50) == gray).all()
    assert json.loads(entry(media, "tiles0", archive.LAYER)[0])["inverted"] is True
    assert layers(color) == ["tiles0"] and (pixels(color, "tiles0") == noise(40, 50, 3)).all()


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_five_channels_are_read_and_each_is_a_layer(w: World, kind: Any) -> None:
    values = noise(40, 50, 5).astype(kind)
    media = create(w, tiff(values), "five.tif")
    assert (media.health, media.mode, media.format) == ("OK", f"5x{values.itemsize * 8}-bit", "TIFF")
    make(w)
    assert layers(media) == [f"tiles{number}" for number in range(5)]
    assert (pixels(media, "tiles3").reshape(40, 50) == values[..., 3]).all()
    assert json.loads(entry(media, "tiles3", archive.LAYER)[0])["all"] == 5


def test_replacing_the_image_replaces_its_tiles_and_collects_them(w: World) -> None:
    media = create(w, tiff(plain(), "srgb"), "a.tif")
    make(w)
    old = tiles.layers_of(media)[0].blob
    address = media_urls.version(media.blob, "tiles")
    media = create(w, tiff(plain(2100), "srgb"), "a.tif", replace=True)
    assert layers(media) == []
    with pytest.raises(Missing):
        reading.find(media.pk, "tiles", address)
    make(w)
    assert layers(media) == ["tiles"] and pixels(media).shape == (700, 2100, 3)
    assert blobs.collect(now=timezone.now() + timedelta(days=2)) >= 1
    assert not Blob.objects.filter(pk=old.pk).exists() and blobs.store().stat(old.sha256) is None
    assert pixels(media).shape == (700, 2100, 3)
    Media.objects.filter(pk=media.pk).update(trashed_at=timezone.now())
    with pytest.raises(Missing):
        entry(media, "tiles", "0/0_0")


def test_what_cannot_be_made_says_so_and_is_tried_again_with_the_job(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = create(w, tiff(plain(), "srgb"), "bad.tif")
    other = create(w, tiff(plain(2050), "srgb"), "good.tif")
    real: Callable[..., Any] = children.call

    def fails(command: Any, name: str, *, args: Any, **rest: Any) -> Any:
        with Image.open(args["path"]) as image:
            if image.width == 2200:
                raise children.Unreadable("The decoder hung.", code="too_slow")
        return real(command, name, args=args, **rest)

    with monkeypatch.context() as patched:
        patched.setattr(children, "call", fails)
        job = make(w)
    assert (job.state, job.error) == (
        "FAILED",
        "No tiles could be made of 1 of 2 images. bad.tif: The decoder hung.",
    )
    assert layers(other) == ["tiles"] and layers(media) == []
    issue = QualityIssue.objects.get(media=media, code="no_tiles")
    assert making.addresses(media) == {"layers": [], "problem": issue.message}
    assert issue.message.endswith("a preview of 2,048 pixels is shown. The decoder hung.")
    assert not tiles.request(actor=w.actor(w.ann), media=media)
    jobs.retry(actor=w.actor(w.max), job=job)
    assert make(w).state == "DONE"
    assert (
        layers(media) == ["tiles"] and not QualityIssue.objects.filter(media=media, code="no_tiles").exists()
    )
    assert [json.loads(event.after)["media"] for event in Event.objects.filter(kind="media.tiles").order_by("seq")] == [
        [str(media.pk)], [str(other.pk)], [str(media.pk)],
    ]  # fmt: skip


def test_cancelling_ends_it_and_keeps_nothing_half(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    media = create(w, tiff(plain(), "srgb"), "a.tif")
    job = Job.objects.get(kind="tiles")
    Job.objects.filter(pk=job.pk).update(begun_at=timezone.now())
    jobs.cancel(actor=w.actor(w.max), job=job)
    engine.run(job.pk)
    job.refresh_from_db()
    assert job.state == "CANCELLED" and not Rendition.objects.filter(media=media, variant="tiles").exists()
    jobs.retry(actor=w.actor(w.max), job=job)
    assert make(w).state == "DONE" and layers(media) == ["tiles"]


def test_older_images_get_theirs_when_they_are_opened_or_by_a_command(w: World) -> None:
    media = create(w, tiff(plain(), "srgb"), "a.tif")
    Job.objects.filter(kind="tiles").delete()
    client = Client()
    client.force_login(w.vera)
    address = f"/web/media/{media.pk}/tiles"
    assert client.get(f"/web/media/{media.pk}/state").json()["media"]["tiles"] == {
        "layers": [],
        "problem": "",
    }
    for _ in range(2):
        assert client.post(address).json() == {"coming": True}
    assert Job.objects.filter(kind="tiles").count() == 1
    make(w)
    shown = client.get(f"/web/media/{media.pk}/state").json()["media"]["tiles"]
    (layer,) = shown["layers"]
    assert layer.startswith(f"/t/{media.pk}/tiles/r2-") and "/{tile}?e=" in layer
    assert client.get(f"/web/media/{w.images[0].pk}/state").json()["media"]["tiles"] is None
    assert client.post(f"/web/media/{w.images[0].pk}/tiles").json() == {"coming": False}
    blobs.store().delete(tiles.layers_of(media)[0].blob.sha256)  # lost: they are made again
    assert client.post(address).json() == {"coming": True}
    make(w)
    assert pixels(media).shape == (700, 2200, 3)
    client.force_login(w.otto)
    assert client.post(address).status_code == 404
    Rendition.objects.filter(media=media).delete()
    out = io.StringIO()
    call_command("make_tiles", stdout=out)
    assert f"{w.project.name}: 1 image" in out.getvalue()
    assert make(w).result == {"images": 1}


def test_a_server_without_the_library_says_which_extra(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "is_available", lambda: False)
    media = create(w, tiff(plain(), "srgb"), "a.tif")
    assert not Job.objects.filter(kind="tiles").exists()
    told = making.addresses(media)
    assert told is not None and "extra “tiles”" in told["problem"]
    assert not tiles.request(actor=w.actor(w.ann), media=media)


def test_too_many_pixels_are_refused(w: World, settings: Any) -> None:
    settings.MAX_IMAGE_PIXELS = 1_000_000
    data = pictures.encoded(Image.new("1", (3_000, 3_000)), "PNG")
    with pytest.raises(Exception, match="3,000 x 3,000 pixels; the limit is 1 million"):
        create(w, data, f"{uuid.uuid4()}.png")
