"""Read-only queries for the filter bar of the media page: options, and active filters as chips, each with its URL."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from annotator.models import Concept, Dataset, MediaStatus, Project
from annotator.services.media.selection import MediaSelection, any_of
from annotator.services.projects import dataset_order
from annotator.web import media_filter
from annotator.web.selectors import progress
from annotator.web.templatetags.ui import status_name

NAMES = {
    "dataset": gettext_lazy("Dataset"),
    "status": gettext_lazy("Status"),
    "concept": gettext_lazy("Class"),
    "tag": gettext_lazy("Tag"),
    "labeled": gettext_lazy("Labels"),
    "health": gettext_lazy("File"),
    "batch": gettext_lazy("Upload"),
    "name": gettext_lazy("Name"),
}
# The condition that each menu changes; the menu of classes is called "concept".
CONDITIONS = {**media_filter.CONDITIONS, "concept": media_filter.CONDITIONS["class"]}
HEALTH = {
    "ERROR": gettext_lazy("unreadable"),
    "UNHEALTHY": gettext_lazy("warnings"),
    "PROCESSING": gettext_lazy("processing"),
    "OK": gettext_lazy("OK"),
}


LABELED = {True: gettext_lazy("Labeled"), False: gettext_lazy("Unlabeled")}
ORDERS = {
    None: gettext_lazy("Name"),
    "-name": gettext_lazy("Name, Z to A"),
    "-created": gettext_lazy("Newest first"),
    "created": gettext_lazy("Oldest first"),
    "-updated": gettext_lazy("Last changed first"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """A line of a filter's menu; `url` is the page with this one selected, or no longer."""

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
    sort: Menu
    chips: list[Chip]
    statuses: list[MediaStatus]
    datasets: list[Dataset]


def bar(project: Project, selection: MediaSelection) -> Bar:
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
        _menu("status", [(one.pk, status_name(one), one) for one in statuses], selection),
        _menu("concept", [(one.pk, one.name, one) for one in classes], selection),
        _menu("tag", [(one.pk, one.name, one) for one in tags], selection),
        _menu("dataset", [(one.pk, one.name, one) for one in datasets], selection),
        _labeled(selection),
        _menu("health", [(key, str(word), None) for key, word in HEALTH.items()], selection),
    ]
    return Bar(
        [menu for menu in menus if menu.options],
        _sort(selection),
        _chips(menus, selection),
        statuses,
        datasets,
    )


def address(selection: MediaSelection) -> str:
    """Return the query string of a filter with its `?`; the page itself when nothing is filtered."""
    query = media_filter.query_string(selection)
    return f"?{query}" if query else "?"


def _with(selection: MediaSelection, key: str, values: tuple[Any, ...]) -> MediaSelection:
    changed: dict[str, Any] = {CONDITIONS[key]: any_of(values)}
    return replace(selection, **changed)


def _menu(key: str, rows: Iterable[tuple[Any, str, Any]], selection: MediaSelection) -> Menu:
    on: tuple[Any, ...] = getattr(selection, CONDITIONS[key]) or ()
    options = []
    for value, name, row in rows:
        is_on = value in on
        values = tuple(other for other in on if other != value) if is_on else (*on, value)
        options.append(Option(name, str(value), address(_with(selection, key, values)), is_on, row))
    return Menu(key, str(NAMES[key]), options)


def _labeled(selection: MediaSelection) -> Menu:
    """Return the menu of Labeled and Unlabeled: one of them or none."""
    options = []
    for value, name in LABELED.items():
        is_on = selection.is_annotated is value
        url = address(replace(selection, is_annotated=None if is_on else value))
        options.append(Option(str(name), "yes" if value else "no", url, is_on))
    return Menu("labeled", str(NAMES["labeled"]), options)


def _sort(selection: MediaSelection) -> Menu:
    """Return the menu of orders; one is always selected."""
    options = [
        Option(str(name), order or "", address(replace(selection, order=order)), selection.order == order)
        for order, name in ORDERS.items()
    ]
    return Menu("sort", _("Sort"), options)


def without_conditions(selection: MediaSelection) -> str:
    """Return the query string of the whole list in the order of the selection, with its `?`."""
    return address(MediaSelection(order=selection.order))


def _chips(menus: Sequence[Menu], selection: MediaSelection) -> list[Chip]:
    chips = []
    for menu in menus:
        names = [option.name for option in menu.options if option.is_on]
        if menu.key == "labeled":
            chips += [
                Chip(option.name, address(replace(selection, is_annotated=None)))
                for option in menu.options
                if option.is_on
            ]
        elif getattr(selection, CONDITIONS[menu.key]):
            text = _("%(what)s is %(names)s") % {
                "what": menu.name,
                "names": _(" or ").join(names) or _("(deleted)"),
            }
            chips.append(Chip(text, address(_with(selection, menu.key, ()))))
    if selection.batches:
        chips.append(Chip(_("From a single upload"), address(replace(selection, batches=None))))
    if selection.name_contains:
        chips.append(
            Chip(
                _("Name contains “%(text)s”") % {"text": selection.name_contains},
                address(replace(selection, name_contains=None)),
            )
        )
    return chips


def one_dataset(selection: MediaSelection) -> uuid.UUID | None:
    """Return the dataset when exactly one is selected: files that are dropped go there."""
    datasets = selection.datasets or ()
    return datasets[0] if len(datasets) == 1 else None
