"""Who is online: kept in this process, shared with other servers through the channel layer, never stored."""

from __future__ import annotations

import time
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

STALE_SECONDS = 45.0


@dataclass(slots=True)
class Person:
    """One open page of one user."""

    client: str
    user: str
    name: str
    initials: str
    hue: int
    media: str | None
    #: Since when it shows the medium, when it may label there.
    since: str | None = None
    seen: float = field(default_factory=time.monotonic)

    def shown(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if key != "seen"}


class Presence:
    """The online users of each project that this process knows of."""

    def __init__(self) -> None:
        self._people: dict[uuid.UUID, dict[str, Person]] = {}

    def put(self, project_id: uuid.UUID, person: Person) -> None:
        """Record a heartbeat of a page."""
        self._people.setdefault(project_id, {})[person.client] = person

    def drop(self, project_id: uuid.UUID, client: str) -> None:
        """Remove a page."""
        pages = self._people.get(project_id, {})
        pages.pop(client, None)
        if not pages:
            self._people.pop(project_id, None)

    def people(self, project_id: uuid.UUID) -> list[dict[str, Any]]:
        """Return the pages with a recent heartbeat, in a stable order."""
        horizon = time.monotonic() - STALE_SECONDS
        pages = self._people.get(project_id, {})
        for client in [key for key, person in pages.items() if person.seen < horizon]:
            del pages[client]
        return [person.shown() for person in sorted(pages.values(), key=lambda one: (one.name, one.client))]


presence = Presence()
