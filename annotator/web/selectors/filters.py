"""The filter bar of the media page: what can be chosen, what is chosen as chips, each with its address; reads only."""

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
from annotator.web.templatetags.ui import status_word

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
    """A line of a filter's menu; `url` is the page with this one chosen, or no longer."""

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
    """One condition in words, and the page without it."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Bar:
    menus: list[Menu]
    chips: list[Chip]
    statuses: list[MediaStatus]
    datasets: list[Dataset]


def bar(project: Project, chosen: MediaFilter) -> Bar:
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
        _menu("status", [(one.pk, status_word(one), one) for one in statuses], chosen),
        _menu("concept", [(one.pk, one.name, one) for one in classes], chosen),
        _menu("tag", [(one.pk, one.name, one) for one in tags], chosen),
        _menu("dataset", [(one.pk, one.name, one) for one in datasets], chosen),
        _menu("health", [(key, str(word), None) for key, word in HEALTH.items()], chosen),
    ]
    return Bar([menu for menu in menus if menu.options], _chips(menus, chosen), statuses, datasets)


def address(chosen: MediaFilter) -> str:
    """Return the query string of a filter with its `?`; the page itself when nothing is filtered."""
    query = chosen.query()
    return f"?{query}" if query else "?"


def _with(chosen: MediaFilter, key: str, values: tuple[Any, ...]) -> MediaFilter:
    changed: dict[str, Any] = {key: values}
    return replace(chosen, **changed)


def _menu(key: str, rows: Iterable[tuple[Any, str, Any]], chosen: MediaFilter) -> Menu:
    on: tuple[Any, ...] = getattr(chosen, key)
    options = []
    for value, name, row in rows:
        is_on = value in on
        values = tuple(other for other in on if other != value) if is_on else (*on, value)
        options.append(Option(name, str(value), address(_with(chosen, key, values)), is_on, row))
    return Menu(key, str(NAMES[key]), options)


def _chips(menus: Sequence[Menu], chosen: MediaFilter) -> list[Chip]:
    chips = []
    for menu in menus:
        names = [option.name for option in menu.options if option.is_on]
        if getattr(chosen, menu.key):
            text = _("%(what)s is %(names)s") % {
                "what": menu.name,
                "names": _(" or ").join(names) or _("(deleted)"),
            }
            chips.append(Chip(text, address(_with(chosen, menu.key, ()))))
    if chosen.batch:
        chips.append(Chip(_("From a single upload"), address(replace(chosen, batch=()))))
    if chosen.name:
        chips.append(
            Chip(_("Name contains “%(text)s”") % {"text": chosen.name}, address(replace(chosen, name="")))
        )
    return chips


def one_dataset(chosen: MediaFilter) -> uuid.UUID | None:
    """Return the dataset when exactly one is chosen: files that are dropped go there."""
    return chosen.dataset[0] if len(chosen.dataset) == 1 else None
