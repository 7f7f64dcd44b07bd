"""Chromium for the tests of pages: one browser per test process, a fresh profile per person."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import servers
from tests.browser.chrome import FLAGS, Person, sign_in
from tests.browser.studio import Studio


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

    def person(name: str, **options: object) -> Person:
        context = chrome.new_context(**{"viewport": {"width": 1400, "height": 900}} | options)  # type: ignore[arg-type]
        contexts.append(context)
        sign_in(context, editor_server, name)
        return Person(name, context, editor_server)

    yield person
    for context in contexts:
        context.close()


@pytest.fixture
def studio(editor_server: servers.Server) -> Studio:
    """A project of its own for the test, with Ann as annotator; see studio.py."""
    made = Studio(editor_server, f"ui-{secrets.token_hex(4)}")
    made.member("ann")
    return made


__all__ = ["Page"]
