"""Who is here and where their pointer is: kept in this process, told to other servers through the channel layer, never stored."""

from __future__ import annotations

import time
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

STALE_SECONDS = 45.0


@dataclass(slots=True)
class Person:
    """One open page of one person."""

    client: str
    user: str
    name: str
    initials: str
    hue: int
    media: str | None
    seen: float = field(default_factory=time.monotonic)

    def shown(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if key != "seen"}


class Presence:
    """The people of each project as far as this process has heard of them."""

    def __init__(self) -> None:
        self._people: dict[uuid.UUID, dict[str, Person]] = {}

    def put(self, project_id: uuid.UUID, person: Person) -> None:
        """Note a sign of life of a page."""
        self._people.setdefault(project_id, {})[person.client] = person

    def drop(self, project_id: uuid.UUID, client: str) -> None:
        """Forget a page."""
        room = self._people.get(project_id, {})
        room.pop(client, None)
        if not room:
            self._people.pop(project_id, None)

    def people(self, project_id: uuid.UUID) -> list[dict[str, Any]]:
        """Return everybody seen lately, in a stable order."""
        horizon = time.monotonic() - STALE_SECONDS
        room = self._people.get(project_id, {})
        for client in [key for key, person in room.items() if person.seen < horizon]:
            del room[client]
        return [person.shown() for person in sorted(room.values(), key=lambda one: (one.name, one.client))]


presence = Presence()
