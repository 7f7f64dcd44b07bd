"""Counts of what a format cannot hold, asked before an export is written."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count, Exists, OuterRef, Q

from annotator.domain.records import LossReport
from annotator.models import AttributeValue, Project, Tag
from annotator.services.exchange.exports.rows import ExportSelection, selected_labels, selected_media

_OF_LABELS = {
    "z_index": ~Q(z=0),
    "external_id": ~Q(external_id=""),
    "second_shape": Q(mask__isnull=False, points__isnull=False),
    "score": Q(score__isnull=False),
    "keypoints": Q(keypoints__isnull=False),
    "is_crowd": Q(is_crowd=True),
}
_OUTLINES = Q(mask__isnull=False) | Q(points__isnull=False)

#: What each format cannot hold, in words, by what is counted.
COCO = {
    "z_index": "the z-order is not supported by COCO",
    "external_id": "external ids of labels are not supported by COCO",
    "second_shape": "a label has a mask and a polygon; COCO takes the mask",
    "attributes": "values of attributes are not supported by COCO",
    "tagged": "tags of images are not supported by COCO",
    "statuses": "statuses are not supported by COCO",
    "media_external_id": "external ids of images are not supported by COCO",
}


def _words(name: str, **other: str) -> dict[str, str]:
    return {
        "z_index": f"the z-order is not supported by {name}",
        "external_id": f"external ids of labels are not supported by {name}",
        "second_shape": f"a label has a mask and a polygon; {name} takes the mask",
        "score": f"scores are not supported by {name}",
        "keypoints": f"keypoints are not supported by {name}; the box around them was written",
        "is_crowd": f"crowds are not supported by {name}; they were written as objects",
        "attributes": f"values of attributes are not supported by {name}",
        "tagged": f"tags of images are not supported by {name}",
        "statuses": f"statuses are not supported by {name}",
        "media_external_id": f"external ids of images are not supported by {name}",
    } | other


YOLO = _words("YOLO")
PASCAL_VOC = _words("Pascal VOC", is_crowd="crowds were written as objects marked as difficult")
SEMANTIC_PNG = _words("class maps", z_index="")


def report_unsupported(
    project: Project, selection: ExportSelection, words: Mapping[str, str], report: LossReport
) -> tuple[int, int]:
    """Report what a format cannot hold; return the number of labels, and of those with a polygon or mask. Three queries."""
    labels = selected_labels(project, selection)
    media = selected_media(project, selection)
    asked = {name: Count("pk", filter=where) for name, where in _OF_LABELS.items() if words.get(name)}
    of_labels = labels.order_by().aggregate(all=Count("pk"), outlined=Count("pk", filter=_OUTLINES), **asked)
    total, outlined = of_labels.pop("all"), of_labels.pop("outlined")
    values = AttributeValue.all_objects.filter(attribute__project=project)
    of_media = media.order_by().aggregate(
        statuses=Count("pk", filter=~Q(status__base="NEW")),
        media_external_id=Count("pk", filter=~Q(external_id="")),
        tagged=Count("pk", filter=Q(Exists(Tag.all_objects.filter(media=OuterRef("pk"))))),
    )
    counts = of_labels | of_media
    counts["attributes"] = values.filter(Q(label__in=labels) | Q(media__in=media)).count()
    for what, count in counts.items():
        if count:
            report.add(what, words[what], count=count)
    return total, outlined
