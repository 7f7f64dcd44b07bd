"""A thousand images uploaded while somebody labels: how long label writes take, and how fast the images are ready."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from annotator.domain.ids import uuid7
from tests import servers
from tests.browser.studio import Studio
from tests.perf.clock import percentile, spread, verdict


class Session:
    """A signed-in person's own connection to the server."""

    def __init__(self, server: servers.Server, cookie: str) -> None:
        self.link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        token = self._call("GET", "/account/", None, {"Cookie": cookie}).getheader("set-cookie", "")
        csrf = next(
            part.split("=", 1)[1]
            for part in token.replace(",", ";").split(";")
            if part.strip().startswith("csrftoken=")
        )
        self.headers = {
            "Cookie": f"{cookie}; csrftoken={csrf}",
            "X-CSRFToken": csrf,
            "Content-Type": "application/json",
        }

    def _call(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        self.link.request(method, path, body, headers)
        reply = self.link.getresponse()
        self.body = reply.read()
        return reply

    def call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        reply = self._call(method, path, data, self.headers)
        assert reply.status in (200, 202), (path, reply.status, self.body[:300])
        return json.loads(self.body)

    def put(self, path: str, data: bytes) -> None:
        assert self._call("PUT", path, data, {"Content-Type": ""}).status == 200, self.body[:300]


def run(pictures: list[bytes], count: int = 1000) -> None:
    """Drop `count` pictures by four connections while a labeler draws a box every 50 ms; print both sides' times."""
    with servers.our_server() as server:
        server.wait_ready()
        studio = Studio(server, "drop")
        studio.member("max", role="manager")
        image = studio.image("labeled.jpg")
        cookie = server.session("max")
        writes, reads, stop = [], [], threading.Event()
        labeler = threading.Thread(
            target=_label, args=(Session(server, cookie), studio, image, writes, reads, stop)
        )
        labeler.start()
        started = time.perf_counter()
        _drop(server, cookie, studio, pictures, count)
        accepted = time.perf_counter() - started
        while server.query("SELECT COUNT(*) FROM annotator_media WHERE is_prepared")[0][0] < count:
            assert time.perf_counter() - started < 600, server.log.read_text()[-2000:]
            time.sleep(0.25)
        finished = time.perf_counter() - started
        stop.set()
        labeler.join()
    print(f"accepted {count / accepted:.0f} images/s   goal 155   {verdict(count / accepted >= 155)}")
    print(
        f"finished with thumbnail and hashes {count / finished:.0f} images/s   goal 40   {verdict(count / finished >= 40)}"
    )
    is_calm = percentile(writes, 0.99) <= 0.3 and max(writes) <= 1
    print(f"label writes meanwhile: {spread(writes)}   goal p99 300, worst 1,000 ms   {verdict(is_calm)}")
    print(
        f"other requests meanwhile: {spread(reads)}   goal p99 1,000 ms   {verdict(percentile(reads, 0.99) <= 1)}"
    )


def _drop(server: servers.Server, cookie: str, studio: Studio, pictures: list[bytes], count: int) -> None:
    base, page = f"/web/projects/{studio.project}/uploads", Session(server, cookie)
    batch, slots = None, []
    while len(slots) < count:
        size = min(500, count - len(slots))
        answer = page.call(
            "POST", base, {"count": size, "dataset": studio.dataset, **({"batch": batch} if batch else {})}
        )
        batch = answer["batch"]
        slots += answer["slots"]
    sessions: dict[int, Session] = {}

    def put(job: tuple[int, dict[str, str]]) -> None:
        me = threading.get_ident()
        if me not in sessions:
            sessions[me] = Session(server, cookie)
        place, slot = job
        # Bytes after the end of a JPEG make each file another one, as in life.
        sessions[me].put(slot["url"], pictures[place % len(pictures)] + place.to_bytes(4, "big"))

    with ThreadPoolExecutor(4) as pool:
        for start in range(0, count, 100):
            part = list(itertools.islice(enumerate(slots), start, start + 100))
            list(pool.map(put, part))
            items = [{"upload": slot["id"], "name": f"drop {place}.jpg"} for place, slot in part]
            page.call("POST", f"{base}/finish", {"batch": batch, "items": items})


def _label(
    page: Session, studio: Studio, image: str, writes: list[float], reads: list[float], stop: threading.Event
) -> None:
    for turn in itertools.count():
        if stop.wait(0.05):
            return
        patch = {"concept": studio.car, "box": [turn % 500, 10, turn % 500 + 20, 40], "tool": "bbox"}
        op = {"op_id": str(uuid7()), "label_id": str(uuid7()), "base": None, "patch": patch}
        started = time.perf_counter()
        answer = page.call("POST", f"/web/media/{image}/changes", {"v": 1, "client": "bench", "ops": [op]})
        writes.append(time.perf_counter() - started)
        assert answer["results"][0]["status"] == "ok"
        if turn % 5 == 0:
            started = time.perf_counter()
            page.call("GET", f"/web/projects/{studio.project}/film?around={image}")
            reads.append(time.perf_counter() - started)
