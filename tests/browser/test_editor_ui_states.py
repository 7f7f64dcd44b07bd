"""The labeling page when things are not as usual: two people on one box, no network, no session, refusals, many objects, a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.pages import Editor, Person, sign_in
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

BOX = (60, 60, 180, 140)
People = Callable[..., Person]


def two_on_one_box(studio: Studio, people: People) -> tuple[str, Editor, Editor]:
    """Ann loses the network and moves a box, Rosa moves it too; return with Ann back on the network."""
    image = studio.image("one.jpg")
    studio.box(image)
    person = people("ann")
    ann, rosa = person.open(image), people("rosa").open(image)
    person.context.set_offline(True)
    ann.drag((300, 225), (310, 225))
    expect(ann.page.locator("#head .save")).to_have_text("Offline: 1 change kept here", timeout=1000)
    expect(ann.page.locator("#banner")).to_contain_text("You can go on labeling")
    rosa.drag((300, 225), (320, 245))
    rosa.idle()
    person.context.set_offline(False)
    expect(ann.page.locator("#tray")).to_contain_text(
        "Rosa also changed this object: geometry", timeout=15_000, ignore_case=True
    )
    return image, ann, rosa


def test_of_two_changes_of_one_box_mine_can_be_kept(studio: Studio, people: People) -> None:
    image, ann, rosa = two_on_one_box(studio, people)
    assert violations(ann.page) == []
    assert studio.boxes(image) == [("Car", (220, 170, 420, 320))]
    ann.page.get_by_role("button", name="Keep mine").click()
    ann.idle()
    assert studio.boxes(image) == [("Car", (210, 150, 410, 300))]
    expect(ann.page.locator("#tray")).to_be_hidden()


def test_of_two_changes_of_one_box_theirs_can_be_taken(studio: Studio, people: People) -> None:
    image, ann, _ = two_on_one_box(studio, people)
    ann.page.get_by_role("button", name="Take theirs").click()
    ann.idle()
    assert studio.boxes(image) == [("Car", (220, 170, 420, 320))]
    assert ann.labels[0]["box"] == [220, 170, 420, 320]


def test_a_refused_change_waits_in_the_tray_until_it_is_discarded(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    person = people("ann")
    editor = person.open(image)
    person.context.set_offline(True)
    editor.press("2")
    editor.draw_box(*BOX)
    studio.call("DELETE", f"{studio.base}/label_classes/{studio.tree}")
    person.context.set_offline(False)
    tray = editor.page.locator("#tray")
    expect(tray).to_contain_text("Could not save", timeout=15_000)
    assert violations(editor.page) == []
    tray.get_by_role("button", name="Discard").click()
    expect(tray).to_be_hidden()
    editor.page.locator(".toast").get_by_role("button", name="Undo").click()  # discarding can be taken back
    expect(tray).to_contain_text("Could not save")
    assert studio.boxes(image) == []


def test_signed_out_the_page_keeps_the_work_and_shows_where_to_sign_in(
    studio: Studio, people: People
) -> None:
    image = studio.image("one.jpg")
    person = people("ann")
    editor = person.open(image)
    person.context.clear_cookies()
    editor.draw_box(*BOX)
    banner = editor.page.locator("#banner")
    expect(banner).to_contain_text("You are signed out")
    expect(banner.get_by_role("link", name="Sign in")).to_have_attribute(
        "href", re.compile(f"/sign-in/.*next=.*{image}")
    )
    expect(editor.page.locator("#head .save")).to_have_text("Signed out: 1 change kept here")


def test_signed_in_again_in_another_tab_the_page_goes_on_within_a_second(
    studio: Studio, people: People
) -> None:
    image = studio.image("one.jpg")
    person = people("ann")
    editor = person.open(image)
    person.context.clear_cookies()
    editor.draw_box(*BOX)
    expect(editor.page.locator("#head .save")).to_have_text("Signed out: 1 change kept here")
    sign_in(person.context, studio.server, "ann")
    person.context.new_page().goto(f"{studio.server.url}/")
    expect(editor.page.locator("#head .save")).to_have_text(re.compile("^Saved"), timeout=1000)
    assert studio.boxes(image) == [("Car", BOX)]


def test_two_browsers_see_each_other(studio: Studio, people: People) -> None:
    image, other = studio.image("one.jpg"), studio.image("two.jpg")
    ann, rosa = people("ann").open(image), people("rosa").open(image)
    face = ann.page.locator("#head .avatar")
    expect(face).to_have_attribute("aria-label", re.compile("^Rosa, on this image", re.IGNORECASE))
    rosa.draw_box(*BOX)
    ann.wait_count(1)
    expect(ann.page.locator(f'#film .frame[data-id="{image}"] .cnt')).to_have_text("1")
    rosa.press("Escape", "f")
    rosa.page.wait_for_url(f"**/label/{other}/")
    expect(face).to_have_attribute("aria-label", re.compile("^Rosa$", re.IGNORECASE))
    expect(ann.page.locator(f'#film .frame[data-id="{other}"] .here')).to_be_visible()
    rosa.wait_ready()
    rosa.draw_box(*BOX)
    expect(ann.page.locator(f'#film .frame[data-id="{other}"] .cnt')).to_have_text("1", timeout=8000)


def test_nothing_serious_for_axe_in_any_panel(studio: Studio, people: People) -> None:
    studio.call("POST", f"{studio.base}/tag_classes", {"name": "Sunny"})
    image = studio.image("one.jpg")
    studio.box(image)
    # Other colours, the same markup: only contrast can differ.
    for theme, rules in (("light", ()), ("dark", ("color-contrast",))):
        page = people("ann", color_scheme=theme).open(image).page
        page.locator(".obj").click()
        assert violations(page, *rules) == []
        for tab in ("Classes", "Tags", "History"):
            page.get_by_role("tab", name=tab).click()
            expect(page.locator(f"#panel-{tab.lower()}")).to_be_visible()
            assert violations(page, *rules) == []
        page.keyboard.press("Control+k")
        assert violations(page, *rules) == []


def test_the_key_sheet_and_the_palette_know_the_commands(studio: Studio, people: People) -> None:
    editor = people("ann").open(studio.image("one.jpg"))
    page = editor.page
    editor.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    for text in (
        "Submit, mark as done or accept, and next",
        "Move by 10 pixels",
        "Set class by digit",
        "Bind digit to the current class",
        "Full screen",
        "Polygon",
        "Remove last point",
    ):
        expect(sheet.get_by_text(text, exact=True)).to_be_visible()
    editor.press("b")  # keys do nothing behind a dialog; this one is searched for
    editor.press("Escape", "Escape")
    expect(sheet).to_have_count(0)
    assert editor.store["tool"] == "select"
    editor.press("Control+k")
    page.keyboard.type("polyg")
    editor.press("Enter")
    assert editor.store["tool"] == "polygon"
    editor.press("Control+k")
    page.keyboard.type("tree")
    editor.press("Enter")
    assert editor.store["activeConcept"] == studio.tree


def test_a_digit_bound_to_a_class_stays_bound_until_it_is_given_back(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    page = editor.page
    editor.press("2", "Control+7", "1")
    expect(page.locator(".toast")).to_contain_text("7 is now Tree")
    page.reload()
    editor.wait_ready()
    page.get_by_role("tab", name="Classes").click()
    expect(page.get_by_role("option", name="Tree").locator(".kbd")).to_have_text("2, 7")
    editor.press("7")
    assert editor.store["activeConcept"] == studio.tree
    editor.press("1", "Control+7")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    editor.press("7")
    assert editor.store["activeConcept"] == studio.tree


def test_settings_and_the_full_screen_are_keys_away(studio: Studio, people: People, newcomer: str) -> None:
    editor = people(newcomer).open(studio.image("one.jpg"))
    page = editor.page
    editor.press("F2")
    dialog = page.get_by_role("dialog", name="Settings")
    dialog.get_by_label("Keep zoom").check()
    dialog.get_by_label("Outlines only").check()
    dialog.get_by_label("Fill opacity").fill("55")
    expect(dialog.get_by_role("status")).to_have_text("55 %")
    dialog.get_by_label("Theme").select_option("Dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert violations(page) == []
    editor.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^Outlines only"))).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.locator("#bar output")).to_have_text("55 %")
    editor.press("F11")
    page.wait_for_function("() => document.fullscreenElement === document.documentElement")
    editor.press("F11")
    page.wait_for_function("() => !document.fullscreenElement")


def test_panels_hide_on_a_key_and_keep_their_width(studio: Studio, people: People) -> None:
    editor = people("ann").open(studio.image("one.jpg"))
    page = editor.page
    side = page.locator("#side")
    page.locator(".side-edge").focus()
    editor.press("ArrowLeft", "ArrowLeft")
    expect(side).to_have_css("width", "352px")
    editor.press("Escape", "\\")
    expect(side).to_be_hidden()
    expect(page.locator("#film")).to_be_hidden()
    page.reload()
    editor.wait_ready()
    expect(side).to_be_hidden()
    editor.press("\\")
    expect(side).to_have_css("width", "352px")


def crowded(studio: Studio) -> str:
    """Return a picture with 300 boxes."""
    image = studio.image("one.jpg")
    for start in range(0, 300, 100):
        labels = [
            {"class_id": studio.car, "bbox": [n, 10, n + 20, 40], "tool_used": "bbox"}
            for n in range(start, start + 100)
        ]
        studio.call("POST", f"{studio.base}/images/{image}/labels", labels)
    return image


def test_of_many_objects_only_the_rows_in_view_are_in_the_page(studio: Studio, people: People) -> None:
    editor = people("ann").open(crowded(studio))
    page = editor.page
    page.locator(".obj").first.focus()
    assert page.locator(".obj").count() < 60
    editor.press("End")
    expect(page.locator(".obj[aria-selected=true]")).to_have_attribute("aria-posinset", "300")
    expect(page.locator(".obj[aria-selected=true]")).to_be_focused()
    assert editor.store["selection"] == [editor.labels[-1]["id"]]
    editor.press("Shift+ArrowUp")
    assert len(editor.store["selection"]) == 2
    page.get_by_placeholder("Filter objects").fill("car 17")
    expect(page.get_by_role("listbox", name=re.compile("^Objects"))).to_have_attribute(
        "aria-label", "Objects, 13 of 300"
    )  # 17, 117, 217 and 170 to 179


def test_without_classes_the_page_leads_to_them(studio: Studio, people: People) -> None:
    for one in (studio.car, studio.tree):
        studio.call("DELETE", f"{studio.base}/label_classes/{one}")
    page = people("ann").open(studio.image("one.jpg")).page
    link = page.locator("#side").get_by_role("link", name="New class")
    expect(link).to_have_attribute("href", f"/projects/{studio.project}/classes/")


def test_enlarged_to_200_percent_everything_is_there(studio: Studio, people: People) -> None:
    """A window of 1280 x 1024 at 200 % is 640 x 512 pixels of the page, with a mouse: no phone."""
    image = studio.image("large.jpg")
    editor = people("ann", viewport={"width": 640, "height": 512}, device_scale_factor=2).open(image)
    page = editor.page
    for name in ("Box  B", "Polygon  P", "Undo  Ctrl Z", "Submit for review", "Skip"):
        button = page.get_by_role("button", name=name, exact="  " in name)
        expect(button).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("tab", name="Objects")).to_be_visible()
    editor.draw_box(100, 100, 300, 200)
    editor.idle()
    assert studio.boxes(image) == [("Car", (100, 100, 300, 200))]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_keyboard_leaves_the_picture_behind_its_last_object(studio: Studio, people: People) -> None:
    image = studio.image("two.jpg")
    studio.box(image)
    studio.box(image, (10, 10, 60, 60))
    editor = people("ann").open(image)
    focused = "document.activeElement.closest('[data-keys=stage]') ? 'stage' : document.activeElement.tagName"
    editor.page.locator('[data-keys="stage"]').focus()
    chosen = []
    for _ in range(2):
        editor.press("Tab")
        chosen += editor.store["selection"]
        assert editor.page.evaluate(focused) == "stage"
    assert len(set(chosen)) == 2
    editor.press("Tab")
    assert editor.page.evaluate(focused) == "BUTTON"
    editor.press("Shift+Tab", "Shift+Tab")
    assert editor.page.evaluate(focused) == "stage" and editor.store["selection"] == chosen[:1]
    editor.press("Escape", "Escape", "Shift+Tab")
    assert editor.page.evaluate(focused) == "BUTTON", "with nothing chosen it leaves at once"


def test_behind_hundreds_of_objects_and_steps_the_page_is_a_few_tabs_away(
    studio: Studio, people: People
) -> None:
    editor = people("ann").open(crowded(studio))
    page = editor.page
    kind = "() => (document.activeElement.closest('[data-keys=stage], .obj, .steps-list .item, .frame') ?? document.body).className"

    def stops(*, until: str) -> list[str]:
        """Press Tab until something with that class has the focus; return what had it."""
        met: list[str] = []
        while not met or until not in met[-1]:
            editor.press("Tab")
            assert page.evaluate("() => document.activeElement.matches(':focus-visible')")
            met.append(page.evaluate(kind))
            assert len(met) < 40, met
        return met

    editor.press("Tab", *"21" * 15)  # thirty steps of history
    page.locator('[data-keys="stage"]').focus()
    editor.press("Tab", "Tab")
    assert len(editor.store["selection"]) == 1
    editor.press("Escape", "Escape")
    assert sum("obj" in met for met in stops(until="frame")) == 1
    page.get_by_role("tab", name="History").click()
    options = page.get_by_role("listbox", name="Your changes").get_by_role("option")
    expect(options).to_have_count(31)
    page.locator('[data-keys="stage"]').focus()
    editor.press("Escape")
    assert sum("item" in met for met in stops(until="frame")) == 1
    editor.press("Shift+Tab")
    expect(options.first).to_be_focused()
    editor.press("End", "Enter")
    expect(options.last).to_have_attribute("aria-selected", "true")
    expect(options.last).to_be_focused()
    assert not editor.store["canUndo"]


def test_on_a_phone_a_reviewer_accepts(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    studio.box(image)
    studio.call("PUT", f"{studio.base}/images/{image}/status", {"status": "TO REVIEW"})
    person = people("rosa", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    editor = person.open(image)
    page = editor.page
    sheet = page.locator("#sheet")
    expect(sheet).to_contain_text("1 object")
    expect(page.locator("#rail")).to_be_hidden()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sheet.get_by_role("button", name="Accept").click()
    editor.idle()
    assert studio.call("GET", f"{studio.base}/images/{image}")["status"] == "DONE"


def test_a_picture_that_is_gone_says_so(studio: Studio, people: People) -> None:
    first, second = studio.image("a.jpg"), studio.image("b.jpg")
    editor = people("ann").open(first)
    expect(editor.page.get_by_role("button", name=re.compile("^Next image"))).to_be_enabled()
    studio.call("DELETE", f"{studio.base}/images/{second}")
    expect(editor.page.locator("#film .frame")).to_have_count(1, timeout=8000)
    studio.call("DELETE", f"{studio.base}/images/{first}")
    expect(editor.page.locator("#banner")).to_contain_text("deleted this image", timeout=8000)
    expect(editor.page.locator("#banner").get_by_role("link", name="Back to media")).to_be_visible()
