"""Sockets at the door of the real server: where they may come from, and as whom."""

from __future__ import annotations

import contextlib
import uuid

import pytest
import websocket

from tests import servers


def opened(server: servers.Server, project: str = "", **options: object) -> websocket.WebSocket:
    """Open the socket of a project; without one, of a project that does not exist: whoever passes the door is told so."""
    address = f"{server.url.replace('http', 'ws')}/ws/projects/{project or uuid.uuid4()}/"
    return websocket.create_connection(address, timeout=20, **options)


def closing_code(link: websocket.WebSocket) -> int:
    """Return why the server closes the socket, and end it here too."""
    with contextlib.closing(link.sock):
        return int.from_bytes(link.recv_frame().data[:2], "big")


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", "https://{host}", "null"])
def test_a_socket_from_elsewhere_is_refused_at_the_handshake(server: servers.Server, origin: str) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        opened(server, origin=origin.format(host=server.url[7:]))
    assert refusal.value.status_code == 403


def test_a_socket_for_an_unknown_host_is_refused(server: servers.Server) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        opened(server, host="evil.example", suppress_origin=True)
    assert refusal.value.status_code == 403


@pytest.mark.parametrize("path", ["/ws/", "/ws/projects/not-an-id/", "/elsewhere"])
def test_a_socket_at_an_unknown_address_is_refused_without_an_error(
    server: servers.Server, path: str
) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        websocket.create_connection(server.url.replace("http", "ws") + path, timeout=20)
    assert refusal.value.status_code == 403
    assert "No route found" not in server.log.read_text()


def test_our_own_pages_pass_the_door_and_are_asked_who_they_are(server: servers.Server) -> None:
    assert closing_code(opened(server)) == 4401
    server.token("sockets", user="sofia")
    assert closing_code(opened(server, cookie=server.session("sofia"))) == 4404


def test_a_message_over_64_kb_ends_the_socket(server: servers.Server) -> None:
    project = server.project(server.token("sockets", user="sofia"), "Sockets")
    link = opened(server, project, cookie=server.session("sofia"))
    assert "hello" in link.recv()
    link.send("x" * 100_000)
    assert closing_code(link) == 1009
    assert "Deprecat" not in server.log.read_text()
