"""What exported labels and media carry beside their geometry: tags, and values of attributes in words."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from annotator.models import AttributeValue, Tag


def tags_of(keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[tuple[str, str | None]]]:
    """Return (tag, group) names by medium. One query."""
    rows = Tag.all_objects.filter(media__in=keys).order_by("concept__media_order", "concept__sort_key", "id")
    found: dict[uuid.UUID, list[tuple[str, str | None]]] = defaultdict(list)
    for media_id, name, group in rows.values_list("media_id", "concept__name", "concept__tag_group__name"):
        found[media_id].append((name, group))
    return found


def attributes_of(keys: Sequence[uuid.UUID], words: Mapping[str, str]) -> dict[uuid.UUID, dict[str, Any]]:
    """Return attribute values in words by label and by medium. One query."""
    wanted = Q(label__media__in=keys) | Q(media__in=keys)
    rows = AttributeValue.all_objects.filter(wanted).order_by("attribute__order", "attribute__name_key")
    found: dict[uuid.UUID, dict[str, Any]] = defaultdict(dict)
    for label_id, media_id, name, value in rows.values_list(
        "label_id", "media_id", "attribute__name", "value"
    ):
        found[label_id or media_id][name] = in_words(value, words)
    return found


def in_words(value: Any, words: Mapping[str, str]) -> Any:
    """Return an attribute value with the texts of options instead of their ids."""
    if isinstance(value, list):
        return [in_words(item, words) for item in value]
    return words.get(value, value) if isinstance(value, str) else value
