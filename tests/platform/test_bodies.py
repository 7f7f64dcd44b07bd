"""Large bodies over real sockets: who may send them is told by the headers, before a byte of them is kept."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator

import pytest

from tests import servers
from tests.browser.studio import Studio
from tests.perf.pools import temporary_mb

MB = 1024 * 1024
HEAD = "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n{headers}\r\n"


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    with servers.our_server("--no-worker") as server:
        yield Studio(server, "bodies")


@pytest.fixture(scope="module")
def labels(studio: Studio) -> str:
    return f"{studio.base}/images/{studio.image('bodies.jpg')}/labels"


def images(studio: Studio, name: str = "images/files") -> str:
    return f"/customvision/v3.3/training/projects/{studio.project}/{name}"


def announce(studio: Studio, path: str, size: int, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    """Send the headers of a request, and of its body no more than `body`; return status and body of the answer."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection(("127.0.0.1", studio.server.port), 20) as link:
        link.sendall(HEAD.format(path=path, size=size, headers=more).encode() + body)
        received = b""
        while b"\r\n\r\n" not in received or not received.endswith(b"}"):
            part = link.recv(65536)
            assert part, received
            received += part
    return int(received.split(b" ", 2)[1]), received.partition(b"\r\n\r\n")[2]


def test_a_stranger_is_refused_before_anything_is_kept(studio: Studio, labels: str) -> None:
    status, body = announce(studio, labels, 20 * MB)
    assert (status, json.loads(body)["code"]) == (401, "unauthenticated")
    status, body = announce(studio, labels, 20 * MB, X_Api_Key="made.up")
    assert (status, json.loads(body)["code"]) == (401, "unauthenticated")
    status, body = announce(studio, images(studio), 20 * MB)
    assert (status, json.loads(body)["code"]) == (401, "ForbiddenUser")
    status, body = announce(studio, "/web/media/0/changes", 2 * MB)
    assert (status, json.loads(body)["code"]) == (401, "signed_out")
    status, body = announce(studio, "/sign-in/", 2 * MB)
    assert (status, json.loads(body)["code"]) == (401, "signed_out")


def test_twenty_strangers_fill_no_disk(studio: Studio, labels: str) -> None:
    process = studio.server.process
    assert process is not None
    with contextlib.ExitStack() as stack:
        for size in (20 * MB, 600 * 1024):
            head = HEAD.format(path=labels, size=size, headers="").encode()
            for _ in range(20):
                link = stack.enter_context(socket.create_connection(("127.0.0.1", studio.server.port), 20))
                link.sendall(head + bytes(500 * 1024))
                assert link.recv(12) == b"HTTP/1.1 401"
        assert temporary_mb(process.pid) == 0


def test_json_is_limited_to_8_mb_in_the_form_of_the_api(studio: Studio, labels: str) -> None:
    token = studio.server.token("bodies", user=studio.member("ann"), role="annotator")
    status, body = announce(studio, labels, 55 * MB, X_Api_Key=token)
    assert (status, json.loads(body)) == (
        400,
        {"code": "too_large", "message": "The body may have at most 8 MB."},
    )
    status, body = announce(studio, images(studio, "images/regions"), 55 * MB, Training_Key=studio.token)
    assert (status, json.loads(body)["code"]) == (400, "BadRequestExceededBatchSize")


def test_a_page_takes_8_mb_of_a_person_who_is_signed_in(studio: Studio) -> None:
    cookie = studio.server.session(studio.member("pia"))
    status, body = announce(studio, "/web/media/0/changes", 9 * MB, Cookie=cookie)
    assert (status, json.loads(body)["code"]) == (413, "too_large")
    answer = studio.server.request("POST", "/web/media/0/changes", bytes(2 * MB), {"Cookie": cookie})
    assert answer.status in {403, 404}  # the view, or the check against forged forms before it


def test_images_in_a_body_may_be_larger_for_those_who_may_upload(studio: Studio) -> None:
    batch = {"images": [{"name": "large", "contents": "A" * (9 * MB)}]}
    answer = studio.server.request(
        "POST", images(studio), json.dumps(batch).encode(), {"Training-Key": studio.token}
    )
    assert answer.status == 207 and answer.json()["images"][0]["status"] == "ErrorImageFormat"
    viewer = studio.server.token("bodies", user=studio.member("vera"), role="viewer")
    for path in (images(studio), images(studio, "images")):
        status, body = announce(studio, path, 20 * MB, Training_Key=viewer)
        assert (status, json.loads(body)["code"]) == (403, "ForbiddenUserInsufficientCapability")
    unknown = images(studio).replace(studio.project, "0" * 32)
    status, body = announce(studio, unknown, 20 * MB, Training_Key=studio.token)
    assert (status, json.loads(body)["code"]) == (404, "NotFoundProject")
    status, _ = announce(studio, images(studio), 65 * MB, Training_Key=studio.token)
    assert status == 400


def test_images_as_parts_of_a_form_may_be_larger(studio: Studio) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="imageData"; filename="a.png"\r\n\r\n'
    body = form + bytes(9 * MB) + b"\r\n--x--\r\n"
    headers = {"Training-Key": studio.token, "Content-Type": "multipart/form-data; boundary=x"}
    answer = studio.server.request("POST", images(studio, "images"), body, headers)
    assert answer.status == 207 and answer.json()["images"][0]["status"] == "ErrorImageFormat"
