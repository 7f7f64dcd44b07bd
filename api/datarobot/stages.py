"""The stages of a project, which follow from what it holds."""

from __future__ import annotations

EMPTY, AIM, MODELING = "empty", "aim", "modeling"
DESCRIPTIONS = {
    EMPTY: "There are no images yet.",
    AIM: "Images are there; set a target.",
    MODELING: "The target is set.",
}


def stage_of(*, has_images: bool, has_target: bool) -> str:
    """Return the stage of a project."""
    if has_target:
        return MODELING
    return AIM if has_images else EMPTY
