"""Stored bytes are compared with their hashes, what is damaged is told where people look, and the same bytes repair it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from annotator.domain.ids import uuid7
from annotator.models import AugmentationSample, Blob, Event, Job, Media, QualityIssue, Rendition, Upload
from annotator.services import blobs, damage
from annotator.services.operations import health, scrub
from tests.world import World

DATA = b"the bytes of an image"


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[3] ^= 1
    file.write_bytes(content)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def lose(file: Path) -> None:
    file.unlink()


def block(file: Path) -> None:
    """Put something there that no process can read, whoever runs it."""
    file.unlink()
    file.mkdir()


def path_of(blob: Blob) -> Path:
    found = blobs.store().path(blob.sha256)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def storage(w: World, settings: Any, tmp_path: Path) -> None:
    """A media folder of the test's own, and no rows but the test's."""
    settings.MEDIA_DIR = tmp_path
    Media.objects.update(blob=None)
    Blob.objects.all().delete()


@pytest.fixture
def blob(w: World) -> Blob:
    """A blob of the first image, due to be compared."""
    made = blobs.put_bytes(DATA)
    Media.objects.filter(pk=w.images[0].pk).update(blob=made)
    make_due()
    return made


def make_due() -> None:
    Blob.objects.update(checked_at=timezone.now() - timedelta(days=31))


def state(w: World) -> tuple[str, str, list[str]]:
    """Return the health of the first image, its reason and the messages of its quality log."""
    media = Media.objects.get(pk=w.images[0].pk)
    issues = QualityIssue.objects.filter(media=media).values_list("message", flat=True)
    return media.health, media.health_reason, list(issues)


@pytest.mark.parametrize(
    ("spoil", "found", "words"),
    [
        (flip, "changed", "is damaged"),
        (cut, "changed", "is damaged"),
        (lose, "missing", "is missing"),
        (block, "unreadable", "cannot be read"),
    ],
)
def test_damage_is_told_and_repaired(
    w: World,
    blob: Blob,
    spoil: Callable[[Path], None],
    found: str,
    words: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    spoil(path_of(blob))
    with caplog.at_level(logging.ERROR):
        assert scrub.scrub_share().damaged == {blob.sha256: found}
    assert f"{w.workspace.ref} / {w.project.name} / {w.dataset.name} / " in caplog.text
    health_word, reason, issues = state(w)
    assert health_word == "UNHEALTHY" and words in reason and issues == [reason]
    event = Event.all_objects.filter(kind="media.health").latest("seq")
    assert str(w.images[0].pk) in event.after and event.project_id == w.project.pk
    assert next(check.state for check in health.ready() if check.name == "media").startswith("1 damaged")
    # Found again: told once.
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        assert scrub.scrub_share().damaged == {blob.sha256: found}
    assert state(w)[2] == [reason] and not caplog.records
    # The same bytes, sent again by anybody, repair it at once.
    if path_of(blob).is_dir():
        path_of(blob).rmdir()
    assert blobs.put_bytes(DATA).pk == blob.pk
    assert state(w) == ("OK", "", [])
    assert path_of(blob).read_bytes() == DATA
    blob.refresh_from_db()
    assert (blob.damage, blob.damaged_at) == ("", None)
    assert scrub.compare_all().damaged == {}


def test_a_file_that_is_back_is_found_within_the_hour(w: World, blob: Blob) -> None:
    away = path_of(blob).rename(path_of(blob).with_suffix(".away"))
    scrub.scrub_share()
    assert state(w)[0] == "UNHEALTHY"
    away.rename(path_of(blob))
    assert scrub.scrub_share() == scrub.Result(1, {})
    assert state(w) == ("OK", "", [])


def test_an_image_that_was_unreadable_before_stays_so(w: World, blob: Blob) -> None:
    Media.objects.filter(pk=w.images[0].pk).update(health="ERROR", health_reason="no image")
    lose(path_of(blob))
    scrub.scrub_share()
    assert state(w)[:2] == ("ERROR", "no image") and len(state(w)[2]) == 1
    blobs.put_bytes(DATA)
    assert state(w) == ("ERROR", "no image", [])


def test_a_preview_is_given_up_and_nothing_is_lost(w: World, blob: Blob) -> None:
    preview = blobs.put_bytes(b"a preview")
    row = Rendition.objects.create(
        media=w.images[0], variant="thumbnail", blob=preview, source=blob, width=1, height=1
    )
    lose(path_of(preview))
    found = scrub.compare_all().damaged
    assert found == {preview.sha256: "missing"} and damage.uses(found) == []
    assert not Rendition.objects.filter(pk=row.pk).exists() and state(w)[0] == "OK"


def test_never_compared_first_then_the_oldest_and_nothing_before_its_time(w: World) -> None:
    now = timezone.now()
    made = {days: blobs.put_bytes(f"blob {days}".encode()) for days in (29, 31, 40)}
    never = blobs.put_bytes(b"never")
    Blob.objects.update(checked_at=now)
    for days, one in made.items():
        Blob.objects.filter(pk=one.pk).update(checked_at=now - timedelta(days=days))
    Blob.objects.filter(pk=never.pk).update(checked_at=None)
    seen: list[str] = []
    inspect = scrub.inspect

    def watch(sha256: str, *rest: Any) -> str:
        seen.append(sha256)
        return inspect(sha256, *rest)

    with mock.patch.object(scrub, "inspect", watch):
        scrub.scrub_share()
        scrub.scrub_share()
    assert seen == [never.sha256, made[40].sha256, made[31].sha256]


def test_a_share_ends_in_time_and_the_next_goes_on(w: World, blob: Blob) -> None:
    for number in range(5):
        blobs.put_bytes(f"blob {number}".encode())
    make_due()
    total = Blob.objects.count()
    clock = iter(range(1000))
    with (
        mock.patch.object(scrub.time, "monotonic", lambda: next(clock)),
        mock.patch.object(scrub.time, "sleep"),
        mock.patch.object(scrub, "SHARE_SECONDS", 8),
    ):
        first = scrub.scrub_share().checked
        assert 0 < first < total
        counts = [scrub.scrub_share().checked for _ in range(total)]
    assert first + sum(counts) == total and counts[-1] == 0


def test_reading_keeps_to_its_rate() -> None:
    slept: list[float] = []
    with (
        mock.patch.object(scrub.time, "monotonic", lambda: 0.0),
        mock.patch.object(scrub.time, "sleep", slept.append),
    ):
        pace = scrub._Pace(100.0)
        pace.wait(50)
        pace.wait(50)
        scrub._Pace(None).wait(10**12)
    assert slept == [0.5, 1.0]


def test_bytes_stored_again_while_they_were_read_are_not_marked(w: World, blob: Blob) -> None:
    page = next(scrub.pages(Blob.objects.filter(pk=blob.pk)))
    blobs.put_bytes(DATA)
    scrub.note([(page[0], "changed")])
    assert state(w) == ("OK", "", [])


def test_a_store_that_cannot_be_used_damages_nothing(w: World, blob: Blob) -> None:
    failing = mock.patch.object(type(blobs.store()), "open", side_effect=OSError("S3 answered 503"))
    with failing, pytest.raises(OSError, match="503"):
        scrub.scrub_share()
    assert state(w) == ("OK", "", [])


def test_it_can_be_turned_off(w: World, blob: Blob, settings: Any) -> None:
    settings.SCRUB_DAYS = 0
    assert scrub.scrub_share() == scrub.Result(0, {})


def test_a_damaged_sample_is_given_up(w: World) -> None:
    sample = {"project": w.project, "samples_id": uuid7(), "media": w.images[0], "width": 9, "height": 9}
    blob = blobs.put_bytes(b"copy")
    AugmentationSample.all_objects.create(**sample, position=0)
    AugmentationSample.all_objects.create(**sample, position=1, copy=1, blob=blob)
    damage.mark({blob.pk: "missing"})
    assert [one.position for one in AugmentationSample.all_objects.all()] == [0]


def test_everything_that_refers_to_a_blob_is_named(w: World) -> None:
    referring = {
        relation.related_model for relation in Blob._meta.related_objects if relation.field.db_constraint
    }
    known = {AugmentationSample, Job, Media, Rendition, Upload}
    assert referring == known, "name a new one in damage.uses, unless it can be made again"
    of_media, of_preview, of_upload, used, of_job, unused = (
        blobs.put_bytes(word) for word in (b"m", b"p", b"u", b"used", b"j", b"unused")
    )
    Media.objects.filter(pk=w.images[0].pk).update(blob=of_media)
    linked = w.images[1]
    Media.objects.filter(pk=linked.pk).update(blob=None, source_url="https://example.com/a.jpg")
    Rendition.objects.create(
        media=linked, variant="preview", blob=of_preview, source=of_preview, width=1, height=1
    )
    later = timezone.now() + timedelta(days=1)
    Upload.objects.create(project=w.project, blob=of_upload, expires_at=later, state="stored", name="u.jpg")
    Upload.objects.create(project=w.project, blob=used, expires_at=later, state="used")
    Job.all_objects.create(workspace=w.workspace, project=w.project, number=7, kind="export", artifact=of_job)
    project = f"{w.workspace.ref} / {w.project.name}"
    everything = (of_media, of_preview, of_upload, used, of_job, unused)
    assert {use.name for use in damage.uses({one.sha256: "missing" for one in everything})} == {
        f"{project} / {w.dataset.name} / {item.name}"
        for item in (w.images[0].items.get(), linked.items.get())
    } | {f"{project} / u.jpg", f"{project} / file of the job export 7"}
