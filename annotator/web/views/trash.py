"""The trash of a project and of a workspace: what was deleted, restoring it, deleting it for good."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST, require_safe

from annotator import policy
from annotator.domain.errors import Missing
from annotator.models import Project
from annotator.services import event_rows
from annotator.services.projects import trash
from annotator.web import forms, page_context
from annotator.web.scopes import Scope, project_call, project_page, workspace_call, workspace_page
from annotator.web.selectors import trash as selectors
from annotator.web.templatetags.ui import counted_media, num

# More than a page shows are named with `all`.
MOST = 500


@require_safe
@project_page
def project_trash(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the deleted datasets and images, the latest first; `?part=list` returns the list alone."""
    policy.permit(scope.actor, scope.project, scope.role, "media.delete")
    before = request.GET.get("before", "")
    rows, more = selectors.of_project(scope.project, selectors.read_position(before))
    part = {
        **_list_context(rows, more, before),
        "may": scope.grants,
        "total": selectors.count_of_project(scope.project) if rows else 0,
    }
    if request.GET.get("part") == "list":
        return render(request, "trash/_list.html", part)
    frame = page_context.project(request, scope, "project-trash")
    return render(request, "trash/project.html", {**frame, **part, "head": event_rows.head(scope.project.pk)})


@require_safe
@workspace_page
def workspace_trash(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the deleted projects, and which projects have something in their trash; `?part=list` returns the list alone."""
    policy.permit(scope.actor, scope.workspace, scope.role, "media.delete")
    before = request.GET.get("before", "")
    rows, more = selectors.of_workspace(scope.workspace.pk, selectors.read_position(before))
    part = {**_list_context(rows, more, before), "may": scope.grants, "workspace": scope.workspace}
    if request.GET.get("part") == "list":
        return render(request, "trash/_projects.html", part)
    frame = page_context.workspace(request, scope)
    others = selectors.of_projects(scope.workspace.pk)
    return render(request, "trash/workspace.html", {**frame, **part, "others": others})


def _list_context(rows: list[selectors.TrashRow], more: bool, before: str) -> dict[str, Any]:
    return {
        "rows": rows,
        "before": before,
        "older": rows[-1].position if more and rows else "",
        "trash_days": settings.TRASH_DAYS,
    }


@require_POST
@project_call
def restore(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Restore {datasets: [...], media: [...]}, or with {all: true} all by a job."""
    fields = forms.read(request)
    if fields.get("all"):
        job = trash.start_restore_all(actor=scope.actor, project=scope.project)
        return forms.respond(
            request, to=_page(scope), toast=_("Restoring everything …"), job=str(job.pk), stay=True
        )
    found = trash.restore(actor=scope.actor, project=scope.project, **_selected(fields))
    return forms.respond(request, to=_page(scope), toast=_restored_text(scope.project, found), stay=True)


@require_POST
@project_call
def purge(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Start the job that deletes {datasets: [...], media: [...]}, or with {all: true} everything, for good."""
    fields = forms.read(request)
    if fields.get("all"):
        job = trash.start_purge_all(actor=scope.actor, project=scope.project)
        toast = _("Deleting everything in the trash …")
    else:
        job = trash.start_purge(actor=scope.actor, project=scope.project, **_selected(fields))
        count = job.params["count"]
        toast = ngettext("Deleting %(n)s item …", "Deleting %(n)s items …", count) % {"n": num(count)}
    return forms.respond(request, to=_page(scope), toast=toast, job=str(job.pk), stay=True)


@require_POST
@workspace_call
def restore_projects(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Restore {projects: [...]}."""
    ids = forms.many_ids(forms.read(request), "projects", MOST)
    slugs = dict(Project.all_objects.filter(workspace=scope.workspace, pk__in=ids).values_list("pk", "ref"))
    back = trash.restore_projects(actor=scope.actor, workspace=scope.workspace, ids=ids)
    toast = ngettext("%(name)s restored.", "%(n)s projects restored.", len(back)) % {
        "name": back[0].name,
        "n": num(len(back)),
    }
    renamed = [row.ref for row in back if row.ref != slugs.get(row.pk)]
    if renamed:
        toast = f"{toast} " + _("The slug is in use by now, so it is %(slug)s.") % {
            "slug": ", ".join(renamed)
        }
    return forms.respond(request, to=_workspace_page(scope), toast=toast, stay=True)


@require_POST
@workspace_call
def purge_project(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Start the job that deletes {project} for good; {confirm} is its name as the user typed it."""
    fields = forms.read(request)
    rows = trash.trashed_projects(scope.workspace.pk).filter(pk=forms.one_id(fields, "project"))
    project = rows.select_related("workspace").first()
    if project is None:
        raise Missing("This project is not in the trash any more.")
    job = trash.start_project_purge(actor=scope.actor, project=project, name=forms.text(fields, "confirm"))
    toast = _("Deleting %(name)s …") % {"name": project.name}
    return forms.respond(request, to=_workspace_page(scope), toast=toast, job=str(job.pk), stay=True)


def _selected(fields: Mapping[str, Any]) -> dict[str, list[uuid.UUID]]:
    names = [name for name in ("datasets", "media") if fields.get(name)] or ["media"]
    return {name: forms.many_ids(fields, name, MOST) for name in names}


def _restored_text(project: Project, found: trash.Restored) -> str:
    """Return what came back, what got another name, and what did not come back."""
    counts = [
        ngettext("%(n)s dataset", "%(n)s datasets", found.datasets) % {"n": num(found.datasets)}
        if found.datasets
        else "",
        counted_media(project, found.images) if found.images or not found.datasets else "",
    ]
    parts = [_("%(what)s restored.") % {"what": ", ".join(filter(None, counts))}]
    if found.reopened:
        parts.append(
            ngettext(
                "Their dataset was restored too, without the rest of it: %(names)s.",
                "Their datasets were restored too, without the rest of them: %(names)s.",
                len(found.reopened),
            )
            % {"names": ", ".join(found.reopened)}
        )
    if found.renames:
        names = ", ".join(f"{old} → {new}" for old, new in found.renamed)
        more = " …" if found.renames > len(found.renamed) else ""
        parts.append(_("Renamed, because the name is in use by now: %(names)s.") % {"names": names + more})
    if found.left:
        parts.append(
            ngettext(
                "%(n)s is not in the trash any more.", "%(n)s are not in the trash any more.", found.left
            )
            % {"n": num(found.left)}
        )
    return " ".join(parts)


def _page(scope: Scope) -> str:
    return reverse("project-trash", args=[scope.project.pk])


def _workspace_page(scope: Scope) -> str:
    return reverse("workspace-trash", args=[scope.workspace.pk])
