"""What one caller can take from all others: API times while many sign in or send large images, memory of large bodies, temporary files of strangers.

Load goes to a server of our own on 127.0.0.1 only, in bounded number and time.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests import servers
from tests.browser.studio import Studio
from tests.perf import decoding
from tests.perf.clock import memory_mb, percentile, spread, verdict

CONNECTIONS = 20
SECONDS = 8.0
RUNS = 3
BODIES = ((55 * 1024 * 1024, 1), (55 * 1024 * 1024, 4), (7_900_000, 4))


def run() -> None:
    """Print the figures; those of signing in and of strangers are the median of `RUNS` runs."""
    with servers.our_server("--no-worker") as server:
        studio = Studio(server, "pools")
        path = f"{studio.base}/images/{studio.image('pools.jpg')}/labels"
        _sign_in_row(server, studio)
        _strangers_row(server, path)
    decoding.run()
    for size, count in BODIES:
        with servers.our_server(
            "--no-worker"
        ) as server:  # memory that another row has touched is not counted
            studio = Studio(server, "pools")
            path = f"{studio.base}/images/{studio.image('pools.jpg')}/labels"
            _bodies_row(server, studio, path, size, count)


def _sign_in_row(server: servers.Server, studio: Studio) -> None:
    alone = _ask(server, studio, lambda: None, seconds=2)
    runs = []
    for _ in range(RUNS):
        stop = threading.Event()
        counts = [0] * CONNECTIONS
        threads = [
            threading.Thread(target=_guess, args=(server, place, counts, stop))
            for place in range(CONNECTIONS)
        ]
        runs.append(_ask(server, studio, lambda threads=threads: [each.start() for each in threads]))  # type: ignore[misc]
        stop.set()
        for thread in threads:
            thread.join()
        print(f"  {spread(runs[-1])}; {sum(counts) / SECONDS:.1f} attempts answered a second")
    middle = statistics.median(percentile(times, 0.5) for times in runs)
    late = statistics.median(percentile(times, 0.99) for times in runs)
    print(
        f"API while {CONNECTIONS} connections sign in: p50 {middle * 1e3:.1f}, p99 {late * 1e3:.1f} ms"
        f" (alone p50 {percentile(alone, 0.5) * 1e3:.1f})   goal p50 50 ms   {verdict(middle <= 0.05)}"
    )


def _ask(
    server: servers.Server, studio: Studio, begin: Callable[[], object], seconds: float = SECONDS
) -> list[float]:
    """Return the seconds of GETs over one connection, one every 20 ms, from a second after `begin` on; at least three."""
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    times: list[float] = []
    begin()
    began = time.perf_counter()
    while (started := time.perf_counter()) < began + 1 + seconds or len(times) < 3:
        link.request("GET", f"{studio.base}/label_classes", headers={"X-Api-Key": studio.token})
        reply = link.getresponse()
        reply.read()
        assert reply.status == 200
        if started > began + 1:
            times.append(time.perf_counter() - started)
        time.sleep(0.02)
    link.close()
    return times


def _guess(server: servers.Server, place: int, counts: list[int], stop: threading.Event) -> None:
    """Try a new name with every request until `stop`, as one who has no account."""
    while not stop.is_set():
        with contextlib.suppress(OSError, http.client.HTTPException):
            link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            link.request("GET", "/sign-in/")
            reply = link.getresponse()
            reply.read()
            csrf = (reply.getheader("set-cookie") or "").split("csrftoken=", 1)[1].split(";", 1)[0]
            headers = {
                "Cookie": f"csrftoken={csrf}",
                "X-CSRFToken": csrf,
                "Content-Type": "application/x-www-form-urlencoded",
            }
            while not stop.is_set():
                name = f"nobody-{secrets.token_hex(8)}"
                link.request("POST", "/sign-in/", f"name={name}&password=guess-{place}", headers)
                reply = link.getresponse()
                reply.read()
                counts[place] += 1


def _strangers_row(server: servers.Server, path: str) -> None:
    """Twenty bodies of 20 MB without a credential, each left one byte short: what lies in temporary files."""
    size = 20 * 1024 * 1024
    assert server.process is not None
    found = []
    for _ in range(RUNS):
        with contextlib.ExitStack() as stack:
            threads = []
            for _ in range(CONNECTIONS):
                link = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 30))
                head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n".encode()
                threads.append(threading.Thread(target=_send, args=(link, head, bytes(size - 1))))
            for thread in threads:
                thread.start()
            with _watched(server.process.pid, temporary_mb) as most:
                for thread in threads:
                    thread.join()
                time.sleep(0.5)
            found.append(most[0])
    middle = statistics.median(found)
    print(
        f"temporary files with {CONNECTIONS} strangers' bodies of 20 MB: {middle:.0f} MB   goal 0   {verdict(middle < 1)}"
    )


def _send(link: socket.socket, head: bytes, body: bytes) -> None:
    with contextlib.suppress(OSError):
        link.sendall(head + body)


def _bodies_row(server: servers.Server, studio: Studio, path: str, size: int, count: int) -> None:
    """An annotator's large bodies to the label endpoint at once: the server's memory."""
    token = server.token("pools", user=studio.member("annotator"), role="annotator")
    assert server.process is not None
    before = memory_mb(server.process.pid)
    ring = [[x % 640 + 0.25, x % 480 + 0.75] for x in range(200)]
    one = json.dumps({"class_id": studio.car, "polygon": ring}).encode()
    body = b"[" + b",".join([one] * (size // (len(one) + 1))) + b"]"
    statuses: list[int | None] = []
    arguments = (server, path, token, body, statuses)
    threads = [threading.Thread(target=_post, args=arguments) for _ in range(count)]
    with _watched(server.process.pid, memory_mb) as most:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    print(
        f"memory with {count} bodies of {len(body) / 1024**2:.1f} MB at once: {most[0]:.0f} MB, {most[0] - before:.0f} more than before"
        f" (answers {statuses})   goal 400 MB more   {verdict(most[0] - before <= 400)}"
    )


def _post(server: servers.Server, path: str, token: str, body: bytes, statuses: list[int | None]) -> None:
    headers = {"X-Api-Key": token, "Content-Type": "application/json"}
    try:
        statuses.append(server.request("POST", path, body, headers, timeout=300).status)
    except OSError:
        statuses.append(None)


@contextlib.contextmanager
def _watched(pid: int, figure: Callable[[int], float]) -> Iterator[list[float]]:
    """Watch a figure of a process in the block; the list holds its highest value."""
    most, done = [figure(pid)], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            most[0] = max(most[0], figure(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        done.set()
        watcher.join()


def temporary_mb(pid: int) -> float:
    """Return the size of the files that a process holds open and that have no name any more."""
    total = 0
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            if os.readlink(entry).endswith("(deleted)"):
                total += entry.stat().st_size
    return total / 1024**2
