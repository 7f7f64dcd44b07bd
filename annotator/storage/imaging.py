"""Images opened with Pillow within limits: what is readable, their facts and EXIF data; runs in child processes only."""

from __future__ import annotations

import contextlib
import math
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

from PIL import AvifImagePlugin, ExifTags, Image, UnidentifiedImageError
from PIL.TiffImagePlugin import TiffImageFile

from . import display_range, probe

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF")
# Readers of HEIC that plug into Pillow, of which one is installed with the extra "heif".
_HEIF_READERS = ("pillow_heif", "pi_heif")
# fit200 and fit1024 are sizes that contracts promise; they are made when somebody asks for one.
FIT = {"thumbnail": 320, "preview": 2048, "crop": 320, "fit200": 200, "fit1024": 1024}
# What every browser shows as it is, so that a small image needs no preview of its own.
WEB_FORMATS = frozenset({"JPEG", "PNG", "WEBP", "GIF", "AVIF"})
_WEB_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
ORIENTATIONS = {
    1: "Horizontal (normal)",
    2: "Mirror horizontal",
    3: "Rotate 180",
    4: "Mirror vertical",
    5: "Mirror horizontal and rotate 270 CW",
    6: "Rotate 90 CW",
    7: "Mirror horizontal and rotate 90 CW",
    8: "Rotate 270 CW",
}
# How libraries below Pillow say that they got none; theirs is no MemoryError.
_OUT_OF_MEMORY = re.compile(r"out of memory|memory allocation error|cannot allocate memory", re.IGNORECASE)
_EXIF_TAGS = 100
_EXIF_TEXT = 200


class ImageError(Exception):
    """A file that is refused; `code` is one of the quality log, the text is for people."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decoded image is; width and height are after applying the EXIF orientation.

    `display_range`: the values shown as black and white, of an image of more than 8 bits a channel.
    """

    format: str
    mode: str
    width: int
    height: int
    frames: int
    orientation: str
    exif: dict[str, Any]
    is_one_color: bool
    display_range: display_range.Range | None = None


_NOT_IMAGES = {
    "HTML": "it is an HTML page",
    "SVG": "it is an SVG or XML file, not a raster image",
    "ZIP": "it is a ZIP archive",
    "PDF": "it is a PDF document",
    "DICOM": "it is a DICOM file",
    "JPEG 2000": "it is a JPEG 2000 image",
    "JPEG XL": "it is a JPEG XL image",
    "PSD": "it is a Photoshop document",
    "HEIF": "it is a HEIC image, which this server cannot read. Ask your administrator to install the extra “heif” (pip install pi-heif)",
}

# Those of them that are images all the same.
_UNSUPPORTED = frozenset({"SVG", "DICOM", "JPEG 2000", "JPEG XL", "PSD", "HEIF"})


def formats() -> tuple[str, ...]:
    """Return the formats that this server reads, as people call them."""
    return (*FORMATS, "HEIC") if _heif_reader() else FORMATS


def _heif_reader() -> str | None:
    return next((name for name in _HEIF_READERS if find_spec(name)), None)


def _register_heif() -> bool:
    """Let Pillow read HEIC; False when no reader is installed. One thread: others reserve memory that counts against the limit."""
    reader = _heif_reader()
    if reader is None:
        return False
    import_module(reader).register_heif_opener(decode_threads=1)
    return True


def check_size(path: Path, max_pixels: int) -> str:
    """Return the kind of file that the first bytes show; ImageError for an empty one and for a declared size beyond the limit.

    Guards memory alone: a file whose header is not understood here goes on to the decoders, which decide.
    """
    with path.open("rb") as file:
        head = file.read(512)
        file.seek(0)
        header = probe.read_header(file)
    if not head:
        raise ImageError("zero_bytes", "The file is empty (0 bytes).")
    if header is not None and header.width * header.height > max_pixels:
        raise too_many_pixels(header.width, header.height, max_pixels)
    return probe.sniff(head)


def too_many_pixels(width: int, height: int, max_pixels: int) -> ImageError:
    text = f"It has {width:,} x {height:,} pixels; the limit is {max_pixels / 1e6:,.0f} million pixels."
    return ImageError("too_large", text)


@contextlib.contextmanager
def open_image(path: Path, max_pixels: int) -> Iterator[Image.Image]:
    """Give the first frame, opened but not loaded. Raises ImageError."""
    kind = check_size(path, max_pixels)
    # Not by its path: a TIFF that Pillow maps into memory it turns before it has read it.
    with path.open("rb") as file:
        try:
            image = _identify(file, kind, max_pixels)
        except ImageError:
            if (by_channels := _by_channels(path, kind, max_pixels)) is None:
                raise
            image = by_channels
        if image.width * image.height > max_pixels:
            raise too_many_pixels(image.width, image.height, max_pixels)
        yield image


def _identify(file: BinaryIO, kind: str, max_pixels: int) -> Image.Image:
    is_heif = kind == "HEIF" and _register_heif()
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each thread reserves memory that counts against the limit
    Image.MAX_IMAGE_PIXELS = max_pixels
    Image.WARN_POSSIBLE_FORMATS = True
    with warnings.catch_warnings(record=True) as reasons:
        warnings.simplefilter("ignore")
        warnings.filterwarnings("always", ".* opening failed")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return Image.open(file, formats=("HEIF",) if is_heif else FORMATS)
        except UnidentifiedImageError:
            raise _unidentified(kind, [str(one.message) for one in reasons]) from None
        except Exception as error:
            raise undecodable(error, max_pixels) from error


def _by_channels(path: Path, kind: str, max_pixels: int) -> Image.Image | None:
    """Return a TIFF of any number of channels by its first one, None for any other file or where nothing reads them."""
    from .pyramids import channels, rules

    if kind != "TIFF" or not rules.is_available():
        return None
    try:
        return channels.as_pillow(path, max_pixels)
    except ImageError as refusal:
        if refusal.code == "too_large":
            raise
        return None


def _unidentified(kind: str, reasons: list[str]) -> ImageError:
    """Return the refusal of a file that no decoder takes; `reasons` are "<format> opening failed. <why>", of one decoder at most."""
    if kind in FORMATS or (kind == "HEIF" and _heif_reader()):
        why = "".join(_short(reason.partition(". ")[2]) for reason in reasons[:1])
        text = f"It cannot be decoded: this {kind} file is incomplete, damaged or of an unsupported kind"
        text += f" ({why})." if why else "."
        return ImageError("truncated", text)
    what = _NOT_IMAGES.get(kind, "it is not a supported image format")
    return ImageError(
        "unsupported_format" if kind in _UNSUPPORTED else "not_an_image",
        f"It cannot be decoded: {what}. Supported formats: {', '.join(formats())}.",
    )


def load(image: Image.Image) -> None:
    """Decode all pixels of the first frame (at the scale set by draft). Raises ImageError."""
    try:
        image.load()
    except Exception as error:
        raise undecodable(error) from error


def undecodable(error: Exception, max_pixels: int = 0) -> ImageError:
    """Put any error of a decoder in words; its text is kept short and holds no path."""
    if isinstance(error, MemoryError) or _OUT_OF_MEMORY.search(str(error)):
        return ImageError("too_large", "Decoding needs more memory than the server allows.")
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        limit = f"{max_pixels / 1e6:,.0f} million pixels" if max_pixels else "pixels than the server allows"
        return ImageError("too_large", f"It has more {'than ' if max_pixels else ''}{limit}.")
    text = _reason_of(error)
    if "data too large" in text or "memory used in text" in text:
        return ImageError(
            "too_large", "Its texts or its colour profile unpack to more than the server allows."
        )
    if "truncated" in text.lower() or "unexpected end" in text.lower() or isinstance(error, EOFError):
        return ImageError("truncated", "It cannot be decoded: the file is truncated.")
    return ImageError("truncated", f"It cannot be decoded: {text}.")


def _reason_of(error: Exception) -> str:
    """Return what a decoder says, without paths; the error's type where the text alone says little."""
    text = _short((isinstance(error, OSError) and error.strerror) or str(error))
    if text and isinstance(error, OSError | SyntaxError | ValueError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _short(text: str) -> str:
    return " ".join(text.split())[:160].rstrip(".")


def read_exif(image: Image.Image) -> Image.Exif | None:
    """Return the EXIF data, None when they are damaged: that does not make an image unusable. Raises ImageError.

    EXIF data of a PNG may lie behind its pixels: Pillow decodes them to look, once, so the error of that time counts.
    """
    if image.format == "PNG":
        load(image)
    try:
        return image.getexif()
    except Exception:
        return None


def orientation_of(exif: Image.Exif | None) -> int:
    """Return the EXIF orientation 1..8; nonsense counts as 1."""
    value = exif.get(ExifTags.Base.Orientation, 1) if exif else 1
    return value if isinstance(value, int) and value in ORIENTATIONS else 1


def turn_of(image: Image.Image) -> int:
    """Return the orientation that is left to apply: Pillow gives the size of a TIFF upright and turns it while loading."""
    return 1 if image.format == "TIFF" else orientation_of(read_exif(image))


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Return the loaded image turned as its orientation says."""
    method = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }.get(orientation)
    return image if method is None else image.transpose(method)


def frame_count(image: Image.Image) -> int:
    """Return the number of frames or pages, 1 when the file does not say; images embedded in a JPEG do not count as pages."""
    if image.format in ("JPEG", "MPO"):
        return 1
    if isinstance(image, TiffImageFile) and image.fp is not None:
        at = image.fp.tell()
        try:
            return probe.tiff_pages(image.fp)
        finally:
            image.fp.seek(at)
    at = image.tell()  # that of the primary image, which is not always the first one of a HEIC file
    try:
        return int(getattr(image, "n_frames", 1))
    except Exception:  # a damaged later frame does not make the first one unusable
        return 1
    finally:
        if image.tell() != at:
            image.seek(at)


def exif_as_json(exif: Image.Exif | None) -> dict[str, Any]:
    """Return EXIF data as small JSON: at most 100 readable entries, no thumbnails, no maker's bytes."""
    found: dict[str, Any] = {}
    if exif is None:
        return found
    # Damaged EXIF data do not make an image unusable: what was read up to the damage counts.
    with contextlib.suppress(Exception):
        _collect(found, exif, ExifTags.TAGS)
        _collect(found, exif.get_ifd(ExifTags.IFD.Exif), ExifTags.TAGS)
        _collect(found, exif.get_ifd(ExifTags.IFD.GPSInfo), ExifTags.GPSTAGS)
    return found


def _collect(found: dict[str, Any], values: Any, names: dict[int, str]) -> None:
    for tag, value in values.items():
        name, plain = names.get(tag), _plain(value)
        if name and plain is not None and len(found) < _EXIF_TAGS:
            found[name] = plain


def _plain(value: Any) -> Any:
    """Return an EXIF value as JSON, or None to leave it out."""
    if isinstance(value, bool | int):
        return value if abs(value) < 2**53 else None
    if isinstance(value, str):
        text = "".join(ch for ch in value if ch.isprintable() and not "\ud800" <= ch <= "\udfff").strip()
        return text[:_EXIF_TEXT] or None
    if isinstance(value, tuple | list):
        items = [_plain(item) for item in value[:16]]
        return items if all(item is not None for item in items) else None
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return round(number, 8) if math.isfinite(number) else None


def shows_original(format_name: str, *, is_deep: bool) -> bool:
    """Return whether browsers show the original; deep values they cut to the upper byte, which may be black."""
    return format_name in WEB_FORMATS and not is_deep


def needs_preview(
    format_name: str,
    mode: str,
    width: int,
    height: int,
    *,
    orientation: str = "",
    frames: int = 1,
    is_deep: bool = False,
) -> bool:
    """Return whether browsers and the labeling page need a preview, or can take the original itself.

    Browsers turn a JPEG as its EXIF data say, other formats not everywhere; an animation would not stand still.
    """
    plain = shows_original(format_name, is_deep=is_deep) and mode in _WEB_MODES and frames == 1
    still = format_name == "JPEG" or orientation in ("", ORIENTATIONS[1])
    return not plain or not still or max(width, height) > FIT["preview"]
