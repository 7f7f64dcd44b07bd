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


def turned(format_name: str, orientation: int) -> bytes:
    """Return the gradient with an EXIF orientation, in a format that has EXIF data."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    options = {"lossless": True} if format_name == "WEBP" else {"quality": 95} if format_name != "PNG" else {}
    return encoded(gradient(), format_name, exif=exif, **({} if format_name == "TIFF" else options))


def frames(format_name: str) -> bytes:
    """Return an animation or a file of pages that begins with the gradient."""
    rest = [gradient().rotate(90 * turn) for turn in range(1, 5)]
    return encoded(gradient(), format_name, save_all=True, append_images=rest)


def gif_frame(width: int, height: int) -> bytes:
    """Return a GIF of a small screen whose only frame claims a size."""
    data = encoded(gradient(20, 10, "P"), "GIF")
    mark = b"\x2c\0\0\0\0"
    at = data.find(mark + struct.pack("<HH", 20, 10)) + len(mark)
    return data[:at] + struct.pack("<HH", width, height) + data[at + 4 :]


def deep_png(top: int = 4095) -> bytes:
    """Return a 16-bit grey PNG whose values reach `top`."""
    values = np.linspace(0, top, 64 * 48).reshape(48, 64).astype(np.uint16)
    return encoded(Image.fromarray(values), "PNG")


def deep_png_of(channels: int, top: int = 4095) -> bytes:
    """Return a PNG of 16 bits a channel (1 gray, 2 with alpha, 3 color, 4 with alpha) that brightens to the right up to `top`."""
    values = np.empty((48, 64, channels), ">u2")
    values[...] = (np.arange(64) * top // 63)[None, :, None]
    if channels in (2, 4):
        values[..., -1] = 65535
    rows = b"".join(b"\0" + row.tobytes() for row in values)
    head = struct.pack(">IIBBBBB", 64, 48, 16, {1: 0, 2: 4, 3: 2, 4: 6}[channels], 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(kind, data) for kind, data in chunks)


def raw_tiff(values: np.ndarray, photometric: int = 1) -> bytes:
    """Return a TIFF of one strip with the values in their own type and byte order: gray, or color for three channels."""
    order, kind = (">" if values.dtype.byteorder == ">" else "<"), values.dtype.kind
    channels = values.shape[2] if values.ndim == 3 else 1
    entries = [
        (256, values.shape[1]), (257, values.shape[0]), (258, values.dtype.itemsize * 8), (259, 1), (262, photometric), (273, 0),
        (277, channels), (278, values.shape[0]), (279, values.nbytes), (339, {"u": 1, "i": 2, "f": 3}[kind]),
    ]  # fmt: skip
    behind = 8 + 2 + 12 * len(entries) + 4
    body = b""
    for tag, value in entries:
        if tag in (258, 339) and channels > 1:
            at = behind + (0 if tag == 258 else 2 * channels)
            body += struct.pack(order + "HHII", tag, 3, channels, at)
        else:
            body += struct.pack(order + "HHII", tag, 4, 1, behind + 4 * channels if tag == 273 else value)
    tail = struct.pack(order + "H", values.dtype.itemsize * 8) * channels
    tail += struct.pack(order + "H", {"u": 1, "i": 2, "f": 3}[kind]) * channels
    magic = b"MM\0*" if order == ">" else b"II*\0"
    start = magic + struct.pack(order + "IH", 8, len(entries))
    return start + body + b"\0\0\0\0" + tail + values.tobytes()


def gif(frames: int = 3) -> bytes:
    first, *rest = [Image.new("P", (20, 10), color) for color in range(frames)]
    for index, frame in enumerate([first, *rest]):
        frame.putpalette([40 * index, 10, 10] * 256)
        frame.putpixel((index, 0), index)
    return encoded(first, "GIF", save_all=True, append_images=rest)


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that declares a size and holds next to no pixels."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = png_chunk(b"IDAT", zlib.compress(b"\0" * 100)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + head + body


def png_with(kind: bytes, data: bytes, times: int = 1) -> bytes:
    """Return a good PNG with more chunks behind its header."""
    whole = encoded(gradient(), "PNG")
    return whole[:33] + png_chunk(kind, data) * times + whole[33:]


def declaring(format_name: str, width: int, height: int) -> bytes:
    """Return a small file of any format whose header claims a size."""
    image = gradient()
    if format_name == "WEBP":
        image.putalpha(100)  # so that it has the header that is changed here
    data = bytearray(encoded(image, format_name))
    if format_name == "PNG":
        return png_header(width, height)
    at, value = {
        "JPEG": (data.find(b"\xff\xc0") + 5, struct.pack(">HH", height, width)),
        "BMP": (18, struct.pack("<ii", width, height)),
        "GIF": (6, struct.pack("<HH", width, height)),
        "WEBP": (24, (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")),  # VP8X
        "TIFF": (0, b""),
        "AVIF": (data.find(b"ispe") + 8, struct.pack(">II", width, height)),
    }[format_name]
    data[at : at + len(value)] = value
    return tiff([tiff_ifd(8, width=width, height=height)]) if format_name == "TIFF" else bytes(data)


def tiff_ifd(following: int, *extra: tuple[int, int, int, int], width: int = 64, height: int = 48) -> bytes:
    """Return a directory of a grey TIFF whose pixels are `tiff`'s; `extra` entries are (tag, type, count, value)."""
    entries = [
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
        (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, width * height), *extra,
    ]  # fmt: skip
    packed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + packed + struct.pack("<I", following)


TIFF_FIRST = 8 + 64 * 48  # where the first directory of `tiff` lies


def tiff(directories: list[bytes]) -> bytes:
    """Return a TIFF of grey pixels and the directories behind them."""
    return b"II*\0" + struct.pack("<I", TIFF_FIRST) + bytes(range(64)) * 48 + b"".join(directories)


def tiff_pages(count: int) -> bytes:
    """Return a TIFF with that many directories, all of the same pixels."""
    size = len(tiff_ifd(0))
    ends = [TIFF_FIRST + number * size for number in range(1, count)] + [0]
    return tiff([tiff_ifd(end) for end in ends])


HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
