"""Read-only queries for the labeling page, in the format of docs/editor-protocol.md."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db.models import Count, F

from annotator import policy
from annotator.db.prepared import visible_one
from annotator.domain import palette
from annotator.domain.actor import Actor
from annotator.domain.errors import Missing
from annotator.models import (
    Attribute,
    AttributeOption,
    Concept,
    DatasetItem,
    KeypointSchema,
    Label,
    Media,
    MediaStatus,
    Project,
    TagGroup,
    User,
)
from annotator.models.media import MediaQuerySet
from annotator.services import event_rows
from annotator.services.annotations import label_rows, tags, value_rows
from annotator.services.media import statuses, urls as media_urls
from annotator.services.media.selection import MediaSelection
from annotator.services.tiling import making
from annotator.web.media_filter import list_media, order_of, query_string
from annotator.web.strings import editor_strings

# The maximum number of members sent with the page; the names of others come with their events.
MAX_PEOPLE = 200


def _media() -> MediaQuerySet[Any]:
    return Media.objects.select_related("project", "status", "blob", "rejected_by")


def find_media(actor: Actor, media_id: uuid.UUID) -> Media:
    """Return a medium that the actor can see, with project and status, or raise Missing."""
    found = visible_one(_media, actor, pk=media_id)
    if found is None:
        raise Missing("There is no such image.")
    return found


def media_at(project_id: uuid.UUID, selection: MediaSelection, index: int) -> Media | None:
    """Return the medium at an index of the filtered list, None past its end."""
    return list_media(project_id, selection)[index : index + 1].first()


def status_json(status: MediaStatus) -> dict[str, Any]:
    return {"id": status.pk, "name": status.name, "base": status.base, "color": status.color}


def concept_json(concept: Concept, schema_id: uuid.UUID | None) -> dict[str, Any]:
    color = concept.color or palette.palette_color(0)
    return {
        "id": concept.pk, "name": concept.name, "number": concept.number, "color": color[:7], "ink": palette.ink_on(color),
        "label_slot": palette.label_slot(color), "order": concept.region_order if concept.on_region else concept.media_order,
        "on_region": concept.on_region, "on_media": concept.on_media, "keypoint_schema": schema_id,
        "tag_group": concept.tag_group_id,
    }  # fmt: skip


def vocabulary(project_id: uuid.UUID) -> dict[str, Any]:
    """Return concepts in order, attributes, keypoint schemas, statuses and tag groups of a project.

    Five queries, seven with attributes, three more with keypoint schemas.
    """
    schemas = list(
        KeypointSchema.all_objects.filter(project_id=project_id).prefetch_related(
            "classes", "edges", "bindings"
        )
    )
    schema_of = {binding.concept_id: schema.pk for schema in schemas for binding in schema.bindings.all()}
    rows = Concept.all_objects.filter(project_id=project_id).order_by(
        "region_order", "media_order", "sort_key", "id"
    )
    ordered = sorted(rows, key=lambda one: (one.region_order is None, one.region_order or 0.0, one.sort_key))
    return {
        "concepts": [concept_json(concept, schema_of.get(concept.pk)) for concept in ordered],
        "attributes": attributes(project_id),
        "keypoint_schemas": [
            {
                "id": schema.pk,
                "name": schema.name,
                "kind": schema.kind,
                "classes": [
                    {"id": one.pk, "name": one.name, "x": one.editor_x, "y": one.editor_y}
                    for one in sorted(schema.classes.all(), key=lambda one: one.order)
                ],
                "edges": [(edge.a_id, edge.b_id, edge.color) for edge in schema.edges.all()],
            }
            for schema in schemas
        ],
        "statuses": [
            status_json(status)
            for status in MediaStatus.all_objects.filter(project_id=project_id).order_by("order")
        ],
        "tag_groups": [
            {"id": group.pk, "name": group.name, "kind": group.kind}
            for group in TagGroup.all_objects.filter(project_id=project_id).order_by("order", "sort_key")
        ],
    }


def attributes(project_id: uuid.UUID) -> list[dict[str, Any]]:
    """Return the attributes of a project in order, each with its options and its place among those of each class."""
    rows = (
        Attribute.all_objects.filter(project_id=project_id)
        .order_by(F("order").asc(nulls_last=True), "name_key", "id")
        .prefetch_related("options", "bindings")
    )
    return [
        {
            "id": one.pk, "name": one.name, "kind": one.kind, "subject": one.subject, "description": one.description,
            "is_required": one.is_required, "default": one.default, "minimum": one.minimum, "maximum": one.maximum,
            "options": [{"id": option.pk, "value": option.value} for option in sorted(one.options.all(), key=_option_order)],
            "concepts": {str(link.concept_id): link.attribute_order for link in one.bindings.all()},
        }
        for one in rows
    ]  # fmt: skip


def _option_order(option: AttributeOption) -> tuple[float, str]:
    return option.order, option.value


def people(workspace_id: uuid.UUID) -> list[dict[str, Any]]:
    """Return the members of a workspace as the page shows them, at most MAX_PEOPLE. One query."""
    rows = User.objects.filter(memberships__workspace_id=workspace_id).order_by("pk")[:MAX_PEOPLE]
    return [{"id": one.pk, "name": one.shown_name, "initials": one.initials, "hue": one.hue} for one in rows]


def session(user: User, project: Project, *, csrf: str) -> dict[str, Any]:
    """Return who is signed in, the project with its vocabulary and members, and the addresses that the page calls.

    The page embeds it and fetches it again after classes change or another user signs in. Six queries, eight with
    attributes, three more with keypoint schemas.
    """
    return {
        "v": 1,
        "user": {"id": user.pk, "name": user.shown_name, "initials": user.initials, "hue": user.hue},
        "keys": user.preferences.get("keys"),
        "hints": user.preferences.get("hints") != "seen",
        "project": {"id": project.pk, "name": project.name},
        "urls": {
            "state": "/web/media/{id}/state",
            "changes": "/web/media/{id}/changes",
            "cut": "/web/media/{id}/cut",
            "tiles": "/web/media/{id}/tiles",
            "history": "/web/media/{id}/history",
            "issues": "/web/media/{id}/issues",
            "suggestions": "/web/media/{id}/suggestions",
            "guidelines": f"/web/projects/{project.pk}/classes/{{id}}/guidelines",
            "examples": f"/web/projects/{project.pk}/classes/{{id}}/examples",
            "session": f"/web/projects/{project.pk}/session",
            "events": f"/web/projects/{project.pk}/events",
            "film": f"/web/projects/{project.pk}/film",
            "ws": f"/ws/projects/{project.pk}/",
            "label_page": "/label/{id}/",
            "media_page": f"/projects/{project.pk}/media/",
            "classes_page": f"/projects/{project.pk}/classes/",
            "project_page": f"/projects/{project.pk}/",
            "sign_in": settings.LOGIN_URL,
        },
        **vocabulary(project.pk),
        "people": people(project.workspace_id),
        "csrf": csrf,
        "debug": settings.DEBUG_EDITOR,
        "strings": editor_strings(),
    }


def preload_urls(media: Media, query: str) -> dict[str, str | None]:
    """Return the URLs that the page fetches first, so that the browser can preload them. One query."""
    name = DatasetItem.all_objects.filter(media=media, is_home=True).values_list("name", flat=True).first()
    found = media_urls.of(media, name=name or "")
    return {
        "state_url": f"/web/media/{media.pk}/state" + (f"?{query}" if query else ""),
        "image_url": found["url"] if found["url"] == found["preview_url"] else None,
    }


def media_state(actor: Actor, media: Media, selection: MediaSelection) -> dict[str, Any]:
    """Return all that the page needs to show one medium, true for the sequence number in it.

    The number is read first: the page applies an event between the two reads again, which is harmless.
    """
    seq = event_rows.head(media.project_id)
    role = policy.require(actor, media.project, "project.read")
    home = DatasetItem.all_objects.filter(media=media, is_home=True).select_related("dataset").first()
    rows = list_media(media.project_id, selection)
    urls = media_urls.of(media, name=home.name if home else "")
    shown_in_detail = None if media_urls.shows_original(media) else urls["preview_url"]
    return {
        "media": {
            "id": media.pk, "name": home.name if home else str(media.number), "kind": media.kind, "width": media.width, "height": media.height,
            **urls, "detail_url": shown_in_detail or urls["url"],
            "display_range": media.display_range, "tiles": making.addresses(media),
            "dataset": {"id": home.dataset_id, "name": home.dataset.name} if home else None,
            "status": status_json(media.status), "is_frozen": media.is_frozen, "health": media.health, "health_reason": media.health_reason,
            "rejection": _rejection(media), "number": media.number, "updated_at": label_rows.iso(media.updated_at),
        },
        "seq": seq, "head": seq,
        "labels": label_rows.of_media(media.pk),
        "tags": tags.of_media(media.pk),
        "attribute_values": value_rows.of_media(media.pk),
        "may": _permissions(role, media),
        "position": {"index": rows.position(media, order_of(selection)), "total": rows.count()},
        "filter": query_string(selection),
    }  # fmt: skip


def _permissions(role: str, media: Media) -> dict[str, Any]:
    """Return what the actor can do with this medium, and the reason if it is read-only."""
    reason = ""
    if not policy.allows(role, "label.write"):
        reason = "You have read-only access to this project."
    elif media.is_frozen:
        reason = "This image is locked."
    elif media.health == "ERROR":
        reason = media.health_reason or "This file could not be read as an image."
    moves = _moves(role, media)
    return {
        "label": not reason,
        "tag": not reason,
        "role": role,
        "status": moves[media.status.base],
        "moves": moves,
        "reason": reason,
    }


def _moves(role: str, media: Media) -> dict[str, list[str]]:
    """Return the names of the statuses that a role may set on a medium, by the base of the one that it has. One query."""
    rows = MediaStatus.all_objects.filter(project_id=media.project_id).order_by("order")
    names = list(rows.values_list("name", "base"))

    def is_allowed(base: str, current: str) -> bool:
        return statuses.may_move(role=role, project=media.project, media=media, base=base, current=current)

    return {
        current: [name for name, base in names if is_allowed(base, current)] for current in MediaStatus.BASES
    }


def _rejection(media: Media) -> dict[str, Any] | None:
    """Return why a reviewer sent the medium back, who and when; None when it was finished since or never sent back."""
    if not media.rejection or media.rejected_at is None:
        return None
    return {
        "reason": media.rejection,
        "by": media.rejected_by_id,
        "name": media.rejected_by.shown_name if media.rejected_by else "",
        "at": label_rows.iso(media.rejected_at),
    }


def film(
    project_id: uuid.UUID, selection: MediaSelection, around: Media | None, before: int, after: int
) -> dict[str, Any]:
    """Return the media around one in the filtered list, with names, thumbnails, statuses and label counts; none around None.

    Five queries.
    """
    rows = list_media(project_id, selection)
    if around is None:
        return {"index": None, "total": rows.count(), "items": []}
    order = order_of(selection)
    index = rows.position(around, order)
    ahead, behind = (
        rows.with_home()
        .select_related("status", "blob")
        .neighbours(around, before=before, after=after, order=order)
    )
    here = rows.with_home().select_related("status", "blob").filter(pk=around.pk)
    found = [*ahead, *here, *behind]
    counts = dict(
        Label.all_objects.filter(media__in=[one.pk for one in found])
        .values_list("media")
        .annotate(Count("id"))
    )
    items = [
        {
            "id": one.pk, "index": index - len(ahead) + offset, "name": one.name or str(one.number), "thumbnail_url": media_urls.of(one)["thumbnail_url"],
            "status": status_json(one.status), "labels": counts.get(one.pk, 0), "health": one.health,
        }
        for offset, one in enumerate(found)
    ]  # fmt: skip
    return {"index": index, "total": rows.count(), "items": items}
