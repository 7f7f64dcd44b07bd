"""Findings about the bytes of an image, from facts that were read while it was decoded; codes as in the quality log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SMALL_SIDE = 8
EXTREME_RATIO = 20.0
PLAIN_MODES = frozenset({"RGB", "L", "RGBA", "LA", "1"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the quality log: a code for machines, a severity (error, warning, info), words for people."""

    code: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What was seen of an image: sizes after orientation, `extensions` that would fit the format.

    `declared` is the size that an import says of it, (0, 0) for none.
    """

    format: str
    mode: str
    width: int
    height: int
    frames: int = 1
    orientation: str = ""
    is_one_color: bool = False
    extension: str = ""
    extensions: Sequence[str] = ()
    display_range: tuple[float, float] | None = None
    declared: tuple[int, int] = (0, 0)


def findings(facts: ImageFacts) -> list[Finding]:
    """Return what is notable about an image that could be decoded, in a fixed order."""
    found: list[Finding] = []

    def add(code: str, severity: str, message: str) -> None:
        found.append(Finding(code, severity, message))

    if all(facts.declared) and facts.declared != (facts.width, facts.height):
        width, height = facts.declared
        message = f"It has {facts.width:,} x {facts.height:,} pixels; the import says {width:,} x {height:,}."
        add("dimensions_mismatch", "warning", message)
    if facts.orientation and not facts.orientation.startswith("Horizontal"):
        add("exif_rotated", "info", f"Shown turned as its EXIF data say: {facts.orientation}.")
    if facts.frames > 1:
        what = "pages" if facts.format == "TIFF" else "images" if facts.format == "HEIF" else "frames"
        message = f"It has {facts.frames:,} {what}; only one of them is shown, normally the first."
        if facts.format == "TIFF":
            message = f"It has {facts.frames:,} pages; only the first is shown. Upload it with “One image per page” to label all."
        add("animated_first_frame_used", "warning", message)
    if facts.display_range is not None:
        low, high = facts.display_range
        add(
            "display_range",
            "info",
            f"Shown with {low:,.6g} as black and {high:,.6g} as white. The original is unchanged.",
        )
    elif facts.mode not in PLAIN_MODES:
        add("colour_converted", "info", f"Colors are shown converted from {facts.mode} to RGB.")
    if min(facts.width, facts.height) < SMALL_SIDE:
        add("too_small", "warning", f"It is only {facts.width} x {facts.height} pixels.")
    if max(facts.width, facts.height) > EXTREME_RATIO * min(facts.width, facts.height):
        add("extreme_aspect", "warning", f"One side is more than {EXTREME_RATIO:g} times the other.")
    if facts.is_one_color:
        add("all_one_colour", "warning", "Every pixel has the same color.")
    if facts.extension and facts.extensions and facts.extension.lower() not in facts.extensions:
        add(
            "extension_mismatch",
            "warning",
            f"The name ends in .{facts.extension}, the file is {facts.format}.",
        )
    return found


def broken(code: str, message: str) -> Finding:
    """Return the finding of a file that could not be decoded."""
    return Finding(code, "error", message)


def duplicate(of: str) -> Finding:
    """Return the finding of a file whose bytes the project has already under another name."""
    return Finding("duplicate_of", "warning", f"The same bytes as {of}.")
