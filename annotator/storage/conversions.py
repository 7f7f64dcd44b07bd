"""How a loaded image becomes what is shown: display range, 8 bits, RGB, smaller, cropped; runs in child processes only."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from . import display_range
from .imaging import undecodable

_QUALITY = {"thumbnail": 78, "preview": 88, "crop": 85, "fit200": 78, "fit1024": 88}
_SHRINKABLE = frozenset({"RGB", "L", "RGBA", "CMYK", "LA", "YCbCr"})
_BITS_PER_SAMPLE, _PHOTOMETRIC = 258, 262  # tags of TIFF


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
