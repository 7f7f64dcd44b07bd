"""Limits of connections over real sockets: slow and endless headers, idle connections, many of one address or person."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import pytest
import websocket

from tests import servers
from tests.platform.test_sockets import closing_code, opened

CONNECTIONS = 30


@pytest.fixture(scope="module")
def server() -> Iterator[servers.Server]:
    options = {
        "ANNOTATOR_CONNECTIONS_PER_ADDRESS": str(CONNECTIONS),
        "ANNOTATOR_SOCKETS_PER_PERSON": "2",
        "ANNOTATOR_HEADER_SECONDS": "1",
        "ANNOTATOR_KEEP_ALIVE_SECONDS": "1",
    }
    with servers.our_server("--no-worker", **options) as running:
        yield running


@contextlib.contextmanager
def connected(server: servers.Server) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), 20) as link:
        yield link


def rest(link: socket.socket) -> bytes:
    """Return what comes until the server closes."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while part := link.recv(65536):
            received += part
    return received


def answered(link: socket.socket) -> bytes:
    """Return the answer to a request for /healthz, which leaves the connection open."""
    received = b""
    while not received.endswith(b"}"):
        part = link.recv(65536)
        assert part, received
        received += part
    return received


GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_headers_that_do_not_end_in_time_end_the_connection(server: servers.Server) -> None:
    with connected(server) as link:
        link.sendall(GET[:-2])
        assert rest(link).startswith(b"HTTP/1.1 408 ")
    with connected(server) as link:  # a browser opens connections ahead of need
        assert rest(link) == b""


def test_the_time_begins_again_with_each_request(server: servers.Server) -> None:
    with connected(server) as link:
        link.sendall(GET)
        assert answered(link).startswith(b"HTTP/1.1 200 ")
        link.sendall(GET[:20])
        assert rest(link).startswith(b"HTTP/1.1 408 ")


def test_an_idle_connection_ends_and_line_breaks_do_not_keep_it(server: servers.Server) -> None:
    for bytes_between in (b"", b"\r\n"):
        with connected(server) as link:
            link.sendall(GET)
            assert answered(link).startswith(b"HTTP/1.1 200 ")
            link.sendall(bytes_between)
            assert rest(link) == b""


def test_endless_headers_are_refused(server: servers.Server) -> None:
    with connected(server) as link, contextlib.suppress(BrokenPipeError, ConnectionResetError):
        link.sendall(GET[:-2] + b"X-Endless: ")
        received = b""
        link.setblocking(False)
        for _ in range(100_000):
            with contextlib.suppress(BlockingIOError):
                link.sendall(b"x" * 1024)
            with contextlib.suppress(BlockingIOError):
                received += link.recv(65536)
                break
        assert received.startswith(b"HTTP/1.1 431 ")


def test_an_address_has_so_many_connections_and_they_come_free_again(server: servers.Server) -> None:
    token = server.token("connections", user="sofia")
    project, cookie = server.project(token, "Connections"), server.session("sofia")
    with contextlib.ExitStack() as stack:
        page = stack.enter_context(contextlib.closing(opened(server, project, cookie=cookie)))
        assert "hello" in page.recv()
        for _ in range(CONNECTIONS - 1):
            link = stack.enter_context(connected(server))
            link.sendall(b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n12")
        for _ in range(3):
            with connected(server) as link:
                answer = rest(link)
                assert answer.startswith(b"HTTP/1.1 503 ") and b"retry-after: 5" in answer
        assert "ANNOTATOR_CONNECTIONS_PER_ADDRESS" in server.log.read_text()
    servers.wait_until(lambda: is_served(server), "free connections")
    for _ in range(2 * CONNECTIONS):
        assert is_served(server)


def is_served(server: servers.Server) -> bool:
    with connected(server) as link, contextlib.suppress(ConnectionResetError):
        link.sendall(GET)
        return link.recv(100).startswith(b"HTTP/1.1 200 ")
    return False


def test_a_person_has_so_many_sockets_and_they_come_free_again(server: servers.Server) -> None:
    token = server.token("connections", user="pia")
    project, cookie = server.project(token, "Sockets"), server.session("pia")
    first, second = (opened(server, project, cookie=cookie) for _ in range(2))
    assert all("hello" in link.recv() for link in (first, second))
    assert closing_code(opened(server, project, cookie=cookie)) == 4429
    server.token("connections", user="noah")
    with contextlib.closing(opened(server, project, cookie=server.session("noah"))) as other:
        assert "hello" in other.recv()
    first.close()

    def reopened() -> websocket.WebSocket | None:
        link = opened(server, project, cookie=cookie)
        if link.recv_frame().opcode == websocket.ABNF.OPCODE_TEXT:
            return link
        link.sock.close()
        return None

    servers.wait_until(reopened, "a free socket").close()
    second.close()


def test_a_socket_outlives_the_time_of_headers(server: servers.Server) -> None:
    token = server.token("connections", user="mia")
    project, cookie = server.project(token, "Long"), server.session("mia")
    with contextlib.closing(opened(server, project, cookie=cookie)) as page, connected(server) as link:
        assert "hello" in page.recv()
        link.sendall(GET[:20])
        assert rest(link).startswith(b"HTTP/1.1 408 ")  # the time is over
        page.ping()
        assert page.recv_frame().opcode == websocket.ABNF.OPCODE_PONG
