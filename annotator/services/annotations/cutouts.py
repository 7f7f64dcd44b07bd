"""Objects cut out of images for people who label: where it may be done, what is asked, and the mask that comes of it. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from annotator import policy
from annotator.domain import cutouts
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.models import Media, MediaKind
from annotator.services.media.decoding import pool as decoding, renditions
from annotator.services.media.decoding.pool import IsCancelled

NOT_INSTALLED = (
    "This server cannot cut objects out of images. Ask your administrator to install the extra “vision” "
    "(pip install opencv-python-headless)."
)


@dataclass(frozen=True, slots=True)
class Cutout:
    """The pixels of an object: a run list in the smallest box."""

    box: list[int]
    mask: list[int]


def cut(
    *, actor: Actor, media: Media, hints: Mapping[str, Any], is_cancelled: IsCancelled | None = None
) -> Cutout:
    """Return the object that is meant by hints (see domain.cutouts.parse), computed in a child process.

    Allowed with `label.write`. Invalid: OpenCV is not installed, no readable image, hints that make no sense, nothing
    found. Raises Undecodable, Unavailable and Missing of decoding, and Cancelled when `is_cancelled` says so meanwhile.
    """
    policy.require(actor, media.project, "label.write")
    if find_spec("cv2") is None:
        raise Invalid(NOT_INSTALLED, code="not_installed")
    if media.kind != MediaKind.IMAGE or not media.width or not media.height or media.health == "ERROR":
        raise Invalid("Only an image that can be read has objects to cut out.", code="image_unreadable")
    wanted = cutouts.parse(hints, media.width, media.height)
    with renditions.open_source(media) as (path, shown):
        caller = str(media.project.workspace_id)
        size = (media.width, media.height)
        found = decoding.cut(path, wanted.as_json(), size, shown, caller=caller, is_cancelled=is_cancelled)
    if found is None:
        raise Invalid(
            "No object was found here. Draw the box a little larger than the object, or mark what belongs to it.",
            code="nothing_found",
        )
    return Cutout(*found)
