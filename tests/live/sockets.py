"""A client for consumers without a server, on asgiref's communicator (channels' own needs daphne)."""

from __future__ import annotations

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator
from django.conf import settings


class Socket(ApplicationCommunicator):
    """Speaks JSON to a WebSocket application."""

    def __init__(self, application: Any, path: str, session: str = "") -> None:
        """`session` is the key of the session whose cookie the socket brings."""
        headers = [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode())] if session else []
        super().__init__(
            application,
            {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []},
        )

    async def connect(self) -> bool:
        await self.send_input({"type": "websocket.connect"})
        return bool((await self.receive_output(5))["type"] == "websocket.accept")

    async def say(self, message: Any) -> None:
        await self.send_input({"type": "websocket.receive", "text": json.dumps(message)})

    async def hear(self) -> dict[str, Any]:
        """Return the next message, or {"type": "closed", "code"}."""
        output = await self.receive_output(5)
        if output["type"] == "websocket.close":
            return {"type": "closed", "code": output["code"]}
        return dict(json.loads(output["text"]))

    async def disconnect(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(5)
