"""How many media have each concept, by whether a tag says that they do not, and by the health of the media."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import Count, Exists, OuterRef

from annotator.models import Label, Project, Tag

Counts = dict[str, dict[str, int]]
HEALTHS = ("OK", "PROCESSING", "ERROR")


def count(*, project: Project, concepts: Sequence[uuid.UUID]) -> dict[uuid.UUID, Counts]:
    """Return, by concept and health, how many media have it ("positive") and how many have a tag of value 0 ("negative").

    A medium counts once, whether a tag, a label or several say it. Three queries. Callers have asked who may read the project.
    """
    found: dict[uuid.UUID, Counts] = {
        key: {health: {"positive": 0, "negative": 0} for health in HEALTHS} for key in concepts
    }
    tags = Tag.all_objects.filter(project=project, concept__in=concepts, media__trashed_at__isnull=True)
    for sign, rows in (("positive", tags.exclude(value=0)), ("negative", tags.filter(value=0))):
        for key, health, number in rows.values_list("concept", "media__health").annotate(number=Count("id")):
            found[key].setdefault(health, {"positive": 0, "negative": 0})[sign] += number
    same = Tag.all_objects.filter(media=OuterRef("media"), concept=OuterRef("concept")).exclude(value=0)
    labels = Label.objects.listed().filter(project=project, concept__in=concepts).filter(~Exists(same))
    grouped = labels.order_by().values_list("concept", "media__health")
    for key, health, number in grouped.annotate(number=Count("media", distinct=True)):
        found[key].setdefault(health, {"positive": 0, "negative": 0})["positive"] += number
    return found
