"""What the first bytes of a file declare."""

from __future__ import annotations

import io
import random

import numpy as np
import pytest
from PIL import Image

from annotator.storage.probe import read_header, sniff

from . import pictures


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF"])
@pytest.mark.parametrize("size", [(64, 48), (1, 1), (300, 7)])
def test_sizes_of_all_formats(format_name: str, size: tuple[int, int]) -> None:
    image = pictures.gradient(*size)
    data = pictures.encoded(image, format_name)
    header = read_header(io.BytesIO(data))
    assert header is not None
    assert (header.format, header.width, header.height) == (format_name, *size)


@pytest.mark.parametrize(
    "data",
    [
        pictures.encoded(pictures.gradient(mode="RGBA"), "WEBP", lossless=True),
        pictures.encoded(pictures.gradient(mode="RGBA"), "WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"),
        pictures.encoded(pictures.gradient(mode="RGBA"), "AVIF"),
        pictures.encoded(pictures.gradient(), "TIFF", big_tiff=True),
        pictures.encoded(pictures.gradient(), "TIFF", compression="tiff_lzw"),
        pictures.encoded(pictures.gradient(), "JPEG", progressive=True, icc_profile=b"x" * 200_000),
        pictures.encoded(pictures.gradient(mode="CMYK"), "JPEG"),
        pictures.encoded(Image.fromarray(np.zeros((48, 64), np.uint16)), "TIFF"),
    ],
)
def test_kinds_within_a_format(data: bytes) -> None:
    header = read_header(io.BytesIO(data))
    assert header is not None and (header.width, header.height) == (64, 48)


def test_a_declared_size_is_read_and_not_believed() -> None:
    header = read_header(io.BytesIO(pictures.png_header(50_000, 50_000)))
    assert header is not None and (header.width, header.height) == (50_000, 50_000)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (pictures.HTML, "HTML"),
        (b"\xef\xbb\xbf <HTML>", "HTML"),
        (b"<svg xmlns='x'/>", "SVG"),
        (b"PK\3\4....", "ZIP"),
        (b"%PDF-1.7", "PDF"),
        (b"", ""),
        (b"BM", ""),
    ],
)
def test_what_is_no_picture(data: bytes, kind: str) -> None:
    assert sniff(data) == kind
    assert read_header(io.BytesIO(data)) is None


def test_damaged_headers_never_raise() -> None:
    chance = random.Random(7)
    whole = [
        pictures.encoded(pictures.gradient(), name)
        for name in ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF")
    ]
    for data in whole:
        for cut in range(0, 120, 3):
            read_header(io.BytesIO(data[:cut]))
        for _ in range(60):
            noisy = bytearray(data[:400])
            for _ in range(6):
                noisy[chance.randrange(2, len(noisy))] = chance.randrange(256)
            header = read_header(io.BytesIO(bytes(noisy)))
            assert header is None or (header.width > 0 and header.height > 0)
