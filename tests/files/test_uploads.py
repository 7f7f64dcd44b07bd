"""Uploads to the real server: in one request, in parts, twice, too large, interrupted, onto a full disk."""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.files.site import Site, site
from tests.servers import wait_until
from tests.storage import pictures

LIMIT = 100 * 1024 * 1024


@pytest.fixture(scope="module")
def here() -> Iterator[Site]:
    with site(ANNOTATOR_MAX_UPLOAD_MB="100") as running:
        yield running


def scratch(here: Site) -> list[Path]:
    folder = here.server.folder / "data" / "media" / "tmp"
    return [file for file in folder.iterdir() if file.suffix in (".tmp", ".part")]


def state(here: Site, key: str) -> str:
    return str(here.server.query("SELECT state FROM annotator_upload WHERE id = %s", here.key(key))[0][0])


@pytest.mark.parametrize(
    "content_type", ["", "application/json", "image/*", "multipart/form-data; boundary=x", None]
)
def test_any_content_type_is_taken(here: Site, content_type: str | None) -> None:
    key, path = here.slot()
    headers = {} if content_type is None else {"Content_Type": content_type}
    answer = here.put(path, pictures.jpeg(), X_Api_Key="whatever", **headers)
    assert (answer.status, answer.body) == (200, b"{}")
    assert state(here, key) == "stored"


def test_a_file_that_becomes_an_image(here: Site) -> None:
    data = pictures.jpeg(123, 77)
    assert (here.image("a.jpg", data)["width"], here.image("a.jpg", data, status=400)["message"]) == (
        123,
        "There is already an image 'a.jpg' in this dataset.",
    )


def test_empty_files_and_files_that_are_not_images(here: Site) -> None:
    assert "empty" in here.image("zero.jpg", b"", status=400)["message"]
    assert "HTML page" in here.image("page.jpg", pictures.HTML, status=400)["message"]
    assert (
        "50,000 x 50,000" in here.image("big.png", pictures.png_header(50_000, 50_000), status=400)["message"]
    )
    assert "truncated" in here.image("cut.jpg", pictures.jpeg(300, 300)[:5000], status=400)["message"]
    names = [row["name"] for row in here.call("GET", f"/v1/projects/{here.project}/images")["items"]]
    assert not {"zero.jpg", "page.jpg", "big.png", "cut.jpg"} & set(names)


def test_the_same_upload_sent_twice(here: Site) -> None:
    key, path = here.slot()
    data = pictures.jpeg(61, 41)
    assert here.put(path, data).status == 200
    assert here.put(path, data).status == 200  # the answer to the first may have been lost
    other = here.put(path, pictures.jpeg(9, 9))
    assert (other.status, other.json()["code"]) == (400, "upload_taken")
    body = {"dataset_id": here.dataset, "filename": "twice.jpg", "upload_id": key}
    assert here.call("POST", f"/v1/projects/{here.project}/images", body)["width"] == 61
    used = here.put(path, data)
    assert (used.status, used.json()["code"]) == (400, "upload_used")
    here.call("POST", f"/v1/projects/{here.project}/images", {**body, "filename": "thrice.jpg"}, status=400)


def posted(here: Site, body: dict[str, str]) -> int:
    path = f"/v1/projects/{here.project}/images"
    return here.server.request("POST", path, json.dumps(body).encode(), here.headers).status


def test_one_upload_used_by_eight_at_once(here: Site) -> None:
    key, path = here.slot()
    assert here.put(path, pictures.jpeg(70, 50)).status == 200
    bodies = [{"dataset_id": here.dataset, "filename": f"race {n}.jpg", "upload_id": key} for n in range(8)]
    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(lambda body: posted(here, body), bodies)) == [200] + [400] * 7
    rows = here.server.query("SELECT name FROM annotator_datasetitem WHERE name LIKE %s", "race %")
    assert len(rows) == 1


def test_one_name_wanted_by_six_at_once(here: Site) -> None:
    bodies = []
    for number in range(6):
        key, path = here.slot()
        assert here.put(path, pictures.jpeg(70 + number, 51)).status == 200
        bodies.append({"dataset_id": here.dataset, "filename": "wanted.jpg", "upload_id": key})
    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(lambda body: posted(here, body), bodies)) == [200] + [400] * 5
    assert here.server.query("SELECT count(*) FROM annotator_datasetitem WHERE name = %s", "wanted.jpg") == [
        (1,)
    ]


def test_eight_send_the_same_bytes_at_once(here: Site) -> None:
    data = pictures.jpeg(71, 53)
    slots = [here.slot() for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        assert {answer.status for answer in threads.map(lambda slot: here.put(slot[1], data), slots)} == {200}
    assert len(here.stored(hashlib.sha256(data).hexdigest())) == 1


def test_signatures(here: Site) -> None:
    key, path = here.slot()
    other, _ = here.slot()
    for wrong in (path.split("?")[0], path[:-2] + "xx", path.replace(key, other), "/u/nonsense?e=1&s=x"):
        answer = here.put(wrong, b"x")
        assert (answer.status, answer.json()["code"]) == (403, "signature")
    assert state(here, key) == "open"
    here.server.query("DELETE FROM annotator_upload WHERE id = %s", here.key(key))
    assert here.put(path, b"x").status == 404


def test_an_expired_slot(here: Site) -> None:
    key, path = here.slot()
    here.server.query(
        "UPDATE annotator_upload SET expires_at = '2020-01-01 00:00:00+00:00' WHERE id = %s", here.key(key)
    )
    assert here.put(path, b"x").json()["code"] == "upload_expired"


def test_a_body_without_length(here: Site) -> None:
    key, path = here.slot()
    head = (
        f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    body = b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    assert b"200 OK" in here.server.raw(head.encode() + body)
    assert here.stored(hashlib.sha256(b"hello world").hexdigest()) and state(here, key) == "stored"


def test_too_large(here: Site) -> None:
    key, path = here.slot()
    head = (
        f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {LIMIT + 1}\r\nConnection: close\r\n\r\n"
    )
    assert b"400 Bad Request" in here.server.raw(head.encode(), timeout=2)
    with socket.create_connection(("127.0.0.1", here.server.port), 20) as link:
        link.sendall(
            f"PUT {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n".encode()
        )
        block = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        for _ in range(LIMIT // 0x100000 + 1):
            link.sendall(block)
        link.sendall(b"0\r\n\r\n")
        answer = b"".join(iter(lambda: link.recv(65536), b""))
    assert b"400 Bad Request" in answer and b"too_large" in answer and b"100 MB" in answer
    assert state(here, key) == "open"
    wait_until(lambda: not scratch(here), "the removal of what was received")


def test_an_aborted_upload_leaves_nothing(here: Site) -> None:
    key, path = here.slot()
    link = socket.create_connection(("127.0.0.1", here.server.port), 20)
    link.sendall(
        f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n".encode() + b"x" * 3_000_000
    )
    wait_until(lambda: scratch(here), "the begin of the upload")
    link.close()
    wait_until(lambda: not scratch(here), "the removal of what was received")
    assert state(here, key) == "open"
    assert here.put(path, b"the whole").status == 200


def test_large_files_use_constant_memory(here: Site) -> None:
    _, path = here.slot()
    process = psutil.Process(here.server.process.pid if here.server.process else 0)
    here.put(here.slot()[1], b"x" * 3_000_000)
    before = process.memory_info().rss
    digest = hashlib.sha256()
    peak = before
    with socket.create_connection(("127.0.0.1", here.server.port), 60) as link:
        link.sendall(
            f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {90 << 20}\r\nConnection: close\r\n\r\n".encode()
        )
        for _ in range(90):
            block = os.urandom(1 << 20)
            digest.update(block)
            link.sendall(block)
            peak = max(peak, process.memory_info().rss)
        assert b"200 OK" in link.recv(65536)
    assert peak - before < 40 << 20
    assert here.stored(digest.hexdigest())


def test_a_file_in_parts(here: Site) -> None:
    data = os.urandom(3_000_000)
    key, path = here.slot("resumable")
    opened = here.server.request("POST", path, b"", {"x-goog-resumable": "start"})
    assert opened.status == 201 and opened.headers["location"].endswith(path)
    assert here.put(path, b"", Content_Range="bytes */3000000").status == 308
    first = here.put(path, data[:1_000_000], Content_Range="bytes 0-999999/3000000")
    assert (first.status, first.headers["range"]) == (308, "bytes=0-999999")
    gap = here.put(path, data[2_000_000:], Content_Range="bytes 2000000-2999999/3000000")
    assert (gap.status, gap.headers["range"]) == (308, "bytes=0-999999")
    overlap = here.put(path, data[500_000:2_000_000], Content_Range="bytes 500000-1999999/3000000")
    assert (overlap.status, overlap.headers["range"]) == (308, "bytes=0-1999999")
    asked = here.put(path, b"", Content_Range="bytes */*")
    assert (asked.status, asked.headers["range"]) == (308, "bytes=0-1999999")
    last = here.put(path, data[2_000_000:], Content_Range="bytes 2000000-2999999/3000000")
    assert (last.status, last.body) == (200, b"{}")
    assert here.put(path, b"", Content_Range="bytes */3000000").status == 200
    assert here.stored(hashlib.sha256(data).hexdigest()) and state(here, key) == "stored"
    assert not [file for file in scratch(here) if key in file.name]


def test_an_interrupted_part_is_resumed(here: Site) -> None:
    data = os.urandom(2_500_000)
    key, path = here.slot("resumable")
    with socket.create_connection(("127.0.0.1", here.server.port), 20) as link:
        link.sendall(
            f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2500000\r\nContent-Range: bytes 0-2499999/2500000\r\n\r\n".encode()
        )
        link.sendall(data[:2_200_000])
        part = here.server.folder / "data" / "media" / "tmp" / f"{key}.part"
        wait_until(lambda: part.exists() and part.stat().st_size > 1_000_000, "the begin of the upload")

    def received() -> int:
        answer = here.put(path, b"", Content_Range="bytes */2500000")
        return int(answer.headers.get("range", "=-0").split("-")[1]) + 1 if answer.status == 308 else 0

    size = wait_until(received, "an answer about progress")
    assert 1_000_000 < size < 2_500_000
    assert here.put(path, data[size:], Content_Range=f"bytes {size}-2499999/2500000").status == 200
    assert here.stored(hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(
    "given",
    [
        "bytes",
        "bytes 5-1/10",
        "bytes 0-10/10",
        "bytes 0-9/99999999999",
        "items 0-9/10",
        "bytes a-b/c",
        "bytes -5/10",
    ],
)
def test_odd_content_ranges(here: Site, given: str) -> None:
    _, path = here.slot("resumable")
    answer = here.put(path, b"0123456789", Content_Range=given)
    assert answer.status == 400 and answer.json()["message"]


def test_more_bytes_than_declared(here: Site) -> None:
    key, path = here.slot("resumable")
    assert here.put(path, b"0123456789", Content_Range="bytes 0-4/20").status == 400
    assert state(here, key) == "open"


def test_a_full_disk_refuses_files_and_saves_labels() -> None:
    with site() as here:
        concept = here.call("POST", f"/v1/projects/{here.project}/label_classes", {"name": "thing"})
        image = here.image("a.jpg", pictures.jpeg(50, 40))
        key, path = here.slot()
        here.server.stop()
        here.server.env["ANNOTATOR_MIN_FREE_MB"] = str(2**31 - 1)
        here.server.start()
        answer = here.put(path, pictures.jpeg())
        assert (answer.status, answer.json()["code"]) == (503, "disk_full")
        assert "disk is full" in answer.json()["message"] and int(answer.headers["retry-after"]) > 0
        part = here.put(path, b"12345", Content_Range="bytes 0-4/10")
        assert (part.status, part.json()["code"]) == (503, "disk_full")
        assert state(here, key) == "open"
        label = {"class_id": concept["id"], "bbox": [1, 1, 20, 20]}
        here.call("POST", f"/v1/projects/{here.project}/images/{image['id']}/labels", [label])
        assert here.get(image["thumbnail_url"]).status == 200
        ready = here.server.ready()
        assert ready.status == 503 and b"disk full" in ready.body
