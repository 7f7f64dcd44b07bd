"""Nothing finished is lost: every action of a labeler against every fault, compared with what the API has in the end.

Finished means that pointer-up or the key was handled. The journal is what the labeler did; the witness is the
Hasty API of the server that is up at the end.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, Route

from tests import servers
from tests.browser.browsers import Browsers, renderer_pid
from tests.browser.pages import Editor, Person, sign_in
from tests.browser.studio import START, Studio

pytestmark = pytest.mark.browser

NEW = (60, 60, 160, 140)
MOVED = (250, 180, 450, 330)
GROWN = (200, 150, 440, 340)
CHANGES = "**/web/media/*/changes"
PROBE = "/web/media/probe/changes"


def create(editor: Editor) -> None:
    editor.draw_box(*NEW)


def move(editor: Editor) -> None:
    editor.drag((300, 225), (350, 255))


def resize(editor: Editor) -> None:
    editor.drag((400, 300), (440, 340))


def delete(editor: Editor) -> None:
    editor.press("Delete")


def change_class(editor: Editor) -> None:
    editor.press("2")


def undo(editor: Editor) -> None:
    editor.press("Control+z")


# action -> (what is done first and saved, the action, what is stored in the end)
ACTIONS: dict[
    str, tuple[Callable[[Editor], None] | None, Callable[[Editor], None], list[tuple[str, tuple[int, ...]]]]
] = {
    "create": (None, create, [("Car", START), ("Car", NEW)]),
    "move": (None, move, [("Car", MOVED)]),
    "resize": (None, resize, [("Car", GROWN)]),
    "delete": (None, delete, []),
    "class change": (None, change_class, [("Tree", START)]),
    "undo": (move, undo, [("Car", START)]),
}


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    with servers.our_server(ANNOTATOR_DEBUG_EDITOR="1") as server:
        made = Studio(server, "kills")
        made.member("ann")
        yield made


@pytest.fixture(scope="module")
def own_browsers(playwright: Playwright) -> Iterator[Browsers]:
    """What keeps a browser running for the tests of this module, whose processes are killed."""
    started = Browsers(playwright)
    yield started
    started.close()


@pytest.fixture
def browser(own_browsers: Browsers) -> Browser:
    return own_browsers.living()


@pytest.fixture
def ann(browser: Browser, studio: Studio) -> Iterator[Person]:
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    sign_in(context, studio.server, "ann")
    yield Person("ann", context, studio.server)
    context.close()


def begin(ann: Person, studio: Studio, image: str, action: str) -> Editor:
    """Open an image with one box, select it, and do what the action needs beforehand."""
    studio.box(image)
    editor = ann.open(image)
    if action != "create":
        editor.click(300, 225)
    before = ACTIONS[action][0]
    if before is not None:
        before(editor)
        editor.idle()
    return editor


def hold_changes(page: Page) -> list[Route]:
    """Keep the page's writes from leaving; they are never answered."""
    held: list[Route] = []
    page.route(CHANGES, lambda route: route.abort() if PROBE in route.request.url else held.append(route))
    # The tab itself learns of a route a moment after Chromium has agreed; a write sent at once would go past it.
    page.evaluate(
        """async (address) => {
          while (await fetch(address).then(() => true, () => false)) await new Promise((next) => setTimeout(next, 20));
        }""",
        PROBE,
    )
    return held


def wait_sent(editor: Editor, held: list[Route]) -> None:
    for _ in range(1000):
        if held:
            return
        editor.page.wait_for_timeout(20)
    raise AssertionError(f"the page did not send its write: {editor.store['save']}, {editor.labels}")


def tab_killed(ann: Person, studio: Studio, editor: Editor, act: Callable[[Editor], None]) -> Editor:
    """The page's renderer is killed right after the action, before anything was sent."""
    hold_changes(editor.page)
    pid = renderer_pid(editor.page)
    with editor.page.expect_event("crash"):
        act(editor)
        os.kill(pid, signal.SIGKILL)
    page = ann.context.new_page()
    page.goto(editor.page.url)
    reopened = Editor(page)
    reopened.wait_ready()
    return reopened


def worker_killed(ann: Person, studio: Studio, editor: Editor, act: Callable[[Editor], None]) -> Editor:
    for pid in studio.server.workers():
        os.kill(pid, signal.SIGKILL)
    act(editor)
    return editor


def network_cut(ann: Person, studio: Studio, editor: Editor, act: Callable[[Editor], None]) -> Editor:
    """The labeler continues offline, which the page shows; the network comes back."""
    ann.context.set_offline(True)
    act(editor)
    # An answer that was on its way may still say for a moment that the network is there.
    editor.page.wait_for_function(
        "() => { const { state, text } = window.__editor.store.save; return state === 'offline' && text.includes('1'); }"
    )
    ann.context.set_offline(False)
    return editor


def session_expired(ann: Person, studio: Studio, editor: Editor, act: Callable[[Editor], None]) -> Editor:
    """The session ends under the page; the labeler signs in again in another tab."""
    ann.context.clear_cookies()
    act(editor)
    editor.page.wait_for_function("() => window.__editor.store.save.state === 'signed_out'")
    tab = ann.context.new_page()
    tab.goto(studio.server.sign_in_link("ann"))
    tab.get_by_role("button", name="Sign in as").click()
    tab.wait_for_url("**/")
    tab.close()
    editor.page.bring_to_front()
    return editor


FAULTS = {
    "tab killed": tab_killed,
    "worker killed": worker_killed,
    "network cut": network_cut,
    "session expired": session_expired,
}


def check(studio: Studio, image: str, editor: Editor, action: str) -> None:
    """Assert that storage and page hold what the action leads to, and that they agree."""
    editor.idle()
    expected = ACTIONS[action][2]
    assert sorted(studio.boxes(image)) == sorted(expected), action
    shown = sorted(tuple(round(n) for n in label["box"]) for label in editor.labels)
    assert shown == sorted(at for _, at in expected), f"{action}: the page shows what is stored"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_finished_is_lost(ann: Person, studio: Studio, action: str, fault: str) -> None:
    image = studio.image(f"{action} {fault}.jpg")
    editor = begin(ann, studio, image, action)
    check(studio, image, FAULTS[fault](ann, studio, editor, ACTIONS[action][1]), action)


@pytest.mark.parametrize("fault", ["before commit", "after commit"])
def test_nothing_finished_is_lost_when_the_server_is_killed(ann: Person, studio: Studio, fault: str) -> None:
    """Every action has left its page, each in a tab of its own; the server dies before they arrive, or before it answers."""
    tabs: dict[str, tuple[str, Editor, Route]] = {}
    for action, (_, act, _) in ACTIONS.items():
        image = studio.image(f"{action} {fault}.jpg")
        editor = begin(ann, studio, image, action)
        held = hold_changes(editor.page)
        act(editor)
        wait_sent(editor, held)
        tabs[action] = (image, editor, held[0])
    if fault == "after commit":
        assert {route.fetch().status for _, _, route in tabs.values()} == {200}
    studio.server.kill()
    for _, editor, route in tabs.values():
        route.abort("connectionreset")
        editor.page.unroute(CHANGES)
    studio.server.start()
    for action, (image, editor, _) in tabs.items():
        check(studio, image, editor, action)
