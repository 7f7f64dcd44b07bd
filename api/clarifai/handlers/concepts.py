"""Concepts: classes of regions and tags of images at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from annotator.domain import text
from annotator.domain.errors import Invalid, Missing, NoModel
from annotator.models import Concept, Project
from annotator.services.vocabulary import class_lists, concept_counts

from .. import ids, messages, statuses
from ..exceptions import refusing
from ..paging import page_of
from ..rpcs import Call, new_response, rpc
from .apps import PRIVATE, language_of

#: Items of one request.
MOST = 128
#: A concept serves images and regions alike.
ROLES = ("region", "media")
_DUPLICATES = {"ref_taken": statuses.CONCEPTS_INVALID, "name_taken": statuses.CONCEPTS_INVALID}


def rows_of(project: Project) -> QuerySet[Any]:
    """Return the concepts of an app, the oldest first; activities of videos alone are none."""
    rows: Any = Concept.all_objects
    found: QuerySet[Any] = rows.filter(project=project).exclude(on_region=False, on_media=False)
    return found.order_by("created_at", "id")


def find(project: Project, concept_id: str) -> Any:
    """Return a concept of an app. Raises Missing."""
    return find_all(project, [concept_id])[0]


def find_all(project: Project, concept_ids: Sequence[str]) -> list[Any]:
    """Return concepts of an app in the order of their ids, in one query. Raises Missing."""
    rows = rows_of(project).filter(ref__in=[one for one in concept_ids if ids.is_possible(one)])
    known = {row.ref: row for row in rows}
    for one in concept_ids:
        if one not in known:
            raise Missing(f"There is no concept {one[:200]!r}.")
    return [known[one] for one in concept_ids]


def check_count(items: Sequence[Any], field: str) -> None:
    """Raise Invalid unless a request has as many items as it may."""
    if not items or len(items) > MOST:
        raise Invalid(f"{field} must have 1 to {MOST} items.", field=field)


def concept_message(row: Concept, project: Project, *, value: float = 1.0, **more: Any) -> Any:
    """Return a concept; `more` are fields that it has otherwise."""
    fields = {
        "id": row.ref,
        "name": row.name,
        "value": value,
        "created_at": messages.timestamp(row.created_at),
        "language": language_of(project),
        "app_id": project.ref,
        "user_id": project.workspace.ref,
        "definition": row.description,
        "visibility": {"gettable": PRIVATE},
    }
    return messages.resources().Concept(**(fields | more))


def _messages(rows: Iterable[Concept], project: Project) -> list[Any]:
    return [concept_message(row, project) for row in rows]


@rpc("PostConcepts", "vocabulary.write")
def post_concepts(call: Call, request: Any) -> Any:
    """Create concepts: all of them or none. A name defaults to the id; an id or name in use is refused."""
    check_count(request.concepts, "concepts")
    rows = [
        {
            "ref": ids.check_new(one.id, "concepts.id"),
            "name": one.name or one.id,
            "description": one.definition,
            "roles": ROLES,
        }
        for one in request.concepts
    ]
    with refusing(_DUPLICATES):
        made = class_lists.create_concepts(actor=call.actor, project=call.project, rows=rows)
    return new_response("PostConcepts", concepts=_messages(made, call.project))


@rpc("ListConcepts", "project.read")
def list_concepts(call: Call, request: Any) -> Any:
    """List concepts, the oldest first; `id` keeps those whose id contains it."""
    rows = rows_of(call.project)
    if request.id:
        rows = rows.filter(ref__icontains=request.id) if ids.is_possible(request.id) else rows.none()
    return new_response("ListConcepts", concepts=_messages(rows[page_of(request)], call.project))


@rpc("GetConcept", "project.read")
def get_concept(call: Call, request: Any) -> Any:
    """Get a concept."""
    row = find(call.project, request.concept_id)
    return new_response("GetConcept", concept=concept_message(row, call.project))


@rpc("PatchConcepts", "vocabulary.write")
def patch_concepts(call: Call, request: Any) -> Any:
    """Change names and definitions of concepts: all of them or none. The only action is overwrite."""
    check_count(request.concepts, "concepts")
    if request.action != "overwrite":
        raise Invalid("action must be overwrite.", field="action")
    rows = find_all(call.project, [one.id for one in request.concepts])
    for row in rows:
        row.project = call.project
    changes = [
        (row, {name: value for name, value in (("name", one.name), ("description", one.definition)) if value})
        for row, one in zip(rows, request.concepts, strict=True)
    ]
    with refusing(_DUPLICATES):
        changed = class_lists.update_concepts(actor=call.actor, changes=changes)
    return new_response("PatchConcepts", concepts=_messages(changed, call.project))


@rpc("PostConceptsSearches", "project.read")
def post_concepts_searches(call: Call, request: Any) -> Any:
    """Search concepts by name, in any case: a prefix, or a pattern where * stands for any text. No name finds all."""
    query = request.concept_query
    is_of_model = query.WhichOneof("source") or query.use_cases or query.ignore_app_concepts
    if is_of_model or request.extra_info.HasField("rankable_model"):
        raise NoModel("No model is installed on this server.")
    rows = rows_of(call.project)
    page = page_of(request.pagination)
    if query.name:
        rows = rows.filter(named(query.name))
    return new_response("PostConceptsSearches", concepts=_messages(rows[page], call.project))


def named(name: str) -> Q:
    """Return the condition that a searched name means. Raises Invalid for a name with control characters."""
    if not name.isprintable() or len(name) > 1000:
        raise Invalid(
            "concept_query.name must be text of at most 1,000 characters.", field="concept_query.name"
        )
    if "*" not in name:
        return Q(name_key__startswith=text.name_key(name))
    parts = [re.escape(text.name_key(part)) if part else "" for part in name.split("*")]
    return Q(name_key__regex=f"^{'.*'.join(parts)}$")


@rpc("GetConceptCounts", "project.read")
def get_concept_counts(call: Call, request: Any) -> Any:
    """Count the inputs of each concept, by whether they have it or not and by how far they are processed."""
    rows = list(rows_of(call.project)[page_of(request)])
    counted = concept_counts.count(project=call.project, concepts=[row.pk for row in rows])
    found = []
    for row in rows:
        counts = counted[row.pk]
        total = {sign: sum(one[sign] for one in counts.values()) for sign in ("positive", "negative")}
        detail = {
            "processed": counts["OK"], "to_process": counts["PROCESSING"], "errors": counts["ERROR"],
            "processing": {"positive": 0, "negative": 0},
        }  # fmt: skip
        found.append(
            messages.resources().ConceptCount(
                id=row.ref, name=row.name, concept_type_count=total, detail_concept_count=detail
            )
        )
    return new_response("GetConceptCounts", concept_counts=found)
