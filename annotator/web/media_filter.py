"""The filters of a media list in a page's query string, read alike for grid, labeling page and filmstrip."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import QueryDict

from annotator.domain import text
from annotator.domain.errors import Invalid
from annotator.domain.ids import parse_uuid
from annotator.models import Media
from annotator.models.media import LIST_ORDERS, MediaQuerySet
from annotator.services.media.selection import MediaSelection, any_of

T = TypeVar("T")
_HEALTH = ("OK", "ERROR", "UNHEALTHY", "PROCESSING")
_LABELED = {"yes": True, "no": False}
#: Orders that change while somebody works in the list: next and previous cannot follow them.
_UNSTABLE = ("updated", "-updated")
#: The condition that each parameter names, in the order in which `query_string` writes them.
CONDITIONS = {
    "dataset": "datasets",
    "status": "statuses",
    "class": "classes",
    "tag": "tags",
    "batch": "batches",
    "health": "health",
}


def read(query: QueryDict) -> MediaSelection:
    """Return the selection of `?dataset=&status=&class=&tag=&batch=&health=&labeled=&name=&sort=`; the first six may repeat.

    Invalid names the parameter.
    """
    health = tuple(value for value in query.getlist("health") if value)
    if any(value not in _HEALTH for value in health):
        raise Invalid(f"health must be one of {', '.join(_HEALTH)}.", field="health")
    name = text.clean(query.get("name", ""), field="name", limit=200, required=False)
    return MediaSelection(
        datasets=_ids(query, "dataset"),
        statuses=_ids(query, "status"),
        classes=_ids(query, "class"),
        tags=_ids(query, "tag"),
        batches=_ids(query, "batch"),
        health=any_of(health),
        name_contains=name or None,
        is_annotated=_one_of(query, "labeled", _LABELED),
        order=_one_of(query, "sort", {name: name for name in LIST_ORDERS}),
    )


def query_string(selection: MediaSelection) -> str:
    """Return what `read` reads, without `?` and in a fixed order; empty when nothing is filtered."""
    pairs = [
        (name, str(value))
        for name, condition in CONDITIONS.items()
        for value in getattr(selection, condition) or ()
    ]
    if selection.is_annotated is not None:
        pairs.append(("labeled", "yes" if selection.is_annotated else "no"))
    if selection.name_contains:
        pairs.append(("name", selection.name_contains))
    if selection.order:
        pairs.append(("sort", selection.order))
    return urlencode(pairs)


def for_labeling(selection: MediaSelection) -> MediaSelection:
    """Return the selection in an order that stays while its media are changed."""
    return replace(selection, order=None) if selection.order in _UNSTABLE else selection


def list_media(project_id: uuid.UUID, selection: MediaSelection) -> MediaQuerySet[Any]:
    """Return the selected live media of a project in list order."""
    return selection.apply(Media.live_in(project_id), project_id).in_list_order(order_of(selection))


def order_of(selection: MediaSelection) -> str:
    """Return the order of the lists of a selection."""
    return selection.order or "name"


def _one_of(query: QueryDict, name: str, values: Mapping[str, T]) -> T | None:
    given = query.get(name)
    if not given:
        return None
    if given not in values:
        raise Invalid(f"{name} must be one of {', '.join(values)}.", field=name)
    return values[given]


def _ids(query: QueryDict, name: str) -> tuple[uuid.UUID, ...] | None:
    found = []
    for value in query.getlist(name):
        if value:
            key = parse_uuid(value)
            if key is None:
                raise Invalid(f"{name} must be an id.", field=name)
            found.append(key)
    return any_of(found)
