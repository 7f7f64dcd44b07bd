"""The context around the content of a page: head of a project or workspace, tabs, number of running jobs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from annotator.models import Job, JobState, Project
from annotator.web.actors import actor_of
from annotator.web.scopes import Scope

# Tabs of a project: (URL name, label).
TABS = (
    ("project", gettext_lazy("Overview")),
    ("media", gettext_lazy("Media")),
    ("datasets", gettext_lazy("Datasets")),
    ("quality", gettext_lazy("Quality")),
    ("duplicates", gettext_lazy("Duplicates")),
    ("classes", gettext_lazy("Classes")),
    ("activities", gettext_lazy("Activity types")),
    ("augmentation", gettext_lazy("Augmentation")),
    ("project-members", gettext_lazy("Members")),
    ("exports", gettext_lazy("Exports")),
    ("project-settings", gettext_lazy("Settings")),
    ("project-trash", gettext_lazy("Trash")),
)
# The content type that a project has for a tab.
_ONLY = {"activities": "VIDEOS", "augmentation": "IMAGES", "duplicates": "IMAGES"}
# What a role needs to see a tab.
_NEEDS = {"project-trash": "media.delete"}
_CONTENT_NAMES = {
    "IMAGES": gettext_lazy("Images"),
    "VIDEOS": gettext_lazy("Videos"),
    "URLDATA": gettext_lazy("Linked data"),
}


def content_name(project: Project) -> str:
    """Return the name of a project's content type."""
    return str(_CONTENT_NAMES.get(project.content_type, ""))


def base(request: HttpRequest) -> dict[str, Any]:
    """Return the context of every signed-in page: the number of open jobs. One query."""
    open_states = (JobState.QUEUED, JobState.RUNNING)
    return {"running_jobs": Job.objects.visible_to(actor_of(request)).filter(state__in=open_states).count()}


def project(request: HttpRequest, scope: Scope, tab: str) -> dict[str, Any]:
    """Return the context of a project's page; `tab` is the URL name of the current tab. One query."""
    tabs = [
        {"url": reverse(name, args=[scope.project.pk]), "label": str(label), "is_current": name == tab}
        for name, label in TABS
        if (name not in _NEEDS or scope.may(_NEEDS[name]))
        and _ONLY.get(name, scope.project.content_type) == scope.project.content_type
    ]
    return {
        **base(request),
        "scope": scope,
        "project": scope.project,
        "workspace": scope.workspace,
        "may": scope.grants,
        "tabs": tabs,
        "tab_label": next((str(label) for name, label in TABS if name == tab), ""),
        "sub": content_name(scope.project),
        "is_videos": scope.project.content_type == "VIDEOS",
    }


def workspace(request: HttpRequest, scope: Scope) -> dict[str, Any]:
    """Return the context of a workspace's page. One query."""
    return {
        **base(request),
        "scope": scope,
        "workspace": scope.workspace,
        "may": scope.grants,
        "sub": _("Workspace"),
    }
