"""HEIC and HEIF, read by the extra "heif"; without it the refusal names it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import ExifTags, Image

from annotator.services.media.decoding import child, pool as decoding
from annotator.services.media.decoding.pool import Decoded, DecodePool, Undecodable
from annotator.storage import imaging
from tests.storage import pictures

pillow_heif.register_heif_opener()


def prepare(tmp_path: Path, data: bytes) -> Decoded:
    file = tmp_path / "file"
    file.write_bytes(data)
    return decoding.prepare(file)


def thumbnail(decoded: Decoded) -> Image.Image:
    data = next(part.data for part in decoded.parts if part.variant == "thumbnail")
    return Image.open(io.BytesIO(data))


def heic(image: Image.Image | None = None, **options: object) -> bytes:
    return pictures.encoded(image or pictures.gradient(), "HEIF", quality=90, **options)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_an_image_is_shown_by_its_preview(tmp_path: Path, mode: str) -> None:
    decoded = prepare(tmp_path, heic(pictures.gradient(640, 480, mode)))
    facts = decoded.facts
    assert (facts.format, facts.width, facts.height, facts.frames) == ("HEIF", 640, 480, 1)
    assert {part.variant for part in decoded.parts} == {"preview", "thumbnail"}
    seen = thumbnail(decoded)
    left, right = (seen.convert("RGB").getpixel((x, 120))[0] for x in (10, 310))
    assert seen.size == (320, 240) and left + 60 < right


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_turned_once(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    decoded = prepare(tmp_path, heic(exif=exif.tobytes()))
    expected = imaging.upright(pictures.gradient(), orientation)
    assert (decoded.facts.width, decoded.facts.height) == expected.size
    seen = thumbnail(decoded)
    assert seen.size == expected.size
    for point in ((4, 4), (seen.width - 5, 4), (4, seen.height - 5)):
        pairs = zip(seen.getpixel(point), expected.getpixel(point), strict=True)
        assert all(abs(a - b) < 30 for a, b in pairs), point


def test_ten_bits_are_shown(tmp_path: Path) -> None:
    values = np.repeat((np.tile(np.arange(64), (48, 1)) * 1024).astype(np.uint16)[..., None], 3, axis=2)
    out = io.BytesIO()
    pillow_heif.encode("RGB;16", (64, 48), values.tobytes(), out, quality=90)
    seen = thumbnail(prepare(tmp_path, out.getvalue())).convert("L")
    assert seen.getpixel((2, 24)) < 30 and seen.getpixel((61, 24)) > 225


def test_of_several_images_the_primary_one_is_shown(tmp_path: Path) -> None:
    light, dark = Image.new("RGB", (64, 48), "white"), Image.new("RGB", (64, 48), "black")
    decoded = prepare(tmp_path, heic(dark, save_all=True, append_images=[light], primary_index=1))
    assert decoded.facts.frames == 2 and thumbnail(decoded).getpixel((30, 20)) > (240, 240, 240)


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (heic(pictures.gradient(300, 200))[:-300], "truncated", "cannot be decoded"),
        (heic()[:60], "truncated", "HEIF file is incomplete"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 300, "truncated", "HEIF file is incomplete"),
    ],
)
def test_a_damaged_one_is_refused(tmp_path: Path, data: bytes, code: str, words: str) -> None:
    with pytest.raises(Undecodable) as refusal:
        prepare(tmp_path, data)
    assert refusal.value.code == code and words in refusal.value.message


def test_its_size_and_memory_are_limited(tmp_path: Path) -> None:
    data = heic()
    at = data.find(b"ispe") + 8
    huge = data[:at] + (50_000).to_bytes(4, "big") * 2 + data[at + 8 :]
    with pytest.raises(Undecodable, match="50,000 x 50,000"):
        prepare(tmp_path, huge)
    (tmp_path / "file").write_bytes(heic(Image.new("RGB", (4000, 4000))))
    for memory_mb in (200, 230):  # the decoder itself gets none, or what comes after it
        pool = DecodePool(1, seconds=30, memory_mb=memory_mb)
        with pytest.raises(Undecodable, match="needs more memory than the server allows"):
            pool.call("prepare", path=str(tmp_path / "file"), max_pixels=10**9)
        pool.close()


def test_the_extra_is_named_where_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imaging, "find_spec", lambda name: None)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)
    (tmp_path / "file").write_bytes(heic())
    head, _ = child.answer({"call": "prepare", "args": {"path": str(tmp_path / "file"), "max_pixels": 10**6}})
    assert (head["ok"], head["code"]) == (False, "unsupported_format")
    assert "HEIC" in head["reason"] and "extra “heif” (pip install pi-heif)" in head["reason"]
    assert "HEIC" not in imaging.formats()


@pytest.mark.parametrize("reader", ["pi_heif", "pillow_heif"])
def test_either_reader_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: str) -> None:
    monkeypatch.setattr(imaging, "_HEIF_READERS", (reader,))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)
    (tmp_path / "file").write_bytes(heic())
    head, _ = child.answer({"call": "prepare", "args": {"path": str(tmp_path / "file"), "max_pixels": 10**6}})
    assert head["ok"] and head["facts"]["format"] == "HEIF"
    pillow_heif.register_heif_opener()
