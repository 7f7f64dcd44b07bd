"""What the first bytes of a file declare: format and size in pixels, read without decoding anything."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import IO, BinaryIO

_HEAD = 64 * 1024
_TIFF_SIZES = {1: 1, 3: 2, 4: 4, 16: 8}
_TIFF_CODES = {1: "B", 3: "H", 4: "I", 16: "Q"}
_MOST_PAGES = 100_000

EXTENSIONS = {
    "JPEG": ("jpg", "jpeg", "jpe", "jfif", "mpo"),
    "PNG": ("png", "apng"),
    "WEBP": ("webp",),
    "TIFF": ("tif", "tiff"),
    "BMP": ("bmp", "dib"),
    "GIF": ("gif",),
    "AVIF": ("avif", "avifs"),
    "HEIF": ("heic", "heif", "hif", "heics", "heifs"),
}
MIMES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
    "GIF": "image/gif",
    "AVIF": "image/avif",
    "HEIF": "image/heic",
}
FORMAT_OF_EXTENSION = {extension: name for name, extensions in EXTENSIONS.items() for extension in extensions}


_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
# Other files that are sent often: (kind, offset, bytes there).
_NAMED = (
    ("ZIP", 0, b"PK\3\4"),
    ("PDF", 0, b"%PDF-"),
    ("JPEG 2000", 4, b"jP  "),
    ("JPEG 2000", 0, b"\xff\x4f\xff\x51"),
    ("JPEG XL", 4, b"JXL "),
    ("JPEG XL", 0, b"\xff\x0a"),
    ("PSD", 0, b"8BPS"),
    ("DICOM", 128, b"DICM"),
)


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself; width and height are those of the stored raster, before any orientation."""

    format: str
    width: int
    height: int


def sniff(head: bytes) -> str:
    """Return what a file is by its first bytes: one of EXTENSIONS, "HTML", "SVG", one of _NAMED, or ""."""
    if head[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "TIFF"
    if head[:2] == b"BM" and len(head) >= 26:
        return "BMP"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if head[4:8] == b"ftyp":
        brands = {head[at : at + 4] for at in range(8, 64, 4)}
        return "AVIF" if brands & {b"avif", b"avis"} else "HEIF" if brands & _HEIF_BRANDS else ""
    return _other(head)


def mime_of(head: bytes) -> str:
    """Return the media type that the first bytes show; "application/octet-stream" for what is not known."""
    kind = sniff(head)
    return "application/zip" if kind == "ZIP" else MIMES.get(kind, "application/octet-stream")


def _other(head: bytes) -> str:
    """Name the frequent things that are not images, so that a refusal can say what came instead."""
    for name, at, magic in _NAMED:
        if head[at : at + len(magic)] == magic:
            return name
    start = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return "HTML"
    if start.startswith((b"<?xml", b"<svg")):
        return "SVG"
    return ""


def read_header(file: BinaryIO) -> Header | None:
    """Return what the file declares, or None when it is none of our formats or its header is broken.

    Reads at most a few blocks, never allocates by a declared size, never raises on hostile bytes.
    """
    head = file.read(_HEAD)
    kind = sniff(head)
    reader = _READERS.get(kind)
    if reader is None:
        return None
    try:
        width, height = reader(head, file)
    except (struct.error, IndexError, ValueError, OverflowError, OSError):
        return None
    return Header(kind, width, height) if width > 0 and height > 0 else None


def _jpeg(head: bytes, file: BinaryIO) -> tuple[int, int]:
    """Walk the segments to the frame header; a large EXIF thumbnail or ICC profile may lie before it."""
    at = 2
    for _ in range(1000):
        file.seek(at)
        mark = file.read(9)
        if mark[0] != 0xFF:
            raise ValueError("no marker where one must be")
        code = mark[1]
        if code == 0xFF:
            at += 1
        elif 0xC0 <= code <= 0xCF and code not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", mark[5:9])
            return width, height
        elif code == 0x01 or 0xD0 <= code <= 0xD8:
            at += 2
        else:
            at += 2 + int.from_bytes(mark[2:4], "big")
    raise ValueError("no frame header")


def _png(head: bytes, file: BinaryIO) -> tuple[int, int]:
    if head[12:16] != b"IHDR":
        raise ValueError("no IHDR")
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _gif(head: bytes, file: BinaryIO) -> tuple[int, int]:
    width, height = struct.unpack("<HH", head[6:10])
    return width, height


def _bmp(head: bytes, file: BinaryIO) -> tuple[int, int]:
    if int.from_bytes(head[14:18], "little") == 12:
        width, height = struct.unpack("<HH", head[18:22])
        return width, height
    width, height = struct.unpack("<ii", head[18:26])
    return width, abs(height)


def _webp(head: bytes, file: BinaryIO) -> tuple[int, int]:
    kind = head[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("unknown WebP chunk")


def _tiff(head: bytes, file: BinaryIO) -> tuple[int, int]:
    """Read ImageWidth and ImageLength of the first directory, classic and BigTIFF."""
    order = "<" if head[:2] == b"II" else ">"
    big = head[2 if order == "<" else 3] == 43
    offset = struct.unpack(order + ("Q" if big else "I"), head[8:16] if big else head[4:8])[0]
    file.seek(offset)
    count = struct.unpack(order + ("Q" if big else "H"), file.read(8 if big else 2))[0]
    width_of, code_of = (20, "QQ") if big else (12, "II")
    found: dict[int, int] = {}
    for _ in range(min(count, 4096)):
        entry = file.read(width_of)
        tag, kind = struct.unpack(order + "HH", entry[:4])
        if tag in (256, 257) and kind in _TIFF_SIZES:
            start = 4 + struct.calcsize(code_of[0])
            found[tag] = struct.unpack(order + _TIFF_CODES[kind], entry[start : start + _TIFF_SIZES[kind]])[0]
        if len(found) == 2:
            return found[256], found[257]
    raise ValueError("no size")


def tiff_pages(file: IO[bytes]) -> int:
    """Return the number of directories of a TIFF, at most 100,000; a chain that breaks off or bites its tail ends there.

    Pillow reads every entry of every directory to tell it, which takes seconds for a stack of some thousand pages.
    """
    file.seek(0)
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = head[2 if order == "<" else 3] == 43
    count_of, offset_of, width = (order + "Q", order + "Q", 20) if big else (order + "H", order + "I", 12)
    at = struct.unpack(offset_of, head[8:16] if big else head[4:8])[0]
    seen: set[int] = set()
    try:
        while at and at not in seen and len(seen) < _MOST_PAGES:
            file.seek(at)
            count = struct.unpack(count_of, file.read(struct.calcsize(count_of)))[0]
            seen.add(at)
            file.seek(at + struct.calcsize(count_of) + count * width)
            at = struct.unpack(offset_of, file.read(struct.calcsize(offset_of)))[0]
    except (struct.error, OSError, OverflowError, ValueError):
        pass
    return max(1, len(seen))


def _avif(head: bytes, file: BinaryIO) -> tuple[int, int]:
    """Take the largest spatial extent of any item: tiles and the alpha plane have one each, the image the largest."""
    best = (0, 0)
    at = head.find(b"ispe")
    while at >= 0 and at + 16 <= len(head):
        width, height = struct.unpack(">II", head[at + 8 : at + 16])
        best = max(best, (width, height), key=lambda size: size[0] * size[1])
        at = head.find(b"ispe", at + 4)
    return best


_READERS = {
    "JPEG": _jpeg,
    "PNG": _png,
    "GIF": _gif,
    "BMP": _bmp,
    "WEBP": _webp,
    "TIFF": _tiff,
    "AVIF": _avif,
    "HEIF": _avif,
}
