"""What stands around the content of a page: the head of a project or workspace with its tabs, and the count of jobs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from annotator.models import Job, JobState, Project
from annotator.web.actors import actor_of
from annotator.web.places import Place

# Tabs of a project: (name of the address, word).
TABS = (
    ("project", gettext_lazy("Overview")),
    ("media", gettext_lazy("Media")),
    ("datasets", gettext_lazy("Datasets")),
    ("classes", gettext_lazy("Classes")),
    ("project-members", gettext_lazy("Members")),
    ("exports", gettext_lazy("Exports")),
    ("project-settings", gettext_lazy("Settings")),
)
_SUBS = {
    "IMAGES": gettext_lazy("Images"),
    "VIDEOS": gettext_lazy("Videos"),
    "URLDATA": gettext_lazy("Linked data"),
}


def content_name(project: Project) -> str:
    """Return what a project holds in one word."""
    return str(_SUBS.get(project.content_type, ""))


def plain(request: HttpRequest) -> dict[str, Any]:
    """Return what every signed-in page shows: how many jobs run. One query."""
    open_states = (JobState.QUEUED, JobState.RUNNING)
    return {"running_jobs": Job.objects.visible_to(actor_of(request)).filter(state__in=open_states).count()}


def project(request: HttpRequest, place: Place, tab: str) -> dict[str, Any]:
    """Return the head of a project's page; `tab` is the name of the address of the current tab. One query."""
    tabs = [
        {"url": reverse(name, args=[place.project.pk]), "label": str(label), "is_current": name == tab}
        for name, label in TABS
    ]
    return {
        **plain(request),
        "place": place,
        "project": place.project,
        "workspace": place.workspace,
        "may": place.grants,
        "tabs": tabs,
        "tab_label": next((str(label) for name, label in TABS if name == tab), ""),
        "sub": content_name(place.project),
    }


def workspace(request: HttpRequest, place: Place) -> dict[str, Any]:
    """Return the head of a workspace's page. One query."""
    return {
        **plain(request),
        "place": place,
        "workspace": place.workspace,
        "may": place.grants,
        "sub": _("Workspace"),
    }
