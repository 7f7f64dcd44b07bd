"""What tests of pages do in a browser: sign in, open an image, draw with the real mouse, read what the editor holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.servers import Server, form_token


@dataclass(slots=True)
class Person:
    """A person who is signed in: their browser profile and the server they work on."""

    name: str
    context: BrowserContext
    server: Server

    def open(self, media_id: str, query: str = "") -> Editor:
        """Open an image in a new tab and wait until it is drawn."""
        page = self.context.new_page()
        page.goto(f"{self.server.url}/label/{media_id}/{query}")
        editor = Editor(page)
        editor.wait_ready()
        return editor


@dataclass(slots=True)
class Editor:
    """The labeling page in a tab; coordinates are image pixels."""

    page: Page

    def wait_ready(self) -> None:
        self.page.wait_for_function("() => window.__editor?.ready")

    def idle(self) -> None:
        """Wait until everything is saved, acknowledged and drawn."""
        self.page.wait_for_function("() => window.__editor.idle().then(() => true)")

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where an image point is in the window."""
        left, top = self.page.evaluate("([x, y]) => window.__editor.imageToScreen(x, y)", [x, y])
        return left, top

    @property
    def labels(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.page.evaluate("() => window.__editor.store.labels")
        return found

    @property
    def store(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate("() => window.__editor.store")
        return found

    def wait_count(self, count: int) -> None:
        self.page.wait_for_function("count => window.__editor.regionCount === count", arg=count)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def click(self, x: float, y: float) -> None:
        self.page.mouse.click(*self.at(x, y))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press, move in steps, release; returns once the page has handled the release."""
        a, b = self.at(*start), self.at(*end)
        self.page.mouse.move(*a)
        self.page.mouse.down()
        self.page.mouse.move((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        self.page.mouse.move(*b)
        self.page.mouse.up()

    def draw_box(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self.press("b")
        self.drag((x0, y0), (x1, y1))


def sign_in(context: BrowserContext, server: Server, name: str, *, shows_hints: bool = False) -> None:
    """Sign in by a one-time link of the operator, as one who has seen the hints of the first visit."""
    link = server.sign_in_link(name)
    token = form_token(context.request.get(link).body()).decode()
    assert context.request.post(link, form={"csrfmiddlewaretoken": token}, max_redirects=0).status == 302
    if not shows_hints:
        cookie = next(each["value"] for each in context.cookies() if each["name"] == "csrftoken")
        seen = context.request.post(
            f"{server.url}/web/preferences", data={"hints": "seen"}, headers={"X-CSRFToken": cookie}
        )
        assert seen.status == 204
