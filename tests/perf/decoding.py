"""What one workspace's largest images take from another workspace: reads and a small upload while ten of them are decoded."""

from __future__ import annotations

import http.client
import json
import statistics
import struct
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

from tests import servers
from tests.browser.studio import Studio
from tests.perf.clock import percentile, verdict
from tests.world import picture

SIDE = 15_811  # squared: just below 250 megapixels
IMAGES = 10


def run() -> None:
    """Print the times of another workspace while `IMAGES` images are decoded, and how long those take."""
    with servers.our_server("--no-worker", ANNOTATOR_DECODE_SECONDS="600") as server:
        sender, other = Studio(server, "sender"), Studio(server, "other")
        slots = [_stored(sender, server, large_png(SIDE, SIDE)) for _ in range(IMAGES)]
        small = _stored(other, server, picture(3))
        stop = threading.Event()
        with ThreadPoolExecutor(IMAGES + 2) as threads:
            began = time.perf_counter()
            sent = [
                threads.submit(_take, sender, slot, f"{place}.png", began) for place, slot in enumerate(slots)
            ]
            time.sleep(1)
            reads = threads.submit(_read, server, other, stop)
            own = threads.submit(_take, other, small, "small.jpg", time.perf_counter())
            try:
                took = own.result()
                ends = sorted(each.result() for each in sent)
            finally:
                stop.set()
            times = reads.result()
    print(
        f"GET of another workspace while {IMAGES} images of 250 megapixels are decoded: p50 {percentile(times, 0.5) * 1e3:.0f}, "
        f"p95 {percentile(times, 0.95) * 1e3:.0f}, longest {max(times) * 1e3:.0f} ms ({len(times)} reads)"
        f"   goal p50 50 ms   {verdict(percentile(times, 0.5) <= 0.05)}"
    )
    print(
        f"its own small image: {took:.1f} s; the large ones: first {ends[0]:.1f}, median {statistics.median(ends):.1f}, last {ends[-1]:.1f} s"
    )


def large_png(width: int, height: int) -> bytes:
    """Return a PNG of one color, packed row by row."""
    pack = zlib.compressobj(1)
    row = b"\0" + b"\x80\xa0\xc0" * width
    data = b"".join(pack.compress(row) for _ in range(height)) + pack.flush()
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", data),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _stored(studio: Studio, server: servers.Server, content: bytes) -> str:
    """Send bytes to a slot and return its id."""
    slot = studio.call("GET", f"{studio.base}/uploads?count=1")["items"][0]
    answer = server.request("PUT", slot["url"].removeprefix(server.url), content)
    assert answer.status == 200, answer
    return str(slot["id"])


def _take(studio: Studio, slot: str, name: str, began: float) -> float:
    """Make an image of a slot and return the seconds since `began`."""
    body = json.dumps({"dataset_id": studio.dataset, "filename": name, "upload_id": slot})
    headers = {"X-Api-Key": studio.token, "Content-Type": "application/json"}
    answer = studio.server.request("POST", f"{studio.base}/images", body.encode(), headers, timeout=600)
    assert answer.status == 200, (answer.status, answer.body[:300])
    return time.perf_counter() - began


def _read(server: servers.Server, studio: Studio, stop: threading.Event) -> list[float]:
    """Return the seconds of GETs over one connection, one every 20 ms until `stop`."""
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    times: list[float] = []
    while not stop.is_set():
        started = time.perf_counter()
        link.request("GET", f"{studio.base}/label_classes", headers={"X-Api-Key": studio.token})
        reply = link.getresponse()
        reply.read()
        assert reply.status == 200
        times.append(time.perf_counter() - started)
        stop.wait(0.02)
    link.close()
    return times
