"""The twenty label colors in order of use, as the browser's tokens define them, in sRGB; and the ink that reads on a color."""

from __future__ import annotations

import re

from .errors import Invalid

# sRGB values of --label-1 … --label-20 of static/src/css/tokens.css; a test compares them.
LABEL_COLORS = (
    "#4862ed", "#ddd81f", "#d31e43", "#79c7fd", "#9921a4", "#88a45b", "#e7abb7", "#f452a1", "#0d7550", "#24edf2",
    "#a6528a", "#7e5d07", "#18aac6", "#9be79a", "#ca680f", "#9e9ffd", "#8b75cc", "#b96dfc", "#159c81", "#c7a916",
)  # fmt: skip
_HEX = re.compile(r"#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?")


def parse_color(value: object, *, field: str = "color") -> str:
    """Return `#RRGGBB` or `#RRGGBBAA` as it was given, in any case, or raise Invalid."""
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise Invalid(f"{field} must look like #RRGGBB or #RRGGBBAA.", field=field)
    return value


def palette_color(index: int) -> str:
    """Return the color of the class at `index` (0-based), opaque, as `#RRGGBBAA`; the list repeats."""
    return LABEL_COLORS[index % len(LABEL_COLORS)].upper() + "FF"


def label_slot(color: str) -> int:
    """Return 1..20 when `color` is one of the palette (then the tokens draw it), else 0."""
    plain = color[:7].lower()
    return LABEL_COLORS.index(plain) + 1 if plain in LABEL_COLORS else 0


def ink_on(color: str) -> str:
    """Return black or white, whichever reads better on `color` (WCAG relative luminance)."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#111418" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#FFFFFF"
