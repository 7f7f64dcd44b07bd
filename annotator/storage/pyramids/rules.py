"""Which images get a pyramid, and what its layers are called; known without reading anything."""

from __future__ import annotations

from importlib.util import find_spec

from annotator.storage import imaging

#: Above either an image is too large to be decoded whole by a browser.
LARGE_PIXELS, LARGE_SIDE = 40_000_000, 8192
#: Width and height of a tile; those at the right and the lower edge are smaller.
TILE = 512
#: The layer of an image that browsers show as it is stored: 8 bits, gray or color.
COLOR = "tiles"
#: Layers of stored values ("tiles0", "tiles1" ...): one for one or three channels together, else one for each.
MOST_LAYERS = 32


def is_available() -> bool:
    """Return whether pyramids can be made here: the extra "tiles" is installed."""
    return find_spec("pyvips") is not None


def is_large(width: int, height: int) -> bool:
    return width * height > LARGE_PIXELS or max(width, height) > LARGE_SIDE


def has_channels(mode: str) -> bool:
    """Return whether a mode is that of an image of several channels that are no colors, e.g. "5x16-bit"."""
    return "-bit" in mode


def needs_pyramid(format_name: str, mode: str, width: int, height: int, *, is_deep: bool) -> bool:
    """Return whether the labeling page needs tiles: a large image, stored values, or what browsers show by a preview alone."""
    if is_large(width, height) or is_deep or has_channels(mode):
        return True
    is_shown = imaging.shows_original(format_name, is_deep=is_deep)
    return not is_shown and max(width, height) > imaging.FIT["preview"]


def layer_name(number: int) -> str:
    return f"{COLOR}{number}"


def is_layer(variant: str) -> bool:
    """Return whether a variant of a rendition is a layer of a pyramid."""
    return variant.startswith(COLOR) and (variant == COLOR or variant[len(COLOR) :].isdecimal())
