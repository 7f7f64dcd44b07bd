"""Image work on local files with Pillow: open within limits, facts, gray square, renditions; runs in child processes only."""

from __future__ import annotations

import contextlib
import io
import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import AvifImagePlugin, ExifTags, Image, UnidentifiedImageError
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from . import display_range, probe

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF")
# Readers of HEIC that plug into Pillow, of which one is installed with the extra "heif".
_HEIF_READERS = ("pillow_heif", "pi_heif")
# fit200 and fit1024 are sizes that contracts promise; they are made when somebody asks for one.
FIT = {"thumbnail": 320, "preview": 2048, "crop": 320, "fit200": 200, "fit1024": 1024}
_QUALITY = {"thumbnail": 78, "preview": 88, "crop": 85, "fit200": 78, "fit1024": 88}
# What every browser shows as it is, so that a small image needs no preview of its own.
_WEB_FORMATS = frozenset({"JPEG", "PNG", "WEBP", "GIF", "AVIF"})
_SHRINKABLE = frozenset({"RGB", "L", "RGBA", "CMYK", "LA", "YCbCr"})
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
_BITS_PER_SAMPLE, _PHOTOMETRIC = 258, 262  # tags of TIFF
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
        image = _identify(file, kind, max_pixels)
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


def _unidentified(kind: str, reasons: list[str]) -> ImageError:
    """Return the refusal of a file that no decoder takes; `reasons` are "<format> opening failed. <why>", of one decoder at most."""
    if kind in FORMATS or (kind == "HEIF" and _heif_reader()):
        why = "".join(_short(reason.partition(". ")[2]) for reason in reasons[:1])
        text = f"It cannot be decoded: this {kind} file is incomplete, damaged or of an unsupported kind"
        text += f" ({why})." if why else "."
        return ImageError("truncated", text)
    what = _NOT_IMAGES.get(kind, "it is not a supported image format")
    return ImageError(
        "not_an_image", f"It cannot be decoded: {what}. Supported formats: {', '.join(formats())}."
    )


def load(image: Image.Image) -> None:
    """Decode all pixels of the first frame (at the scale set by draft). Raises ImageError."""
    try:
        image.load()
    except Exception as error:
        raise undecodable(error) from error


def undecodable(error: Exception, max_pixels: int = 0) -> ImageError:
    """Put any error of a decoder in words; its text is kept short and holds no path."""
    if isinstance(error, MemoryError):
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
    return format_name in _WEB_FORMATS and not is_deep


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


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """Return the size that fits side x side with the same aspect; never enlarges, at least one pixel."""
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def to_8_bits(image: Image.Image, shown: display_range.Range | None) -> Image.Image:
    """Return a loaded image with 8 bits a channel: values of more, or upper bytes, by the range in which they are shown."""
    if shown is None:
        return image
    if display_range.is_deep(image.mode):
        return display_range.apply(image, shown)
    return display_range.apply_to_upper_bytes(image, shown)


def to_rgb(image: Image.Image) -> Image.Image:
    """Return an image of 8 bits in RGB (or L as it is); transparency lies on white. Raises ImageError."""
    try:
        if image.mode in ("RGB", "L"):
            return image
        if _is_transparent(image):
            alpha = image.convert("RGBA")
            ground = Image.new("RGB", image.size, "white")
            ground.paste(alpha, mask=alpha.getchannel("A"))
            return ground
        return image.convert("RGB")
    except (ValueError, MemoryError) as error:
        raise undecodable(error) from error


def to_shrinkable(image: Image.Image) -> Image.Image:
    """Return an image of 8 bits in a mode that can be made smaller with antialiasing, as small as the mode may be."""
    if image.mode in _SHRINKABLE:
        return image
    return image.convert("L" if image.mode == "1" else "RGBA" if _is_transparent(image) else "RGB")


def _is_transparent(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info


def has_upper_bytes(image: Image.Image) -> bool:
    """Return whether an opened image has 16 bits a channel of which Pillow decodes the upper 8: color, or gray with alpha."""
    if image.mode not in ("L", "LA", "RGB", "RGBA"):
        return False
    if isinstance(image, TiffImageFile):
        return max(image.tag_v2.get(_BITS_PER_SAMPLE, (8,))) > 8
    return isinstance(image, PngImageFile) and any("16" in str(tile.args) for tile in image.tile)


def _is_white_zero(image: Image.Image) -> bool:
    """Return whether 0 is white in a deep TIFF; Pillow itself turns that about for 8 bits alone."""
    return isinstance(image, TiffImageFile) and image.tag_v2.get(_PHOTOMETRIC) == 0


def display_range_of(image: Image.Image, *, upper_bytes: bool) -> display_range.Range | None:
    """Return the range in which the values of a loaded image are shown; None for 8 bits, which are shown as they are."""
    if display_range.is_deep(image.mode):
        return display_range.find(image, is_inverted=_is_white_zero(image))
    return display_range.find_in_upper_bytes(image) if upper_bytes else None


def is_one_color(image: Image.Image) -> bool:
    """Return whether every pixel of a loaded image has the same value."""
    if display_range.is_deep(image.mode):
        return display_range.is_constant(image)
    extremes = image.getextrema()
    bands = [extremes] if not isinstance(extremes[0], tuple) else list(extremes)
    return all(low == high for low, high in bands)


def gray_square(image: Image.Image, side: int) -> npt.NDArray[np.uint8]:
    """Return the image as side x side gray values (antialiased), the input of the perceptual hash."""
    return np.asarray(image.convert("L").resize((side, side), Image.Resampling.LANCZOS))


def shrink(image: Image.Image, side: int) -> Image.Image:
    """Return a loaded image made to fit side x side, antialiased."""
    size = fitted(image.width, image.height, side)
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def jpeg_bytes(image: Image.Image, variant: str) -> bytes:
    """Encode an RGB or L image as the JPEG of a variant."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY[variant])
    return out.getvalue()


def crop(image: Image.Image, box: Sequence[float], orientation: int) -> Image.Image:
    """Return the part of a loaded image inside `box` (x0, y0, x1, y1 in pixels of the upright image), still to be turned.

    The box is clipped to the image and covers at least one pixel. The whole image is not turned: it may be large.
    """
    width, height = (image.height, image.width) if orientation >= 5 else image.size
    x0, y0 = min(max(int(box[0]), 0), width - 1), min(max(int(box[1]), 0), height - 1)
    x1, y1 = min(max(int(box[2] + 0.999), x0 + 1), width), min(max(int(box[3] + 0.999), y0 + 1), height)
    if orientation in (2, 3, 6, 7):  # the upright image's x runs against the stored row or column
        x0, x1 = width - x1, width - x0
    if orientation in (3, 4, 7, 8):
        y0, y1 = height - y1, height - y0
    return image.crop((y0, x0, y1, x1) if orientation >= 5 else (x0, y0, x1, y1))


def draft_for(image: Image.Image, width: int, height: int) -> None:
    """Let the JPEG decoder scale down to no less than width x height; other formats ignore it."""
    if image.format in ("JPEG", "MPO"):
        image.draft(None, (width, height))
