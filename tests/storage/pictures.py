"""Pictures and near-pictures that the tests make themselves; each function returns the bytes of one file."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from PIL import ExifTags, Image


def encoded(image: Image.Image, format_name: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format_name, **options)
    return out.getvalue()


def gradient(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """Return a picture whose left half is dark, so that turning it shows."""
    y, x = np.mgrid[0:height, 0:width]
    values = np.stack([x * 255 // width, y * 255 // height, (x + y) % 256], axis=2).astype(np.uint8)
    return Image.fromarray(values).convert(mode)


def jpeg(width: int = 64, height: int = 48, **options: object) -> bytes:
    return encoded(gradient(width, height), "JPEG", **options)


def turned_jpeg(orientation: int = 6, width: int = 64, height: int = 48) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Maker\x00\x00"
    return jpeg(width, height, exif=exif.tobytes())


def deep_png(top: int = 4095) -> bytes:
    """Return a 16-bit grey PNG whose values reach `top`."""
    values = np.linspace(0, top, 64 * 48).reshape(48, 64).astype(np.uint16)
    return encoded(Image.fromarray(values), "PNG")


def gif(frames: int = 3) -> bytes:
    first, *rest = [Image.new("P", (20, 10), color) for color in range(frames)]
    for index, frame in enumerate([first, *rest]):
        frame.putpalette([40 * index, 10, 10] * 256)
        frame.putpixel((index, 0), index)
    return encoded(first, "GIF", save_all=True, append_images=rest)


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that declares a size and holds next to no pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
