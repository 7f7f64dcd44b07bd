"""One box, drawn in a browser, is the same for every vendor's API; one that an API writes is seen at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.browser.pages import Person
from tests.browser.studio import Studio
from tests.world import picture

pytestmark = pytest.mark.browser

DRAWN, POSTED = (100, 80, 300, 240), (320, 48, 480, 288)
WIDTH, HEIGHT = 640, 480


def ask(studio: Studio, method: str, path: str, headers: dict[str, str], body: Any = None) -> Any:
    content = None if body is None else json.dumps(body).encode()
    answer = studio.server.request(method, path, content, {"Content-Type": "application/json", **headers})
    assert answer.status in (200, 202), (method, path, answer.status, answer.body[:500])
    return answer.json() if answer.body else None


def test_a_box_is_the_same_in_every_api(people: Any, studio: Studio) -> None:
    image, plain = studio.image("a.jpg"), studio.image("b.jpg", picture(4))
    ann: Person = people("ann")
    editor = ann.open(image)
    editor.draw_box(*DRAWN)
    editor.idle()
    (label,) = studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]
    assert (label["class_id"], tuple(label["bbox"])) == (studio.car, DRAWN)

    azure = {"Training-Key": studio.token}
    training = f"/customvision/v3.3/training/projects/{studio.project}/images"
    (found,) = ask(studio, "GET", f"{training}/id?imageIds={image}", azure)
    (region,) = found["regions"]
    assert (region["regionId"], region["tagId"], region["tagName"]) == (label["id"], studio.car, "Car")
    assert corners(region) == pytest.approx(DRAWN)

    datarobot = {"Authorization": f"Token {studio.token}"}
    project = f"/api/v2/projects/{studio.project}"
    ask(studio, "PATCH", f"{project}/aim/", datarobot, {"target": "count of Car", "mode": "manual"})
    rows = ask(studio, "GET", f"{project}/images/?column=image", datarobot)["data"]
    counts = {row["imageId"]: (row["targetValue"], row["width"], row["height"]) for row in rows}
    assert counts[image] == (1, WIDTH, HEIGHT) and counts[plain][0] == 0

    client_id, _, secret = studio.token.partition(".")
    coactive = {"Authorization": f"Bearer {client_id}:{secret}"}
    asset = ask(studio, "GET", f"/api/v0/images/{image}/metadata", coactive)
    assert (asset["coactiveImageId"], asset["width"], asset["height"]) == (image, WIDTH, HEIGHT)

    # and back: what Custom Vision's clients write is on the page that is open
    x0, y0, x1, y1 = POSTED
    sizes = {"left": x0 / WIDTH, "top": y0 / HEIGHT, "width": (x1 - x0) / WIDTH, "height": (y1 - y0) / HEIGHT}
    made = {"regions": [{"imageId": image, "tagId": studio.tree, **sizes}]}
    created = ask(studio, "POST", f"{training}/regions", azure, made)["created"]
    editor.wait_count(2)
    shown = {label["id"]: tuple(round(side, 6) for side in label["box"]) for label in editor.labels}
    assert shown[created[0]["regionId"]] == POSTED
    assert studio.boxes(image) == [("Car", DRAWN), ("Tree", POSTED)]


def corners(region: dict[str, Any]) -> tuple[float, ...]:
    """Return the box of a region in pixels."""
    left, top = region["left"] * WIDTH, region["top"] * HEIGHT
    return left, top, left + region["width"] * WIDTH, top + region["height"] * HEIGHT
