"""Chromium as the tests start it, and which process draws a page."""

from __future__ import annotations

import json

from playwright.sync_api import Browser, Error, Page, Playwright

from tests import servers

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


class Browsers:
    """Starts Chromium at first need, and again when it has died."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._browser: Browser | None = None

    def living(self) -> Browser:
        """Return a browser that answers."""
        if self._browser is None or not _answers(self._browser):
            self._browser = launch(self._playwright)
        return self._browser

    def close(self) -> None:
        if self._browser is not None and _answers(self._browser):
            self._browser.close()


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=servers.chromium(), args=list(FLAGS))


def _answers(browser: Browser) -> bool:
    """Return whether the browser lives; asked of itself, for Playwright learns of its end a moment later."""
    try:
        browser.new_browser_cdp_session().detach()
    except Error:
        return False
    return browser.is_connected()


def renderer_pid(page: Page) -> int:
    """Return the id of the process that draws a page, as Chromium's own trace of that page names it."""
    browser = page.context.browser
    assert browser is not None
    browser.start_tracing(page=page, categories=["disabled-by-default-devtools.timeline"])
    events = json.loads(browser.stop_tracing())["traceEvents"]
    pids = {
        frame["processId"]
        for event in events
        if event["name"] == "TracingStartedInBrowser"
        for frame in event["args"]["data"]["frames"]
        if frame["isOutermostMainFrame"] and frame["url"] == page.url
    }
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    (pid,) = pids & {process["id"] for process in processes if process["type"] == "renderer"}
    return int(pid)
