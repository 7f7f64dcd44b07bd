"""The filters of image lists as Custom Vision names them; conditions are the querysets', names and values are translated here."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q

from annotator.domain.errors import Invalid
from annotator.models import Label, Tag
from api.common import query

from .base import LIVE

MAX_TAGS = 20
ALL, TAGGED, UNTAGGED = "All", "Tagged", "Untagged"


def _no_filter(value: str, name: str) -> Any:
    raise Invalid("Filters by metadata are not supported.", field=name, code="BadRequestNotSupported")


_TAGS = query.uid(to="tags", is_list=True, most=MAX_TAGS, doc="With any of these tags.")
_STATUS = query.one_of((ALL, TAGGED, UNTAGGED), to="status", default=ALL)
ORDER = query.query(orderBy=query.one_of(("Newest", "Oldest"), to="order", default="Newest"))
ANY = LIVE | query.Query(
    {
        "tagIds": _TAGS,
        "taggingStatus": _STATUS,
        "$filter": query.matching(_no_filter, doc="Not supported; refused."),
    }
)
ONLY_TAGGED = LIVE | query.query(tagIds=_TAGS)


def images(rows: Any, asked: dict[str, Any]) -> Any:
    """Return the images that the filters let through: a region's class counts as a tag of its image."""
    tags, status = asked.get("tags"), asked.get("status", ALL)
    if status == UNTAGGED:
        return rows.none() if tags else rows.exclude(_has_any(None))
    return rows.filter(_has_any(tags)) if tags or status == TAGGED else rows


def _has_any(concepts: Collection[uuid.UUID] | None) -> Q:
    """Return the condition that an image has a tag or a region, of one of these concepts when they are given."""
    labels = Label.all_objects.filter(media=OuterRef("pk"))
    tags = Tag.all_objects.filter(media=OuterRef("pk"))
    if concepts is not None:
        labels, tags = labels.filter(concept__in=concepts), tags.filter(concept__in=concepts)
    return Q(Exists(labels)) | Q(Exists(tags))


def ordered(rows: Any, asked: dict[str, Any]) -> Any:
    """Return images by the time they were made."""
    sign = "" if asked["order"] == "Oldest" else "-"
    return rows.order_by(f"{sign}created_at", f"{sign}id")
