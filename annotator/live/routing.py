"""URLs of WebSockets."""

from __future__ import annotations

from typing import Any

from django.urls import path, re_path

from .consumers import ProjectConsumer


async def not_found(scope: Any, receive: Any, send: Any) -> None:
    """Close a WebSocket at an unknown path; without it the router raises an error and the client gets 500."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})


websocket_urlpatterns = [
    path("ws/projects/<uuid:project_id>/", ProjectConsumer.as_asgi()),
    re_path("", not_found),  # type: ignore[arg-type]  # an ASGI application, as Channels takes them
]
