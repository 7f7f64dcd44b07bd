"""Counts of what a format cannot hold, asked before an export is written."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q

from annotator.models import AttributeValue, Project, Tag
from annotator.services.exchange.exports.rows import ExportSelection, selected_labels, selected_media


def count_unsupported(project: Project, selection: ExportSelection) -> tuple[int, dict[str, int]]:
    """Return the number of labels, and how many values of each kind COCO does not support. Three queries."""
    labels = selected_labels(project, selection)
    media = selected_media(project, selection)
    of_labels = labels.order_by().aggregate(
        all=Count("pk"),
        z_index=Count("pk", filter=~Q(z=0)),
        external_id=Count("pk", filter=~Q(external_id="")),
        second_shape=Count("pk", filter=Q(mask__isnull=False, points__isnull=False)),
    )
    values = AttributeValue.all_objects.filter(attribute__project=project)
    of_media = media.order_by().aggregate(
        statuses=Count("pk", filter=~Q(status__base="NEW")),
        media_external_id=Count("pk", filter=~Q(external_id="")),
        tagged=Count("pk", filter=Q(Exists(Tag.all_objects.filter(media=OuterRef("pk"))))),
    )
    return of_labels.pop("all"), {
        **of_labels,
        **of_media,
        "attributes": values.filter(Q(label__in=labels) | Q(media__in=media)).count(),
    }
