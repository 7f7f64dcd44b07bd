"""Requests over real sockets: bodies, refusals, clients that leave, forwarded headers, signs of life."""

from __future__ import annotations

import contextlib
import os
import re
import socket
from pathlib import Path

import orjson
import pytest

from tests import servers


@pytest.fixture(scope="module")
def echo() -> servers.Server:
    """A server whose settings add a page that tells what of a request arrived in a view."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.platform.echo_settings", "ANNOTATOR_MAX_UPLOAD_MB": "64"}
    with servers.our_server("--no-worker", **settings) as running:
        yield running


@pytest.fixture(scope="module")
def cookie(echo: servers.Server) -> str:
    """The Cookie header of somebody who is signed in: large bodies are taken from nobody else."""
    echo.token("bodies", user="sofia")
    return echo.session("sofia")


def chunked(path: str, chunks: list[bytes], *, end: bool = True, **headers: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n{more}\r\n"
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return head.encode() + body + (b"0\r\n\r\n" if end else b"")


def told(echo: servers.Server) -> list[dict[str, object]]:
    """Return what the echo page has been asked so far."""
    return echo.request("GET", "/told/").json()


def test_a_body_with_its_length_arrives_whole(echo: servers.Server, cookie: str) -> None:
    content = os.urandom(3_000_000)
    answer = echo.request("POST", "/echo/", content, {"Cookie": cookie})
    assert answer.status == 200 and answer.body == content


def test_a_chunked_body_arrives_whole(echo: servers.Server) -> None:
    received = echo.raw(chunked("/echo/", [b"one ", b"two ", b"x" * 100_000]))
    assert b" 200 " in received.split(b"\r\n", 1)[0] and received.endswith(b"one two " + b"x" * 100_000)


def test_a_chunked_body_over_8_mb_is_refused_in_words(echo: servers.Server, cookie: str) -> None:
    before = len(told(echo))
    received = echo.raw(chunked("/echo/", [b"x" * 1_000_000] * 9, Cookie=cookie))
    head, _, body = received.partition(b"\r\n\r\n")
    assert b" 413 " in head.split(b"\r\n", 1)[0]
    assert orjson.loads(body) == {
        "code": "too_large",
        "message": "A body without Content-Length may have at most 8 MB.",
    }
    assert len(told(echo)) == before


def test_a_body_that_is_too_large_is_said_by_the_dialect_that_was_asked(echo: servers.Server) -> None:
    token = echo.token("bodies")
    received = echo.raw(chunked("/v1/projects", [b"x" * 1_000_000] * 9, X_Api_Key=token))
    head, _, body = received.partition(b"\r\n\r\n")
    assert b" 400 " in head.split(b"\r\n", 1)[0] and orjson.loads(body)["code"] == "too_large"


def test_a_declared_body_over_the_limit_is_refused_before_it_is_sent(echo: servers.Server) -> None:
    head = b"POST /echo/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n"
    with socket.create_connection(("127.0.0.1", echo.port), 10) as link:
        link.sendall(head)
        received = b""
        while not received.endswith(b"}"):
            received += link.recv(65536)
    assert received.startswith(b"HTTP/1.1 413 ") and b"64 MB" in received


def test_a_client_that_sends_on_after_a_refusal_still_reads_it(echo: servers.Server) -> None:
    answer = echo.request("POST", "/echo/", bytes(66 * 1024 * 1024))
    assert answer.status == 413 and answer.json()["code"] == "too_large"


@pytest.mark.parametrize(
    "head", [b"Content-Length: 1000\r\n\r\n12345", b"Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"]
)
def test_half_a_body_is_never_taken_for_a_whole_one(echo: servers.Server, head: bytes) -> None:
    before = len(told(echo))
    with socket.create_connection(("127.0.0.1", echo.port), 10) as link:
        link.sendall(b"POST /echo/ HTTP/1.1\r\nHost: localhost\r\n" + head)
    for _ in range(5):  # the server lives on and answers others
        assert echo.request("POST", "/echo/", b"whole").body == b"whole"
    after = told(echo)[before:]
    assert [entry["size"] for entry in after if entry["path"] == "/echo/"] == [5] * 5


def test_a_raw_utf8_query_is_refused_with_400(echo: servers.Server) -> None:
    received = echo.raw("GET /echo/?q=größe HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert received.startswith(b"HTTP/1.1 400 ")
    assert echo.request("GET", "/echo/?q=gr%C3%B6%C3%9Fe").status == 200


def test_many_slow_senders_hold_no_thread(echo: servers.Server) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            link = stack.enter_context(socket.create_connection(("127.0.0.1", echo.port), 10))
            link.sendall(b"POST /echo/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12")
        assert echo.request("GET", "/echo/", timeout=5).status == 200


def test_many_slow_readers_hold_no_thread(echo: servers.Server) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            link = stack.enter_context(socket.socket())
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            link.connect(("127.0.0.1", echo.port))
            link.sendall(b"GET /stream/?megabytes=3 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert echo.request("GET", "/echo/", timeout=10).status == 200


def test_a_stream_arrives_whole_and_is_not_collected(echo: servers.Server) -> None:
    answer = echo.request("GET", "/stream/?megabytes=40")
    assert len(answer.body) == 40 * 1024 * 1024 and set(answer.body) == {ord("s")}
    with socket.create_connection(("127.0.0.1", echo.port), 10) as link:
        link.sendall(b"GET /stream/?megabytes=100000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert link.recv(1000).startswith(b"HTTP/1.1 200")
    # The client has left: the generator ends instead of filling memory with 100 GB.
    servers.wait_until(lambda: echo.request("GET", "/streams/").json() == 0, "the end of the stream")


def test_an_exception_in_a_view_is_a_500_and_nothing_more(echo: servers.Server) -> None:
    answer = echo.request("GET", "/boom/")
    assert answer.status == 500 and b"Traceback" not in answer.body
    assert echo.request("GET", "/echo/").status == 200


def test_forwarded_headers_count_only_from_trusted_proxies(echo: servers.Server) -> None:
    spoof = {
        "X-Forwarded-For": "203.0.113.9, 10.0.0.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "labels.example.org",
    }
    assert echo.request("GET", "/who/", headers=spoof).json() == [
        "127.0.0.1",
        "http",
        f"127.0.0.1:{echo.port}",
        False,
    ]
    options = {
        "DJANGO_SETTINGS_MODULE": "tests.platform.echo_settings",
        "ANNOTATOR_ALLOWED_HOSTS": "localhost,127.0.0.1,labels.example.org",
        "ANNOTATOR_TRUSTED_PROXIES": "127.0.0.1,10.0.0.0/8",
    }
    with servers.our_server("--no-worker", **options) as behind:
        found = behind.request("GET", "/who/", headers=spoof).json()
    assert found == ["203.0.113.9", "https", "labels.example.org", False]


def test_headers_with_underscores_cannot_pass_for_dashed_ones(echo: servers.Server) -> None:
    answer = echo.request("GET", "/header/?name=HTTP_X_API_KEY", headers={"X_Api_Key": "forged"})
    assert answer.json() is None
    assert echo.request("GET", "/header/?name=HTTP_X_API_KEY", headers={"X-Api-Key": "k"}).json() == "k"


@pytest.mark.parametrize("host", ["evil.example", 'bad"host', "two words", "a" * 300])
@pytest.mark.parametrize("path", ["/", "/v1/projects", "/sign-in/"])
def test_unknown_hosts_are_refused_in_one_line_of_the_log(
    server: servers.Server, host: str, path: str
) -> None:
    before = len(server.log.read_text())
    received = server.raw(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert received.startswith(b"HTTP/1.1 400 ")
    written = server.log.read_text()[before:]
    assert written.count("Invalid HTTP_HOST header") == 1 and "Traceback" not in written, written


def test_signs_of_life_without_credentials(server: servers.Server) -> None:
    assert server.request("GET", "/healthz").json() == {"status": "ok"}
    server.wait_ready()
    assert server.request("GET", "/readyz").json() == {"status": "ready"}
    wrong = server.request("GET", "/readyz", headers={"Authorization": "Bearer wrong"})
    assert wrong.json() == {"status": "ready"}
    body = server.ready().json()
    assert body["status"] == "ready" and {"database", "storage", "worker"} <= set(body)
    assert all(body[part]["ok"] and body[part]["state"] for part in ("database", "storage", "worker"))
    assert server.request("POST", "/healthz").status == 405


def test_a_200_mb_upload_passes_in_flat_memory(server: servers.Server) -> None:
    token = server.token("uploads")
    project, headers = server.project(token, "Large files"), {"X-Api-Key": token}
    slots = server.request(
        "GET", f"/v1/projects/{project}/uploads?count=1&style=simple", headers=headers
    ).json()
    path = slots["items"][0]["url"].removeprefix(server.url)

    assert server.process is not None
    before, size = peak(server.process.pid), 200 * 1024 * 1024
    with socket.create_connection(("127.0.0.1", server.port), 30) as link:
        link.sendall(b"PUT %s HTTP/1.1\r\nHost: %s\r\n" % (path.encode(), server.url[7:].encode()))
        link.sendall(b"Content-Length: %d\r\n\r\n" % size)
        for _ in range(200):
            link.sendall(bytes(1024 * 1024))
        assert link.recv(1000).startswith(b"HTTP/1.1 200 ")
    assert peak(server.process.pid) - before < 40 * 1024
    assert server.query("SELECT size FROM annotator_blob ORDER BY size DESC LIMIT 1") == [(size,)]


def peak(pid: int) -> int:
    """Return the highest resident memory of a process so far, in KB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    raise AssertionError("no VmHWM")


def test_every_page_restricts_what_browsers_allow(server: servers.Server) -> None:
    for path in ("/sign-in/", "/v1/projects", "/admin/login/", "/api/docs/"):
        headers = server.request("GET", path).headers
        policy = headers["permissions-policy"]
        assert "camera=()" in policy and "microphone=()" in policy and "geolocation=()" in policy, path
        assert "strict-transport-security" not in headers, path


def test_behind_https_cookies_belong_to_the_host_and_browsers_stay_with_https() -> None:
    with servers.our_server(
        "--no-worker", ANNOTATOR_HTTPS="1", ANNOTATOR_TRUSTED_PROXIES="127.0.0.1"
    ) as server:
        secret = (
            server.command("login_link", "--user", _administrator(server)).stdout.strip().rsplit("/", 2)[1]
        )
        https = {"X-Forwarded-Proto": "https"}
        page = server.request("GET", f"/sign-in/link/{secret}/", headers=https)
        assert page.headers["strict-transport-security"] == f"max-age={365 * 24 * 3600}"
        token = re.search(r"__Host-csrftoken=([^;]+)", page.headers["set-cookie"])
        assert token, page.headers["set-cookie"]
        signed_in = server.raw(
            f"POST /sign-in/link/{secret}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n"
            f"Cookie: {token[0]}\r\nX-CSRFToken: {token[1]}\r\nOrigin: https://127.0.0.1\r\nConnection: close\r\n"
            "Content-Length: 0\r\n\r\n".encode()
        )
        assert signed_in.startswith(b"HTTP/1.1 302 "), signed_in[:500]
        session = re.search(rb"set-cookie:\s*(__Host-sessionid=.*)", signed_in, re.IGNORECASE)
        assert session, signed_in
        assert b"Secure" in session[1] and b"Path=/" in session[1] and b"Domain" not in session[1]


def _administrator(server: servers.Server) -> str:
    server.command("prepare")
    return str(server.query("SELECT username FROM annotator_user WHERE is_superuser")[0][0])
