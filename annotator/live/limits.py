"""How many sockets a person may hold open in a server process; pages without one ask by polling."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

from django.conf import settings

TOO_MANY = 4429


class SocketsPerPerson:
    """Closes the sockets of a person above ANNOTATOR_SOCKETS_PER_PERSON with code 4429; to be put behind the session."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self._open: Counter[uuid.UUID] = Counter()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        person, limit = scope["user"].pk, settings.SOCKETS_PER_PERSON
        if person is None:
            await self.app(scope, receive, send)
        elif limit and self._open[person] >= limit:
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": TOO_MANY, "reason": "Too many open pages."})
        else:
            self._open[person] += 1
            try:
                await self.app(scope, receive, send)
            finally:
                self._open[person] -= 1
                if not self._open[person]:
                    del self._open[person]
