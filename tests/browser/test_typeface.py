"""The typeface that is shipped: it is there on every page, with the letters and figures that the pages need."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Response

from tests.browser.rooms import Rooms

pytestmark = pytest.mark.browser

LETTERS = "ÄÖÜäöüßÁÉÍÑÓÚáéíñóú¿¡€“”–…"


def fonts(page: Page) -> list[Response]:
    """Return the responses with fonts of everything that the page loads from here on."""
    found: list[Response] = []
    page.on("response", lambda one: found.append(one) if ".woff2" in one.url else None)
    return found


def width(page: Page, text: str, css: str) -> float:
    script = """([text, css]) => {
      const span = document.createElement('span');
      span.className = css;
      span.textContent = text;
      document.body.append(span);
      const { width } = span.getBoundingClientRect();
      span.remove();
      return width;
    }"""
    found: float = page.evaluate(script, [text, css])
    return found


@pytest.mark.parametrize("path", ["media/", "classes/", "/label", "/admin/"])
def test_a_page_loads_the_latin_face_once_and_for_good(rooms: Rooms, path: str) -> None:
    room = rooms(1)
    page = room.page("manager", "settings/")
    if path == "/admin/":
        room.run(
            "from annotator.models import User\n"
            f"User.objects.filter(username='manager-{room.tag}').update(is_staff=True, is_superuser=True)"
        )
    found = fonts(page)
    address = {"/label": room.url("next"), "/admin/": f"{room.server.url}/admin/"}.get(path, room.url(path))
    page.goto(address)
    page.evaluate("() => document.fonts.ready.then(() => true)")
    assert page.evaluate("letters => document.fonts.check('500 13px \"Inter Variable\"', letters)", LETTERS)
    assert "Inter Variable" in page.evaluate("() => getComputedStyle(document.body).fontFamily")
    faces = page.evaluate("() => [...document.fonts].map((face) => [face.family, face.status])")
    assert ["Inter Variable", "loaded"] in faces
    assert len(found) <= 1
    for response in found:
        assert "inter-latin-wght-normal" in response.url
        assert "immutable" in response.headers["cache-control"]


def test_figures_that_stand_below_each_other_have_one_width(rooms: Rooms) -> None:
    page = rooms(1).page("manager", "media/")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    assert width(page, "1111", "num") == width(page, "8888", "num") == width(page, "0490", "num")
    assert width(page, "1111", "") < width(page, "8888", ""), "figures in text keep their own widths"


def test_name_tags_are_written_in_it(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("annotator", "next")
    page.wait_for_function("() => window.__editor?.ready")
    page.wait_for_function("() => document.fonts.check('500 12px \"Inter Variable\"')")
    family = page.evaluate("() => getComputedStyle(document.querySelector('.stage')).fontFamily")
    assert family.startswith('"Inter Variable"')
