"""How long `manage.py run` takes until its person sees the demo's labeling page: on an empty data folder, and again."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request

from tests import servers
from tests.perf.clock import verdict


def run() -> None:
    """Start twice in the same folder and print the seconds of both."""
    with servers.our_server(start=False, migrate=False) as server:
        for name, goal in (("an empty data folder", 6), ("the same folder later", 3)):
            started = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, "manage.py", "run"],
                env=server.env, cwd=servers.ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True,
            )  # fmt: skip
            server.process = process  # type: ignore[assignment]
            _open_labeling_page(process, server.url)
            seconds = time.perf_counter() - started
            os.killpg(process.pid, signal.SIGINT)
            process.wait(30)
            print(
                f"run on {name}: labeling page after {seconds:.1f} s   goal {goal} s   {verdict(seconds <= goal)}"
            )


def _open_labeling_page(process: subprocess.Popen[str], base: str) -> None:
    """Do what a person does with the printed address: sign in, choose the project, choose a picture."""
    assert process.stdout is not None
    address = next(line.strip() for line in process.stdout if line.startswith("http"))
    person = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def follow(path: str, pattern: str) -> str:
        with person.open(path) as answer:
            found = re.search(pattern, answer.read().decode())
        assert found is not None, path
        return found[0]

    project = follow(address, r"/projects/[0-9a-f-]{36}/")
    picture = follow(f"{base}{project}media/", r"/label/[0-9a-f-]{36}/")
    with person.open(f"{base}{picture}") as answer:
        assert answer.status == 200
