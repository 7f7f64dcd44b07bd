"""Chromium for the tests of pages: one browser per test process, a new profile per person."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

from annotator.management.commands.build_frontend import ensure_built
from tests import servers
from tests.browser.browsers import Browsers
from tests.browser.pages import Person, sign_in
from tests.browser.rooms import Room, Rooms
from tests.browser.studio import Studio

# What a page shows in the end, however busy the machine: a stream that starts, a page that follows another.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session", autouse=True)
def _bundle() -> None:
    """Test what is in static/src now, also when pytest is called by hand."""
    ensure_built(log=lambda _: None)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browsers(playwright: Playwright) -> Iterator[Browsers]:
    """What keeps a browser running for this test process."""
    started = Browsers(playwright)
    yield started
    started.close()


@pytest.fixture
def browser(browsers: Browsers) -> Browser:
    """The browser of this test process; a new one when an earlier test has lost it."""
    return browsers.living()


@pytest.fixture(scope="session")
def editor_server() -> Iterator[servers.Server]:
    """A server whose labeling page shows `window.__editor`, with the demo project; tests make their own images."""
    with servers.our_server(ANNOTATOR_DEBUG_EDITOR="1", ANNOTATOR_URL_IMPORT_HOSTS="127.0.0.0/8") as running:
        yield running


@pytest.fixture
def people(browser: Browser, editor_server: servers.Server) -> Iterator[Callable[..., Person]]:
    """Call with a name to get that person signed in, in a profile of their own; closed after the test."""
    contexts: list[BrowserContext] = []

    def person(name: str, **options: Any) -> Person:
        context = browser.new_context(**{"viewport": {"width": 1400, "height": 900}} | options)
        contexts.append(context)
        sign_in(context, editor_server, name)
        return Person(name, context, editor_server)

    yield person
    for context in contexts:
        context.close()


CAST = {"ann": "annotator", "rosa": "reviewer", "vera": "viewer"}


@pytest.fixture
def newcomer(studio: Studio) -> str:
    """A new annotator: preferences are kept with the account and hold on every page it opens."""
    return studio.member(f"new-{secrets.token_hex(4)}")


@pytest.fixture(scope="session")
def studio_token(editor_server: servers.Server) -> str:
    """The token of the workspace whose members are CAST."""
    token = editor_server.token("studio")
    for name, role in CAST.items():
        editor_server.token("studio", user=name, role=role)
    return token


@pytest.fixture
def studio(editor_server: servers.Server, studio_token: str) -> Studio:
    """A project of its own for the test, of a workspace with Ann (annotator), Rosa (reviewer) and Vera (viewer)."""
    return Studio(editor_server, "studio", studio_token)


@pytest.fixture
def rooms(browser: Browser, editor_server: servers.Server) -> Iterator[Rooms]:
    """Call with a number of images to get a project of them, with people of every role; closed after the test."""
    made: list[Room] = []

    def room(count: int) -> Room:
        made.append(Room(editor_server, browser).fill(count))
        return made[-1]

    yield room
    for each in made:
        each.close()
