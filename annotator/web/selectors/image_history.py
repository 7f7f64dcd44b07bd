"""Read-only queries for the history of one image: who changed what, newest first, from its events."""

from __future__ import annotations

import uuid
from typing import Any

import orjson

from annotator.domain.errors import Missing
from annotator.models import Event, Media, User
from annotator.services.annotations.label_rows import iso

#: The newest events that are shown.
LIMIT = 50
#: Those that say what was before.
RESTORED = ("labels.changed", "attribute_values.changed")
KINDS = ("labels.changed", "tags.changed", "status.changed", "attribute_values.changed", "media.replaced")


def lines(media: Media) -> list[dict[str, Any]]:
    """Return the newest changes of a medium, each with its actor (null for the server), time and what it was. Two queries.

    `what` is create, delete, class, order or geometry for labels (with their count, and id and class of a single one),
    tags, status (with its name, base and reason), values or replaced.
    """
    rows = Event.all_objects.filter(media_id=media.pk, project_id=media.project_id, kind__in=KINDS)
    events = list(
        rows.order_by("-seq").values_list("seq", "kind", "at", "actor_id", "before", "after")[:LIMIT]
    )
    people = User.objects.in_bulk({actor for _, _, _, actor, _, _ in events if actor})
    return [
        {
            "seq": seq,
            "at": iso(at),
            "actor": person(people.get(actor)) if actor else None,
            **_what(kind, orjson.loads(before or "null"), orjson.loads(after or "null")),
        }
        for seq, kind, at, actor, before, after in events
    ]


def change(media: Media, seq: int) -> dict[str, Any]:
    """Return {kind, before, after} of a change of objects or of values of a medium; Missing for another number. One query."""
    rows = Event.all_objects.filter(
        media_id=media.pk, project_id=media.project_id, seq=seq, kind__in=RESTORED
    )
    found = rows.values_list("kind", "before", "after").first()
    if found is None:
        raise Missing("There is no such change of this image.")
    kind, before, after = found
    return {
        "kind": kind,
        "before": orjson.Fragment(before or "null"),
        "after": orjson.Fragment(after or "null"),
    }


def person(user: User | None) -> dict[str, Any] | None:
    """Return the id and the name of who did something; None when the account is gone."""
    return {"id": user.pk, "name": user.shown_name} if user else None


def _what(kind: str, before: Any, after: Any) -> dict[str, Any]:
    if kind == "labels.changed":
        return _labels(before or [], after or [])
    if kind == "status.changed":
        status = after["status"]
        return {
            "what": "status",
            "status": {"name": status["name"], "base": status["base"]},
            "reason": after.get("reason", ""),
        }
    return {
        "what": {
            "tags.changed": "tags",
            "attribute_values.changed": "values",
            "media.replaced": "replaced",
        }[kind]
    }


def _labels(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> dict[str, Any]:
    old, new = {one["id"]: one for one in before}, {one["id"]: one for one in after}
    keys = list(old | new)
    if not keys:
        return {"what": "geometry", "count": 0, "label": None, "concept": None}
    key = keys[0]
    shown = new.get(key) or old[key]
    single = len(keys) == 1
    return {
        "what": _change(old.get(key), new.get(key)),
        "count": len(keys),
        "label": uuid.UUID(key) if single else None,
        "concept": shown["concept"] if single else None,
    }


def _change(old: dict[str, Any] | None, new: dict[str, Any] | None) -> str:
    if old is None or new is None:
        return "create" if old is None else "delete"
    if old["concept"] != new["concept"]:
        return "class"
    return "order" if old["z"] != new["z"] and old["box"] == new["box"] else "geometry"
