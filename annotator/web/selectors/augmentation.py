"""Read-only queries and shapes for the pages of augmentation lists."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from annotator.domain import palette
from annotator.domain.augmentation import TRANSFORMATIONS, Parameter
from annotator.models import AugmentationList, DatasetItem, Project
from annotator.services.insight import augmentation_samples
from annotator.services.insight.augmentation_samples import Preview
from annotator.web.display_names import PARAMETERS, TRANSFORMATION_NAMES

#: Images that a preview shows.
PREVIEW_IMAGES = 3
_UNITS = {"maximum_degrees": "degrees", "maximum_filter_size": "pixels", "number_of_holes": "count"}


def rows(project: Project) -> list[dict[str, Any]]:
    """Return the lists of a project, the oldest first, each with the names of what it enables. One query."""
    found = AugmentationList.all_objects.filter(project=project).order_by("created_at", "id")
    return [{"list": one, "enabled": _enabled(one.transformations)} for one in found]


def _enabled(transformations: Iterable[Mapping[str, Any]]) -> list[str]:
    names = {one["name"] for one in transformations if one["enabled"]}
    return [str(TRANSFORMATION_NAMES[one.name]) for one in TRANSFORMATIONS if one.name in names]


def controls(transformations: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return every transformation with the values of a list, or its defaults where the list has none."""
    stored = {one["name"]: one for one in transformations}
    return [
        {
            "name": one.name,
            "label": TRANSFORMATION_NAMES[one.name],
            "is_enabled": stored.get(one.name, {}).get("enabled", False),
            "is_fixed": one.probability is not None,
            "params": [
                _control(parameter, stored.get(one.name, {}).get("params", {}))
                for parameter in one.parameters
            ],
        }
        for one in TRANSFORMATIONS
    ]


def _control(parameter: Parameter, values: Mapping[str, float]) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "label": PARAMETERS[parameter.name],
        "value": values.get(parameter.name, parameter.default),
        "minimum": parameter.minimum,
        "maximum": parameter.maximum,
        "step": 1 if parameter.type == "int" else 0.01,
        "unit": _UNITS.get(parameter.name, "share"),
    }


def images(project: Project) -> list[tuple[uuid.UUID, str]]:
    """Return (id, name) of the images that previews show: the first ones of the samples. Two queries."""
    picked = augmentation_samples.pick(project, PREVIEW_IMAGES)
    names = dict(DatasetItem.objects.filter(media__in=picked, is_home=True).values_list("media_id", "name"))
    return [(key, names.get(key, "")) for key in picked]


def preview(copies: Iterable[Preview]) -> list[dict[str, Any]]:
    """Return copies as the page's script takes them: the image as a data URL, labels with color, name and outline."""
    return [
        {
            "width": copy.width,
            "height": copy.height,
            "image": "data:image/jpeg;base64," + base64.b64encode(copy.data).decode(),
            "labels": [
                {
                    "slot": palette.label_slot(label.concept.color),
                    "color": label.concept.color[:7],
                    "path": _path(points),
                    "keypoints": keypoints,
                }
                for label, points, keypoints in copy.labels
            ],
        }
        for copy in copies
    ]


def _path(points: Sequence[Sequence[Sequence[Sequence[float]]]]) -> str:
    rings = (ring for part in points for ring in part)
    return "".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in ring) + "Z" for ring in rings)
