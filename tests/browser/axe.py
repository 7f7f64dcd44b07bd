"""axe in the pages under test: what it finds there, in one look or another."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.servers import ROOT

_AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Other colours, the same markup: only contrast can differ.
COLOURS: dict[str, dict[str, Any]] = {
    "dark": {"color_scheme": "dark"},
    "contrast": {"color_scheme": "dark", "contrast": "more"},
}
# Only what is wrong is worked out to the end and comes back, and no selectors for what is right: half the time.
_RUN = """async only => {
  const options = {runOnly: only, resultTypes: ["violations"], selectors: false, elementRef: false};
  const found = await axe.run(document, options);
  return found.violations.map(each => [each.id, each.impact, each.nodes[0].html.slice(0, 200)]);
}"""
# Colours glide from one look to the next; what is looked at is where they end.
_SETTLE = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
  for (const each of document.getAnimations()) if (each instanceof CSSTransition) each.finish();
  done();
})))"""


def load(page: Page) -> None:
    """Put axe into the document that is open, once."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))


def violations(page: Page, *rules: str) -> list[tuple[Any, ...]]:
    """Return what axe finds once color transitions have ended, all of it or by the given rules."""
    load(page)
    page.evaluate(_SETTLE)
    only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": TAGS}
    found: list[list[Any]] = page.evaluate(_RUN, only)
    return [tuple(each) for each in found]


def contrast(page: Page, look: str) -> list[tuple[Any, ...]]:
    """Return what axe finds in a page that is open when its colours turn to a look; it is light again afterwards."""
    page.emulate_media(**COLOURS[look])
    found = violations(page, "color-contrast")
    page.emulate_media(color_scheme="light", contrast="no-preference")
    return found
