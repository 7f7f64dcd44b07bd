"""Uploads in parts with errors: twice, two at once, killed servers, silent senders, full disks."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.files.site import Site, site
from tests.files.test_uploads import scratch, state
from tests.servers import wait_until
from tests.storage import pictures

DATA = os.urandom(3_000_000)
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(scope="module")
def here() -> Iterator[Site]:
    with site(ANNOTATOR_UPLOAD_IDLE_SECONDS="2") as running:
        yield running


def part(here: Site, path: str, start: int, end: int, total: int = len(DATA)) -> tuple[int, str]:
    answer = here.put(path, DATA[start:end], Content_Range=f"bytes {start}-{end - 1}/{total}")
    return answer.status, answer.headers.get("range", "") or answer.body.decode()


def begin(here: Site, path: str, sent: int, headers: str = "", length: int = len(DATA)) -> socket.socket:
    """Announce the whole file, send some of it and fall silent."""
    link = socket.create_connection(("127.0.0.1", here.server.port), 20)
    head = f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n{headers}\r\n"
    link.sendall(head.encode() + DATA[:sent])
    return link


RANGE = f"Content-Range: bytes 0-{len(DATA) - 1}/{len(DATA)}\r\n"


def test_parts_twice_and_out_of_order(here: Site) -> None:
    key, path = here.slot("resumable")
    assert part(here, path, 1_000_000, 2_000_000) == (308, "")  # a gap: nothing is kept of it
    for _ in range(2):
        assert part(here, path, 0, 1_000_000) == (308, "bytes=0-999999")
    assert part(here, path, 2_000_000, 3_000_000) == (308, "bytes=0-999999")
    assert part(here, path, 500_000, 3_000_000) == (200, "{}")
    assert part(here, path, 0, 1_000_000) == (200, "{}")  # a late repetition
    assert here.stored(SHA256) and state(here, key) == "stored"


def test_more_than_the_declared_total(here: Site) -> None:
    key, path = here.slot("resumable")
    assert part(here, path, 0, 2_000_000)[0] == 308
    assert part(here, path, 1_000_000, 1_500_000, total=1_500_000)[0] == 400
    assert state(here, key) == "open"
    assert part(here, path, 2_000_000, 3_000_000) == (200, "{}")


def test_two_tabs_send_one_file_at_once(here: Site) -> None:
    _, path = here.slot("resumable")
    link = begin(here, path, 1_500_000, RANGE)
    wait_until(lambda: any(file.stat().st_size for file in scratch(here)), "the begin of the upload")
    busy = here.put(path, DATA, Content_Range=f"bytes 0-{len(DATA) - 1}/{len(DATA)}")
    assert (busy.status, busy.json()["code"], busy.headers["retry-after"]) == (503, "upload_busy", "1")
    link.sendall(DATA[1_500_000:])
    assert b"200 OK" in link.recv(65536)
    link.close()
    assert part(here, path, 0, len(DATA)) == (200, "{}")
    assert here.stored(SHA256)


def test_a_silent_sender_times_out(here: Site) -> None:
    """A laptop that changes its network never says that it left; it must be able to go on by its new one."""
    key, path = here.slot("resumable")
    with begin(here, path, 2_500_000, RANGE) as link:
        wait_until(lambda: any(file.stat().st_size for file in scratch(here)), "the begin of the upload")
        assert b"408" in link.recv(65536)
        received = here.put(path, b"", Content_Range=f"bytes */{len(DATA)}").headers["range"]
        size = int(received.removeprefix("bytes=0-")) + 1
        assert 1_000_000 < size <= 2_500_000
        assert part(here, path, size, len(DATA)) == (200, "{}")
    assert state(here, key) == "stored"
    for length, sent in ((len(DATA), 2_000_000), (1000, 10)):  # whole files, large and small
        key, path = here.slot()
        with begin(here, path, sent, length=length) as link:
            assert b"408" in link.recv(65536)
        assert state(here, key) == "open" and not scratch(here)


def test_a_server_killed_between_and_within_parts(here: Site) -> None:
    key, path = here.slot("resumable")
    assert part(here, path, 0, 1_000_000)[0] == 308
    here.server.kill()
    here.server.start()
    asked = here.put(path, b"", Content_Range=f"bytes */{len(DATA)}")
    assert (asked.status, asked.headers["range"]) == (308, "bytes=0-999999")
    headers = f"Content-Range: bytes 1000000-{len(DATA) - 1}/{len(DATA)}\r\n"
    with begin(here, path, 0, headers, length=2_000_000) as link:
        link.sendall(DATA[1_000_000:2_800_000])
        wait_until(lambda: any(file.stat().st_size > 2_000_000 for file in scratch(here)), "more of the file")
        here.server.kill()
    here.server.start()
    size = int(here.put(path, b"", Content_Range="bytes */*").headers["range"].removeprefix("bytes=0-")) + 1
    assert 2_000_000 < size <= 2_800_000
    assert part(here, path, size, len(DATA)) == (200, "{}")
    assert here.stored(SHA256) and state(here, key) == "stored"


def test_64_silent_senders_block_nobody(here: Site) -> None:
    image = here.image("a.jpg", pictures.jpeg(50, 40))
    concept = here.call("POST", f"/v1/projects/{here.project}/label_classes", {"name": "thing"})
    label = [{"class_id": concept["id"], "bbox": [1, 1, 20, 20]}]
    path = f"/v1/projects/{here.project}/images/{image['id']}/labels"
    slots = [here.slot("resumable" if number % 2 else "simple")[1] for number in range(64)]
    links = [begin(here, slot, 1_200_000, RANGE if number % 2 else "") for number, slot in enumerate(slots)]
    try:
        took = []
        for _ in range(20):
            before = time.perf_counter()
            here.call("POST", path, label)
            took.append(time.perf_counter() - before)
        print(
            f"labels beside 64 silent senders: median {1000 * statistics.median(took):.0f} ms, worst {1000 * max(took):.0f} ms"
        )
        assert statistics.median(took) < 0.5
        assert here.image("beside.jpg", pictures.jpeg(51, 40))["width"] == 51
    finally:
        for link in links:
            link.close()


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a disk of some megabytes; skips where that is not allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_really_fills_up(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "disk", 16) as disk,
        site(ANNOTATOR_MEDIA_DIR=str(disk), ANNOTATOR_MIN_FREE_MB="0") as here,
    ):
        image = here.image("a.jpg", pictures.jpeg(50, 40))
        concept = here.call("POST", f"/v1/projects/{here.project}/label_classes", {"name": "thing"})
        filling = disk / "somebody else's"
        filling.write_bytes(b"x" * 14_000_000)

        key, path = here.slot()
        answer = here.put(path, DATA)
        assert (answer.status, answer.json()["code"], answer.headers["retry-after"]) == (
            503,
            "disk_full",
            "60",
        )
        assert state(here, key) == "open" and not list((disk / "tmp").glob("*.tmp"))
        resumable, parts = here.slot("resumable")
        answer = here.put(parts, DATA, Content_Range=f"bytes 0-{len(DATA) - 1}/{len(DATA)}")
        assert (answer.status, answer.json()["code"]) == (503, "disk_full")

        label = {"class_id": concept["id"], "bbox": [1, 1, 20, 20]}
        here.call("POST", f"/v1/projects/{here.project}/images/{image['id']}/labels", [label])
        assert here.get(image["url"]).status == 200

        filling.unlink()
        # The server asks for free space once a second.
        wait_until(lambda: here.put(path, DATA[:2_000_000]).status == 200, "an upload after space was freed")
        received = here.put(parts, b"", Content_Range="bytes */*").headers["range"]
        size = int(received.removeprefix("bytes=0-")) + 1
        assert part(here, parts, size, len(DATA)) == (200, "{}")
        assert state(here, resumable) == "stored" and here.stored(SHA256)
