"""What a page knows of one medium, kept by events alone: it does with each kind what the catalogue says and nothing else."""

from __future__ import annotations

from typing import Any

import orjson

from annotator.domain.actor import Actor
from annotator.events.kinds import CATALOGUE, Effect
from annotator.models import Media
from annotator.services import event_rows
from annotator.services.media.selection import MediaSelection
from annotator.web.selectors import label

# True for a moment or for this page alone, and renewed by no event: signed addresses, the place in the filtered list.
_OWN = ("seq", "head", "position", "filter")
_OF_MEDIA = ("updated_at", "url", "preview_url", "thumbnail_url")


class Replica:
    """The state of a page that shows one medium, and the vocabulary of its project."""

    def __init__(self, actor: Actor, media: Media) -> None:
        self.actor, self.media_id, self.project_id = actor, media.pk, media.project_id
        self.seq = event_rows.head(media.project_id)
        self.is_gone = False
        self.state = self.fetch_state()
        self.vocabulary = self.fetch_vocabulary()

    def fetch_state(self) -> dict[str, Any]:
        """Return what the server says of the medium now."""
        media = Media.objects.select_related("project", "status").get(pk=self.media_id)
        state = _plain(label.media_state(self.actor, media, MediaSelection()))
        kept = {name: value for name, value in state.items() if name not in _OWN}
        kept["media"] = {name: value for name, value in kept["media"].items() if name not in _OF_MEDIA}
        kept["labels"] = {one["id"]: one for one in kept["labels"]}
        kept["tags"] = sorted(kept["tags"])
        return kept

    def fetch_vocabulary(self) -> dict[str, Any]:
        """Return what the server says of the project's classes, tags, statuses and keypoint schemas now."""
        found: dict[str, Any] = _plain(label.vocabulary(self.project_id))
        return found

    def catch_up(self) -> list[dict[str, Any]]:
        """Apply all events that came since; return them as the page got them."""
        rows = event_rows.since(self.project_id, self.seq)
        events = [_plain(event_rows.render(row, self.media_id)) for row in rows]
        for event in events:
            self.seq += 1
            assert event["seq"] == self.seq, "sequence numbers have no gaps"
            self._take(event)
        return events

    def _take(self, event: dict[str, Any]) -> None:
        effects = CATALOGUE[event["kind"]].effects
        if self._concerns(event):
            if Effect.APPLY in effects:
                self._apply(event)
            if Effect.LEAVE in effects:
                self.is_gone = True
            if Effect.REFETCH in effects:
                self._refetch()
        if Effect.VOCABULARY in effects:
            self.vocabulary = self.fetch_vocabulary()

    def _concerns(self, event: dict[str, Any]) -> bool:
        named = event.get("media") or _media_of(event.get("after"))
        if named is None:
            return CATALOGUE[event["kind"]].is_whole
        return str(self.media_id) in ([named] if isinstance(named, str) else named)

    def _apply(self, event: dict[str, Any]) -> None:
        kind, before, after = event["kind"], event["before"], event["after"]
        if kind == "labels.changed":
            for one in before or ():
                self.state["labels"].pop(one["id"], None)
            self.state["labels"].update({one["id"]: one for one in after or ()})
        elif kind == "tags.changed":
            self.state["tags"] = sorted(after[str(self.media_id)])
        elif kind == "attribute_values.changed":
            self._apply_values(after)
        else:
            status = self.state["media"]["status"]
            status.update({name: after["status"][name] for name in ("id", "name", "base")})
            found = [one for one in self.vocabulary["statuses"] if one["id"] == status["id"]]
            status["color"] = found[0]["color"]

    def _apply_values(self, after: dict[str, dict[str, Any]]) -> None:
        for subject, changed in after.items():
            old = self.state["attribute_values"].pop(subject, {})
            values = {key: value for key, value in (old | changed).items() if value is not None}
            if changed and values:
                self.state["attribute_values"][subject] = values

    def _refetch(self) -> None:
        if Media.objects.filter(pk=self.media_id).exists():
            self.state, self.is_gone = self.fetch_state(), False
        else:
            self.is_gone = True


def _media_of(after: Any) -> list[str] | None:
    media = after.get("media") if isinstance(after, dict) else None
    if not isinstance(media, list):
        return None
    return [one["id"] if isinstance(one, dict) else one for one in media]


def _plain(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value, default=str))
