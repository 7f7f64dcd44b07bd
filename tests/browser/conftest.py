"""Chromium for the tests of pages: one browser per test process, a fresh profile per person."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from annotator.management.commands.build_frontend import ensure_built
from tests import servers
from tests.browser.pages import FLAGS, Person, sign_in
from tests.browser.rooms import Room, Rooms
from tests.browser.studio import Studio


@pytest.fixture(scope="session", autouse=True)
def _bundle() -> None:
    """What is tested is what stands in static/src now, also when pytest is called by hand."""
    ensure_built(say=lambda _: None)


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """The browser of this test process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=servers.chromium(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def editor_server() -> Iterator[servers.Server]:
    """A server whose labeling page shows `window.__editor`, with the demo project; tests make their own pictures."""
    with servers.our_server(ANNOTATOR_DEBUG_EDITOR="1") as running:
        yield running


@pytest.fixture
def people(chrome: Browser, editor_server: servers.Server) -> Iterator[Callable[..., Person]]:
    """Call with a name to get that person signed in, in a profile of her own; closed after the test."""
    contexts: list[BrowserContext] = []

    def person(name: str, **options: Any) -> Person:
        context = chrome.new_context(**{"viewport": {"width": 1400, "height": 900}} | options)
        contexts.append(context)
        sign_in(context, editor_server, name)
        return Person(name, context, editor_server)

    yield person
    for context in contexts:
        context.close()


CAST = {"ann": "annotator", "rosa": "reviewer", "vera": "viewer"}


@pytest.fixture
def newcomer(studio: Studio) -> str:
    """An annotator who is nobody else: what she prefers is kept with her account, for every page that she opens."""
    return studio.member(f"new-{secrets.token_hex(4)}")


@pytest.fixture(scope="session")
def studio_token(editor_server: servers.Server) -> str:
    """The token of the workspace whose people are CAST."""
    token = editor_server.token("studio")
    for name, role in CAST.items():
        editor_server.token("studio", user=name, role=role)
    return token


@pytest.fixture
def studio(editor_server: servers.Server, studio_token: str) -> Studio:
    """A project of its own for the test, of a workspace with Ann (annotator), Rosa (reviewer) and Vera (viewer)."""
    return Studio(editor_server, "studio", studio_token)


@pytest.fixture
def rooms(chrome: Browser, editor_server: servers.Server) -> Iterator[Rooms]:
    """Call with a number of pictures to get a project of them, with people of every role; closed after the test."""
    made: list[Room] = []

    def room(count: int) -> Room:
        made.append(Room(editor_server, chrome).fill(count))
        return made[-1]

    yield room
    for each in made:
        each.close()


__all__ = ["Page"]
