"""Addresses of sockets."""

from __future__ import annotations

from typing import Any

from django.urls import path, re_path

from .consumers import ProjectConsumer


async def nowhere(scope: Any, receive: Any, send: Any) -> None:
    """Refuse a socket at an address that does not exist; without it the router raises and the client reads 500."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})


websocket_urlpatterns = [
    path("ws/projects/<uuid:project_id>/", ProjectConsumer.as_asgi()),
    re_path("", nowhere),  # type: ignore[arg-type]  # an ASGI application, as Channels takes them
]
