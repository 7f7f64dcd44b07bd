"""The labeling page as a labeler uses it: real mouse, real keys, real server; what is stored is read back over the API."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.pages import Editor, Person
from tests.browser.studio import START, Studio

pytestmark = pytest.mark.browser

BOX = (60, 60, 180, 140)
People = Callable[..., Person]


def rows(editor: Editor) -> Locator:
    """Return the rows of the object list."""
    return editor.page.get_by_role("listbox", name=re.compile("^Objects")).get_by_role("option")


def open_one(studio: Studio, people: People, *, box: bool = False) -> tuple[str, Editor]:
    """Upload a picture (with a box of class Car when asked) and open it as an annotator."""
    image = studio.image("one.jpg")
    if box:
        studio.box(image)
    return image, people("ann").open(image)


def test_a_box_drawn_with_the_mouse_is_stored_and_there_after_a_reload(
    studio: Studio, people: People
) -> None:
    image, editor = open_one(studio, people)
    editor.draw_box(*BOX)
    editor.idle()
    assert studio.boxes(image) == [("Car", BOX)]
    expect(editor.page.locator("#say")).to_contain_text("Box added, class Car, 120 × 80")
    expect(rows(editor)).to_have_count(1)
    expect(editor.page.locator("#head .status")).to_contain_text("In progress")  # the first label moves it on
    editor.page.reload()
    editor.wait_ready()
    assert [label["box"] for label in editor.labels] == [list(BOX)]


def test_undo_and_redo_work_after_a_reload(studio: Studio, people: People) -> None:
    image, editor = open_one(studio, people)
    editor.draw_box(*BOX)
    editor.idle()
    editor.page.reload()
    editor.wait_ready()
    editor.press("Control+z")
    editor.idle()
    assert studio.boxes(image) == []
    editor.press("Control+Shift+z")
    editor.idle()
    assert studio.boxes(image) == [("Car", BOX)]


def test_a_polygon_by_clicks_and_a_vertex_moved(studio: Studio, people: People) -> None:
    _, editor = open_one(studio, people)
    editor.press("p")
    for point in ((100, 100), (200, 100), (200, 200), (100, 220)):
        editor.click(*point)
    editor.press("Enter")
    editor.idle()
    assert editor.labels[0]["points"] == [[[[100, 100], [200, 100], [200, 200], [100, 220]]]]
    editor.press("s")
    editor.drag((200, 200), (240, 240))
    editor.idle()
    assert editor.labels[0]["points"] == [[[[100, 100], [200, 100], [240, 240], [100, 220]]]]


def test_a_box_is_drawn_by_keys_alone(studio: Studio, people: People) -> None:
    """The crosshair starts in the middle of the stage; Shift moves it by 10 pixels, Enter sets a corner."""
    _, editor = open_one(studio, people)
    editor.press(
        "b", "ArrowLeft", "Enter", *["Shift+ArrowRight"] * 5, *["Shift+ArrowDown"] * 4, "ArrowRight", "Enter"
    )
    editor.idle()
    x0, y0, x1, y1 = editor.labels[0]["box"]
    assert (x1 - x0, y1 - y0) == (51, 40)


def test_an_object_chosen_in_the_list_is_drawn_anew_by_keys(studio: Studio, people: People) -> None:
    image, editor = open_one(studio, people, box=True)
    rows(editor).click()
    editor.press("Shift+n", "Enter", *["Shift+ArrowLeft"] * 3, *["Shift+ArrowUp"] * 2, "Enter")
    editor.idle()
    [(name, (x0, y0, x1, y1))] = studio.boxes(image)
    assert (name, x1 - x0, y1 - y0) == ("Car", 30, 20)  # the crosshair starts in the middle of the stage
    assert abs(x1 - 320) < 20 and abs(y1 - 240) < 20


def test_a_digit_sets_the_class_of_what_is_chosen_then_of_the_next(studio: Studio, people: People) -> None:
    image, editor = open_one(studio, people)
    editor.draw_box(*BOX)
    editor.press("2")
    editor.idle()
    assert studio.boxes(image) == [("Tree", BOX)]
    editor.press("Escape", "Escape", "1", "b")  # nothing is chosen: the class of the next
    editor.drag((300, 300), (360, 360))
    editor.idle()
    assert [name for name, _ in studio.boxes(image)] == ["Tree", "Car"]


def test_the_list_mirrors_the_stage(studio: Studio, people: People) -> None:
    image, editor = open_one(studio, people, box=True)
    page = editor.page
    row = rows(editor)
    row.hover()
    assert editor.store["hover"] == editor.labels[0]["id"]
    row.click()
    assert editor.store["selection"] == [editor.labels[0]["id"]]
    expect(page.locator("#d-class")).to_contain_text("Car")
    expect(page.get_by_text("200 × 150 px")).to_be_visible()
    editor.press("h")
    expect(row).to_have_attribute("data-hidden", "")
    expect(row).to_contain_text("hidden")
    editor.press("h", "l")
    expect(row).to_contain_text("locked")
    editor.press("Delete")
    assert len(editor.labels) == 1  # a locked object stays
    expect(page.locator("#say")).to_contain_text("Locked objects were not changed")
    editor.press("Shift+Delete")
    assert editor.labels == []
    expect(page.locator(".toast")).to_contain_text("Car deleted")
    editor.press("Control+z")
    row.click()
    editor.press("l")
    page.locator("#d-class").click()
    page.get_by_role("option", name="Tree").click()
    editor.idle()
    assert studio.boxes(image) == [("Tree", START)]


def test_deleting_offers_a_way_back(studio: Studio, people: People) -> None:
    image, editor = open_one(studio, people, box=True)
    editor.click(300, 225)
    editor.press("Delete")
    editor.idle()
    assert studio.boxes(image) == []
    editor.page.locator(".toast").get_by_role("button", name="Undo").click()
    editor.idle()
    assert studio.boxes(image) == [("Car", START)]
    expect(editor.page.locator(".toast")).to_have_count(0)


def test_deleting_in_the_list_by_keys_keeps_the_keyboard_there(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    for left in (10, 110, 210):
        studio.box(image, (left, 20, left + 50, 80))
    editor = people("ann").open(image)
    rows(editor).nth(1).focus()
    editor.press("Space", "Delete")
    expect(rows(editor)).to_have_count(2)
    expect(rows(editor).nth(1)).to_be_focused()
    editor.press("ArrowUp", "Delete")
    editor.idle()
    assert studio.boxes(image) == [("Car", (210, 20, 260, 80))]


def test_copy_paste_duplicate_and_order(studio: Studio, people: People) -> None:
    image, editor = open_one(studio, people, box=True)
    editor.click(300, 225)
    editor.press("Control+c", "Control+v", "2", "Control+d")
    editor.idle()
    once, twice = ((x0 + n, y0 + n, x1 + n, y1 + n) for x0, y0, x1, y1 in [START] for n in (10, 20))
    assert studio.boxes(image) == [("Car", START), ("Tree", once), ("Tree", twice)]
    rows(editor).first.click()
    editor.press("+")
    editor.idle()
    assert [name for name, _ in studio.boxes(image)] == ["Tree", "Car", "Tree"]
    editor.press("-", "Control+a", "Delete")
    editor.idle()
    assert studio.boxes(image) == []


def test_tags_of_a_group_with_one_choice(studio: Studio, people: People) -> None:
    group = studio.call("POST", f"{studio.base}/tag_groups", {"name": "Weather", "type": "SELECTION"})["id"]
    for name, group_id in (("Sunny", group), ("Rain", group), ("Blurred", None)):
        body = {"name": name} | ({"tag_group_id": group_id} if group_id else {})
        studio.call("POST", f"{studio.base}/tag_classes", body)
    image, editor = open_one(studio, people)
    page = editor.page
    page.get_by_role("tab", name="Tags").click()
    for name in ("Sunny", "Blurred", "Rain"):
        page.get_by_label(name).check()
        editor.idle()
    stored = studio.call("GET", f"{studio.base}/images/{image}/tags")["items"]
    assert sorted(item["tag_class_name"] for item in stored) == ["Blurred", "Rain"]
    editor.press("Control+z")
    editor.idle()
    expect(page.get_by_label("Sunny")).to_be_checked()


def test_submit_accept_reject_and_reopen_by_role(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")

    def state() -> str:
        return str(studio.call("GET", f"{studio.base}/images/{image}")["status"])

    ann = people("ann").open(image)
    ann.page.get_by_role("button", name=re.compile("^Submit")).click()
    ann.idle()
    assert state() == "TO REVIEW"
    expect(ann.page.get_by_role("button", name=re.compile("^Accept"))).to_have_count(0)
    rosa = people("rosa").open(image)
    expect(rosa.page.get_by_role("button", name=re.compile("^Reject"))).to_be_visible()
    rosa.press("Alt+x")
    rosa.page.keyboard.type("Too loose")
    rosa.press("Control+Enter")
    rosa.idle()
    assert state() == "IN PROGRESS"
    ann.page.get_by_role("button", name=re.compile("^Submit")).click()  # Ann's page received it
    ann.idle()
    expect(rosa.page.get_by_role("button", name=re.compile("^Accept"))).to_be_visible()
    rosa.press("Alt+a")
    rosa.idle()
    assert state() == "DONE"
    expect(ann.page.locator("#banner")).to_contain_text("Finished")
    ann.press("b")
    ann.drag((60, 60), (160, 160))
    assert ann.labels == []  # finished: nothing can be drawn
    rosa.page.locator("#head").get_by_role("button", name="Reopen").click()
    rosa.idle()
    assert state() == "IN PROGRESS"
    rosa.draw_box(*BOX)
    rosa.idle()
    assert studio.boxes(image) == [("Car", BOX)]


def test_a_viewer_sees_why_nothing_can_be_changed(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    studio.box(image)
    editor = people("vera").open(image)
    expect(editor.page.locator("#banner")).to_contain_text("You have read-only access to this project")
    expect(editor.page.get_by_role("button", name=re.compile("^Submit"))).to_have_count(0)
    editor.press("b")
    editor.drag((60, 60), (160, 160))
    rows(editor).click()
    editor.press("Delete", "2")
    assert [(label["box"], label["concept"]) for label in editor.labels] == [(list(START), studio.car)]
    expect(editor.page.locator("#d-class")).to_be_disabled()


def test_next_and_previous_in_the_filtered_order(studio: Studio, people: People) -> None:
    images = [studio.image(f"{name}.jpg") for name in ("a", "b", "c")]
    for image in (images[0], images[2]):
        studio.box(image)
    editor = people("ann").open(images[0], f"?class={studio.car}")
    page = editor.page
    expect(page.locator("#head output")).to_have_text("1 of 2")
    expect(page.locator("#film .frame")).to_have_count(2)
    editor.press("f")
    page.wait_for_url(f"**/label/{images[2]}/?class={studio.car}")
    editor.wait_ready()
    assert editor.store["media"]["name"] == "c.jpg"
    expect(page.locator("#film .frame[aria-current=true]")).to_have_attribute("data-id", images[2])
    expect(page.get_by_role("button", name=re.compile("^Next image"))).to_be_disabled()
    page.go_back()
    page.wait_for_url(f"**/label/{images[0]}/?class={studio.car}")
    page.locator(f'#film .frame[data-id="{images[2]}"]').click()
    page.wait_for_url(f"**/label/{images[2]}/?class={studio.car}")
    page.reload()
    editor.wait_ready()
    assert editor.store["media"]["id"] == images[2]


def test_a_step_asked_for_before_the_strip_knows_the_way_waits_and_is_taken_once(
    studio: Studio, people: People
) -> None:
    images = [studio.image(f"{name}.jpg") for name in "abcd"]
    person = people("ann")
    held: list[Route] = []
    person.context.route("**/film?*", lambda route: held.append(route), times=1)
    editor = person.open(images[0])
    page = editor.page
    editor.press("f", "f", "d")
    expect(page.locator("#banner")).to_contain_text("Loading the next image")
    assert images[0] in page.url
    held[0].continue_()
    page.wait_for_url(f"**/label/{images[1]}/")
    editor.wait_ready()
    expect(page.locator("#head output")).to_have_text("2 of 4")
    expect(page.locator("#banner")).to_be_hidden()
    editor.idle()
    assert images[1] in page.url
    page.go_back()
    page.wait_for_url(f"**/label/{images[0]}/")


def test_a_picture_is_reached_by_its_number_in_the_filtered_order(studio: Studio, people: People) -> None:
    images = [studio.image(f"{name}.jpg") for name in "abc"]
    for image in images[1:]:
        studio.box(image)
    editor = people("ann").open(images[1], f"?class={studio.car}")
    page = editor.page
    editor.press("`")
    field = page.get_by_label("Number of the image, 1 to 2")
    expect(field).to_be_focused()
    page.keyboard.type("9")
    editor.press("Enter")
    expect(field).to_be_visible()  # there is no such number
    field.fill("2")
    editor.press("Enter")
    page.wait_for_url(f"**/label/{images[2]}/?class={studio.car}")
    expect(field).to_have_count(0)


def test_a_picture_that_left_the_filter_still_knows_its_neighbours(studio: Studio, people: People) -> None:
    images = [studio.image(f"{name}.jpg") for name in ("a", "b", "c")]
    new = next(
        one["id"] for one in studio.call("GET", f"{studio.base}/statuses")["items"] if one["name"] == "NEW"
    )
    editor = people("ann").open(images[1], f"?status={new}")
    editor.draw_box(*BOX)  # moves it from New to In progress: it is not in the list any more
    editor.idle()
    editor.page.reload()
    editor.wait_ready()
    expect(editor.page.locator("#head output")).to_have_text("not in the list of 2")
    editor.press("f")
    editor.page.wait_for_url(f"**/label/{images[2]}/?status={new}")
    editor.wait_ready()
    editor.press("d")
    editor.page.wait_for_url(f"**/label/{images[0]}/?status={new}")


def test_three_ahead_and_one_behind_are_fetched_before_they_are_asked_for(
    studio: Studio, people: People
) -> None:
    images = [studio.image(f"{name}.jpg") for name in "abcdefg"]
    person = people("ann")
    asked: list[str] = []
    person.context.on("request", lambda request: asked.append(request.url))
    editor = person.open(images[2])

    def fetched(kind: str) -> list[str]:
        return [image for image in images if any(image in url and kind in url for url in asked)]

    wanted = [images[i] for i in (1, 2, 3, 4, 5)]
    until = time.monotonic() + 10
    while fetched("/original/") != wanted and time.monotonic() < until:
        editor.page.evaluate("() => new Promise(requestAnimationFrame)")
    assert fetched("/state") == fetched("/original/") == wanted
    asked.clear()
    editor.press("f")
    editor.page.wait_for_url(f"**/label/{images[3]}/")
    editor.wait_ready()
    # It was all there; its issues and suggestions are asked for anew, nothing waits for them.
    assert not [url for url in asked if images[3] in url and not url.endswith(("/issues", "/suggestions"))]


def test_work_goes_on_with_the_next_picture_while_the_last_is_saved(studio: Studio, people: People) -> None:
    first, second = (studio.image(f"{name}.jpg") for name in ("a", "b"))
    editor = people("ann").open(first)
    editor.draw_box(*BOX)
    editor.press("Control+Enter")
    editor.page.wait_for_url(f"**/label/{second}/")
    editor.wait_ready()
    editor.drag((300, 300), (360, 360))
    editor.idle()
    assert studio.boxes(first) == [("Car", BOX)]
    assert studio.boxes(second) == [("Car", (300, 300, 360, 360))]
    assert studio.call("GET", f"{studio.base}/images/{first}")["status"] == "TO REVIEW"
