"""Geometry that Hasty's clients send, as native fields; a value equal to the response's leaves the stored label unchanged.

So reading a label, changing its class and writing it back loses nothing, though numbers are rounded on the way out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from annotator.domain.errors import Invalid
from annotator.formats.hasty_geometry import HastyGeometry, polygon_as_lists, round_half_up

GEOMETRY = ("bbox", "polygon", "mask")


def new_geometry(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the native geometry fields of a label that is created. Invalid for what Hasty refuses."""
    _refuse_empty(given)
    fields: dict[str, Any] = {}
    if given.get("bbox") is not None:
        fields["box"] = _checked_box(given["bbox"])
    if given.get("polygon") is not None:
        fields["points"] = [[given["polygon"]]]
    if given.get("mask") is not None:
        fields["mask"] = given["mask"]
        fields["box"] = _mask_box(fields.get("box"))
    if not fields and not given.get("keypoints"):
        raise Invalid("A label needs a bbox, a polygon, a mask or keypoints.", field="bbox")
    return fields


def changed_geometry(
    given: Mapping[str, Any], current: HastyGeometry, *, box: Sequence[float], is_derived: bool
) -> dict[str, Any]:
    """Return the native geometry fields that differ from `current`, the stored label's geometry in responses.

    `box` is the stored one. `is_derived`: the mask in responses replaces a stored polygon that Hasty does not support.
    """
    _refuse_empty(given)
    known = {"bbox": list(current.bbox), "polygon": polygon_as_lists(current.polygon), "mask": current.mask}
    changed = {name for name in GEOMETRY if name in given and given[name] != known[name]}
    if not changed:
        return {}
    fields: dict[str, Any] = {}
    if is_derived and changed != {"bbox"}:
        given = {"bbox": known["bbox"], **given, "polygon": given.get("polygon")}
        changed = {"bbox", "polygon", "mask"}
    if "polygon" in changed:
        fields["points"] = None if given["polygon"] is None else [[given["polygon"]]]
        if given.get("bbox") is not None:
            fields["box"] = list(box)  # given and unchanged: it is not computed from the polygon
    if "bbox" in changed:
        fields["box"] = None if given["bbox"] is None else _checked_box(given["bbox"])
    mask = given.get("mask")
    if mask is not None and (changed & {"mask", "bbox"}):
        # A mask is relative to the bbox of its response, which has integer coordinates.
        fields["mask"] = mask
        fields["box"] = _mask_box(fields["box"] if "bbox" in changed else known["bbox"])
    elif "mask" in changed:
        fields["mask"] = None
    return fields


def _refuse_empty(given: Mapping[str, Any]) -> None:
    for name in ("polygon", "mask"):
        if given.get(name) == []:
            raise Invalid(f"{name} must not be empty; send null for none.", field=name)


def _checked_box(raw: Any) -> Any:
    """Return a box as it was given; what is no box at all, the domain refuses."""
    is_box = isinstance(raw, list) and len(raw) == 4 and all(type(x) in (int, float) for x in raw)
    if is_box and (raw[2] <= raw[0] or raw[3] <= raw[1]):
        raise Invalid(
            "bbox must be [left, top, right, bottom] with right > left and bottom > top.", field="bbox"
        )
    return raw


def _mask_box(box: Sequence[float] | None) -> Any:
    if box is None:
        raise Invalid("A mask needs a bbox, which it is relative to.", field="bbox")
    if isinstance(box, list) and all(type(x) in (int, float) for x in box):
        return [round_half_up(x) for x in box]
    return box
