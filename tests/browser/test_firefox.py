"""The labeling page in Firefox: one walk through, since all else is tested in Chromium."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.firefox import firefox
from tests.browser.pages import Person
from tests.browser.studio import Studio


def test_a_box_is_drawn_and_stored_in_firefox(people: Callable[..., Person], studio: Studio) -> None:
    image = studio.image("a.jpg")
    url = studio.server.url
    cookies = {each["name"]: each["value"] for each in people("ann").context.cookies()}
    with firefox() as page:
        page.size(1400, 900)
        page.sign_in(url, cookies)
        page.go(f"{url}/label/{image}/")
        page.wait("window.__editor?.ready")
        assert "Firefox" in page.run("navigator.userAgent")
        start, end = (
            tuple(page.run(f"window.__editor.imageToScreen({x}, {y})")) for x, y in ((100, 80), (300, 200))
        )
        page.press("b")
        page.drag(start, end)
        page.wait("window.__editor.regionCount === 1")
        page.run("window.__editor.idle().then(() => true)")
        shown = page.run("window.__editor.store.labels")[0]["box"]
    ((concept, box),) = studio.boxes(image)
    assert concept == "Car"
    assert box == pytest.approx((100, 80, 300, 200), abs=1), "a window's pixel is about one of the image"
    assert shown == pytest.approx(box, abs=1)
