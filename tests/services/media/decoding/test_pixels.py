"""Every kind of pixel is shown, or refused with the reason: modes, depths, byte orders, compressions, frames."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotator.services.media.decoding import pool as decoding
from annotator.services.media.decoding.pool import Decoded, Undecodable
from annotator.storage import imaging
from tests.storage import pictures


def prepare(tmp_path: Path, data: bytes) -> Decoded:
    file = tmp_path / "file"
    file.write_bytes(data)
    return decoding.prepare(file)


def part(decoded: Decoded, variant: str) -> Image.Image:
    found = next(part for part in decoded.parts if part.variant == variant)
    return Image.open(io.BytesIO(found.data))


def brightness(picture: Image.Image) -> list[int]:
    """Return the middle row's values at the left, in the middle and at the right."""
    gray = picture.convert("L")
    return [gray.getpixel((x, gray.height // 2)) for x in (2, gray.width // 2, gray.width - 3)]


RAMP = np.tile(np.arange(64), (48, 1))


@pytest.mark.parametrize(
    "data",
    [
        *(pictures.encoded(pictures.gradient(mode=mode), "TIFF") for mode in ("LAB", "YCbCr", "CMYK", "1", "F", "I")),
        *(pictures.encoded(pictures.gradient(mode=mode), "PNG") for mode in ("1", "LA", "P")),
        pictures.encoded(pictures.gradient(mode="1"), "TIFF", compression="group4"),
        pictures.encoded(pictures.gradient(mode="1"), "PNG", transparency=1),
        pictures.encoded(pictures.gradient(mode="L"), "PNG", transparency=0),
        pictures.encoded(pictures.gradient(), "PNG", transparency=(0, 0, 0)),
        pictures.encoded(pictures.gradient().quantize(16), "PNG", transparency=bytes(range(16))),
    ],
)  # fmt: skip
def test_every_kind_of_pixel_is_shown(tmp_path: Path, data: bytes) -> None:
    thumbnail = part(prepare(tmp_path, data), "thumbnail").convert("L").resize((2, 1), Image.Resampling.BOX)
    assert thumbnail.getpixel((0, 0)) != thumbnail.getpixel((1, 0))


def test_floats_that_are_no_numbers(tmp_path: Path) -> None:
    values = np.full((48, 64), np.nan, np.float32)
    assert part(prepare(tmp_path, pictures.encoded(Image.fromarray(values), "TIFF")), "preview").size == (
        64,
        48,
    )
    values[0, :3] = np.inf, -3e38, 3e38
    assert part(prepare(tmp_path, pictures.encoded(Image.fromarray(values), "TIFF")), "preview").size == (
        64,
        48,
    )


@pytest.mark.parametrize("dtype", ["<u2", ">u2", "<i2", ">i2", "<u4", "<i4", ">i4", "<f4", ">f4"])
def test_deep_grays_of_every_type_and_byte_order(tmp_path: Path, dtype: str) -> None:
    decoded = prepare(tmp_path, pictures.raw_tiff((7500 + RAMP * 15).astype(dtype)))
    assert decoded.facts.display_range == (7500, 7500 + 63 * 15) and not decoded.facts.is_one_color
    for variant in ("preview", "thumbnail"):
        dark, middle, bright = brightness(part(decoded, variant))
        assert dark < 20 and 110 < middle < 145 and bright > 235


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_deflate", "packbits", "zstd", "lzma"])
def test_deep_grays_of_every_compression(tmp_path: Path, compression: str) -> None:
    image = Image.fromarray((7500 + RAMP * 15).astype(np.uint16))
    decoded = prepare(tmp_path, pictures.encoded(image, "TIFF", compression=compression))
    assert decoded.facts.display_range == (7500, 8445)
    assert brightness(part(decoded, "preview"))[2] > 235


def test_zero_is_white_where_the_file_says_so(tmp_path: Path) -> None:
    decoded = prepare(tmp_path, pictures.raw_tiff((RAMP * 10).astype("<u2"), photometric=0))
    assert decoded.facts.display_range == (630, 0)
    assert brightness(part(decoded, "preview"))[::2] == [pytest.approx(247, abs=9), pytest.approx(8, abs=9)]


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("top", [4095, 65535])
def test_pngs_of_16_bits_a_channel(tmp_path: Path, channels: int, top: int) -> None:
    """Also colors of 12 bits, of which the upper bytes alone would look black; browsers get the preview."""
    decoded = prepare(tmp_path, pictures.deep_png_of(channels, top))
    assert decoded.facts.display_range is not None and decoded.facts.display_range[1] == pytest.approx(
        top, abs=1
    )
    dark, middle, bright = brightness(part(decoded, "preview"))
    assert dark < 20 and 100 < middle < 150 and bright > 230


def test_colors_of_16_bits_in_a_tiff(tmp_path: Path) -> None:
    values = np.repeat((RAMP * 65)[..., None], 3, axis=2).astype(">u2")
    decoded = prepare(tmp_path, pictures.raw_tiff(values, photometric=2))
    assert decoded.facts.mode == "RGB" and brightness(part(decoded, "preview"))[2] > 230


def test_a_hot_pixel_leaves_all_renditions_in_one_range(tmp_path: Path) -> None:
    """Preview, thumbnail, crop and a size of a contract: the same value is the same gray, also far from the hot pixel."""
    values = np.tile(np.linspace(10, 4000, 640), (480, 1)).astype(np.uint16)
    values[100, 100] = 65535
    decoded = prepare(tmp_path, pictures.encoded(Image.fromarray(values), "PNG"))
    assert decoded.facts.display_range is not None and decoded.facts.display_range[1] < 4000
    for picture in (part(decoded, "preview"), part(decoded, "thumbnail"), rendered(tmp_path, "fit200")):
        assert brightness(picture)[1] == pytest.approx(127, abs=4)
    right = rendered(tmp_path, "crop", (560, 200, 640, 300))
    assert right.convert("L").getpixel((2, 50)) == pytest.approx(255 * 560 / 640, abs=5)
    known = rendered(tmp_path, "crop", (560, 200, 640, 300), decoded.facts.display_range)
    assert known.tobytes() == right.tobytes()


def rendered(tmp_path: Path, variant: str, box: object = None, shown: object = None) -> Image.Image:
    return Image.open(io.BytesIO(decoding.render(tmp_path / "file", variant, box, shown).data))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("mode", ["L", "I;16"])
def test_grays_are_turned_too(tmp_path: Path, mode: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.fromarray((RAMP * 4).astype(np.uint16 if mode == "I;16" else np.uint8))
    decoded = prepare(tmp_path, pictures.encoded(image, "TIFF", exif=exif))
    expected = imaging.upright(Image.fromarray((RAMP * 4).astype(np.uint8)), orientation)
    assert (decoded.facts.width, decoded.facts.height) == expected.size
    seen = part(decoded, "preview")
    for point in ((3, 3), (seen.width - 4, 3), (3, seen.height - 4)):
        assert seen.getpixel(point) == pytest.approx(expected.getpixel(point), abs=12)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (pictures.raw_tiff(RAMP.astype("<f8")), "TIFF file is .*unsupported kind .unknown pixel mode"),
        (pictures.encoded(pictures.gradient(), "JPEG2000"), "it is a JPEG 2000 image"),
        (pictures.encoded(pictures.gradient(), "JPEG2000", no_jp2=True), "it is a JPEG 2000 image"),
        (b"8BPS" + b"\0" * 200, "Photoshop"),
        (b"\0" * 128 + b"DICM" + b"\0" * 200, "DICOM"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0" * 200, "JPEG XL"),
    ],
)
def test_what_decoders_do_not_know_is_named(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(Undecodable, match=words):
        prepare(tmp_path, data)


def test_three_channels_of_floats_are_read_by_the_first(tmp_path: Path) -> None:
    found = prepare(tmp_path, pictures.raw_tiff(np.zeros((4, 4, 3), "<f4"), photometric=2))
    assert (found.facts.mode, found.facts.width, found.facts.height) == ("3x32-bit", 4, 4)


@pytest.mark.parametrize("options", [{"progressive": True}, {"subsampling": 0}, {"restart_marker_rows": 1}])
def test_jpegs(tmp_path: Path, options: dict[str, object]) -> None:
    assert brightness(part(prepare(tmp_path, pictures.jpeg(**options)), "thumbnail"))[0] < 100


def test_a_file_of_several_jpegs_is_its_first_image(tmp_path: Path) -> None:
    data = pictures.encoded(
        pictures.gradient(), "MPO", save_all=True, append_images=[pictures.gradient().rotate(90)]
    )
    decoded = prepare(tmp_path, data)
    assert (decoded.facts.format, decoded.facts.frames, decoded.facts.width) == ("JPEG", 1, 64)
