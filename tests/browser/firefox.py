"""Firefox as the tests drive it: by WebDriver BiDi, which it speaks itself, so neither geckodriver nor a client package is needed."""

from __future__ import annotations

import itertools
import json
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection, connect

from tests import servers

SECONDS = 60
_PREFERENCES = {
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "app.normandy.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


class Firefox:
    """One tab of a Firefox."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)
        self.call("session.new", capabilities={"alwaysMatch": {"webSocketUrl": True}})
        self._tab = self.call("browsingContext.getTree")["contexts"][0]["context"]

    def call(self, method: str, **params: Any) -> Any:
        """Return the result of a command; events that come meanwhile are of no interest."""
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._connection.recv(timeout=SECONDS))
            if message.get("id") == number:
                assert message["type"] == "success", message
                return message["result"]

    def sign_in(self, url: str, cookies: dict[str, str]) -> None:
        for name, value in cookies.items():
            cookie = {
                "name": name,
                "value": {"type": "string", "value": value},
                "domain": urlsplit(url).hostname,
            }
            self.call("storage.setCookie", cookie=cookie)

    def go(self, url: str) -> None:
        self.call("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def size(self, width: int, height: int) -> None:
        self.call(
            "browsingContext.setViewport", context=self._tab, viewport={"width": width, "height": height}
        )

    def run(self, expression: str) -> Any:
        """Return the value of an expression, of a promise what it resolves to; what JSON can hold."""
        answer = self.call(
            "script.evaluate",
            expression=f"Promise.resolve({expression}).then((value) => JSON.stringify(value ?? null))",
            target={"context": self._tab},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])

    def wait(self, expression: str) -> None:
        """Return once an expression is true; the page itself looks at each frame."""
        self.run(
            f"new Promise((done) => {{ const look = () => (({expression}) ? done() : requestAnimationFrame(look)); look(); }})"
        )

    def press(self, key: str) -> None:
        actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self._perform({"type": "key", "id": "keyboard", "actions": actions})

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        points = [start, ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), end]
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y)} for x, y in points]
        actions = [
            moves[0],
            {"type": "pointerDown", "button": 0},
            *moves[1:],
            {"type": "pointerUp", "button": 0},
        ]
        self._perform(
            {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}
        )

    def _perform(self, source: dict[str, Any]) -> None:
        self.call("input.performActions", context=self._tab, actions=[source])


@contextmanager
def firefox() -> Iterator[Firefox]:
    """Start Firefox without windows and with a profile of its own; it ends with the block."""
    program = servers.firefox()
    assert program, (
        "Firefox is not installed (Debian: apt-get install firefox-esr); FIREFOX names another one."
    )
    with tempfile.TemporaryDirectory(prefix="annotator-firefox-", ignore_cleanup_errors=True) as folder:
        preferences = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _PREFERENCES.items()
        ]
        (Path(folder) / "user.js").write_text("\n".join(preferences), encoding="utf-8")
        command = [program, "--headless", "--no-remote", "--profile", folder, "--remote-debugging-port", "0"]
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        drain: threading.Thread | None = None
        try:
            address = _address(process)
            assert process.stderr is not None
            # What it writes later must not fill the pipe, or it would wait.
            drain = threading.Thread(target=process.stderr.read, daemon=True)
            drain.start()
            with connect(f"{address}/session", max_size=None, open_timeout=SECONDS) as connection:
                yield Firefox(connection)
        finally:
            servers.end_group(process)
            if drain is not None:
                drain.join(SECONDS)
            if process.stderr is not None:
                process.stderr.close()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if (mark := "WebDriver BiDi listening on ") in line:
            return line.partition(mark)[2].strip()
    raise AssertionError(f"Firefox ended with status {process.wait()} before it listened")
