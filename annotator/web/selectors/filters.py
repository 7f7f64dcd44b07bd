"""Read-only queries for the filter bar of the media page: options, and active filters as chips, each with its URL."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from annotator.models import Concept, Dataset, MediaStatus, Project
from annotator.services.projects import dataset_order
from annotator.web.media_filter import MediaFilter
from annotator.web.selectors import progress
from annotator.web.templatetags.ui import status_name

NAMES = {
    "dataset": gettext_lazy("Dataset"),
    "status": gettext_lazy("Status"),
    "concept": gettext_lazy("Class"),
    "tag": gettext_lazy("Tag"),
    "health": gettext_lazy("File"),
    "batch": gettext_lazy("Upload"),
    "name": gettext_lazy("Name"),
}
HEALTH = {
    "ERROR": gettext_lazy("unreadable"),
    "UNHEALTHY": gettext_lazy("warnings"),
    "PROCESSING": gettext_lazy("processing"),
    "OK": gettext_lazy("OK"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a filter menu; `url` is the page with this option toggled."""

    name: str
    value: str
    url: str
    is_on: bool
    row: Any = None


@dataclass(frozen=True, slots=True)
class Menu:
    key: str
    name: str
    options: list[Option]


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter as text, with the URL of the page without it."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Bar:
    menus: list[Menu]
    chips: list[Chip]
    statuses: list[MediaStatus]
    datasets: list[Dataset]


def bar(project: Project, media_filter: MediaFilter) -> Bar:
    """Return the filter bar of a project's media. Four queries."""
    statuses = sorted(
        MediaStatus.objects.filter(project=project),
        key=lambda one: (progress.ORDER.index(one.base), one.order),
    )
    datasets = dataset_order.in_order(project)
    concepts = list(
        Concept.all_objects.filter(project=project).order_by("region_order", "media_order", "sort_key", "id")
    )
    classes = [concept for concept in concepts if concept.on_region]
    tags = [concept for concept in concepts if concept.on_media]
    menus = [
        _menu("status", [(one.pk, status_name(one), one) for one in statuses], media_filter),
        _menu("concept", [(one.pk, one.name, one) for one in classes], media_filter),
        _menu("tag", [(one.pk, one.name, one) for one in tags], media_filter),
        _menu("dataset", [(one.pk, one.name, one) for one in datasets], media_filter),
        _menu("health", [(key, str(name), None) for key, name in HEALTH.items()], media_filter),
    ]
    return Bar([menu for menu in menus if menu.options], _chips(menus, media_filter), statuses, datasets)


def address(media_filter: MediaFilter) -> str:
    """Return the query string of a filter with its `?`, only `?` without conditions."""
    query = media_filter.query()
    return f"?{query}" if query else "?"


def _with(media_filter: MediaFilter, key: str, values: tuple[Any, ...]) -> MediaFilter:
    changed: dict[str, Any] = {key: values}
    return replace(media_filter, **changed)


def _menu(key: str, rows: Iterable[tuple[Any, str, Any]], media_filter: MediaFilter) -> Menu:
    on: tuple[Any, ...] = getattr(media_filter, key)
    options = []
    for value, name, row in rows:
        is_on = value in on
        values = tuple(other for other in on if other != value) if is_on else (*on, value)
        options.append(Option(name, str(value), address(_with(media_filter, key, values)), is_on, row))
    return Menu(key, str(NAMES[key]), options)


def _chips(menus: Sequence[Menu], media_filter: MediaFilter) -> list[Chip]:
    chips = []
    for menu in menus:
        names = [option.name for option in menu.options if option.is_on]
        if getattr(media_filter, menu.key):
            text = _("%(what)s is %(names)s") % {
                "what": menu.name,
                "names": _(" or ").join(names) or _("(deleted)"),
            }
            chips.append(Chip(text, address(_with(media_filter, menu.key, ()))))
    if media_filter.batch:
        chips.append(Chip(_("From a single upload"), address(replace(media_filter, batch=()))))
    if media_filter.name:
        chips.append(
            Chip(
                _("Name contains “%(text)s”") % {"text": media_filter.name},
                address(replace(media_filter, name="")),
            )
        )
    return chips


def one_dataset(media_filter: MediaFilter) -> uuid.UUID | None:
    """Return the dataset if exactly one is selected: dropped files are uploaded to it."""
    return media_filter.dataset[0] if len(media_filter.dataset) == 1 else None
