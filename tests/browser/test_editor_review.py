"""Submit, skip, reject, accept and reopen as people press them; what is stored is read back over the API."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.axe import violations
from tests.browser.pages import Person
from tests.browser.rooms import Rooms
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

# Presses happen at one instant of the page: its limit of 300 ms must not depend on how fast the machine is.
STOP_CLOCK = "() => { const at = performance.now(); performance.now = () => at; }"
START_CLOCK = "() => { delete performance.now; }"
People = Callable[..., Person]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def state(studio: Studio, image: str) -> str:
    return str(studio.call("GET", f"{studio.base}/images/{image}")["status"])


def put(studio: Studio, image: str, status: str) -> None:
    studio.call("PUT", f"{studio.base}/images/{image}/status", {"status": status})


def primary(page: Page) -> Locator:
    return page.locator("#head .btn.primary")


def toast(page: Page) -> Locator:
    return page.locator(".toast")


def require_review(studio: Studio) -> None:
    """Switch the setting on, as the form of the settings does."""
    studio.server.workshop.run(f"""
from annotator.domain.actor import Actor
from annotator.models import Membership, Project
from annotator.services.projects import projects
project = Project.objects.get(pk="{studio.project}")
owner = Membership.objects.filter(workspace=project.workspace, role="owner").first()
projects.update(actor=Actor(user_id=owner.user_id), project=project, changes={{"requires_review": True}})
result = None
""")


def let_presses_expire(page: Page) -> None:
    """Wait until a press no longer counts as following the one before: a second, by the clock of the page."""
    page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 1000))")


def file_of(person: Person, image: str) -> str:
    """Return the path of what the page shows of an image."""
    answer = person.context.request.get(f"{person.server.url}/web/media/{image}/state")
    return str(answer.json()["media"]["url"])


def test_the_button_says_what_it_does_for_the_role_and_the_setting(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    ann, rosa = people("ann").open(image), people("rosa").open(image)
    expect(primary(ann.page)).to_contain_text("Submit for review")
    expect(primary(rosa.page)).to_contain_text("Mark as done")
    require_review(studio)
    expect(primary(rosa.page)).to_contain_text("Submit for review")  # also on the pages that are open
    primary(rosa.page).click()
    rosa.idle()
    assert state(studio, image) == "TO REVIEW"
    expect(primary(rosa.page)).to_contain_text("Accept")
    expect(primary(ann.page)).to_have_count(0)


def test_a_second_press_does_not_finish_an_image_that_was_not_shown(studio: Studio, people: People) -> None:
    first, second = studio.image("a.jpg"), studio.image("b.jpg")
    rosa = people("rosa")
    path = file_of(rosa, second).partition("?")[0]

    def hold(route: Route) -> None:
        """Answer nothing: the route goes on when it is unrouted."""

    rosa.context.route(f"**{path}*", hold)
    editor = rosa.open(first)
    page = editor.page
    expect(page.get_by_role("button", name=re.compile("^Next image"))).to_be_enabled()
    editor.press("Control+Enter", "Control+Enter", "Control+Space")
    page.wait_for_url(f"**/label/{second}/")
    expect(primary(page)).to_be_visible()
    editor.press("Control+Enter")
    expect(page.locator("#say")).to_contain_text(
        "This image was not shown yet. Look at it, then press again."
    )
    primary(page).click()
    rosa.context.unroute(f"**{path}*", hold)
    editor.wait_ready()
    editor.idle()
    assert (state(studio, first), state(studio, second)) == ("DONE", "NEW")
    let_presses_expire(page)
    editor.press("Control+Enter")
    editor.idle()
    assert state(studio, second) == "DONE"


def test_submit_twice_on_the_last_image_does_not_accept_it(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    require_review(studio)
    editor = people("rosa").open(image)
    editor.page.evaluate(STOP_CLOCK)
    editor.press("Control+Enter")
    expect(primary(editor.page)).to_contain_text("Accept")
    editor.press("Control+Enter")
    editor.page.evaluate(START_CLOCK)
    editor.idle()
    assert state(studio, image) == "TO REVIEW"


@pytest.mark.parametrize(
    ("who", "before", "key", "after", "words"),
    [
        ("ann", "IN PROGRESS", "Control+Enter", "TO REVIEW", "a.jpg submitted for review"),
        ("ann", "IN PROGRESS", "Control+Space", "SKIPPED", "a.jpg skipped"),
        ("rosa", "IN PROGRESS", "Control+Enter", "DONE", "a.jpg marked as done"),
        ("rosa", "TO REVIEW", "Alt+a", "DONE", "a.jpg accepted"),
    ],
)
def test_a_step_is_taken_back_by_its_toast(
    studio: Studio, people: People, who: str, before: str, key: str, after: str, words: str
) -> None:
    first, second = studio.image("a.jpg"), studio.image("b.jpg")
    put(studio, first, before)
    editor = people(who).open(first)
    page = editor.page
    expect(page.get_by_role("button", name=re.compile("^Next image"))).to_be_enabled()
    editor.press(key)
    page.wait_for_url(f"**/label/{second}/")
    editor.wait_ready()
    editor.idle()
    assert state(studio, first) == after
    expect(toast(page)).to_contain_text(words)
    toast(page).get_by_role("button", name="Undo").click()
    page.wait_for_url(f"**/label/{first}/")
    expect(page.locator("#say")).to_contain_text("Undone")
    editor.idle()
    assert (state(studio, first), state(studio, second)) == (before, "NEW")


def test_a_rejection_asks_for_a_reason_that_the_labeler_sees(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    put(studio, image, "TO REVIEW")
    ann, rosa = people("ann").open(image), people("rosa").open(image)
    rosa.press("Alt+x")
    dialog = rosa.page.get_by_role("dialog", name="Reject one.jpg")
    expect(dialog.get_by_label("What has to be changed?")).to_be_focused()
    assert violations(rosa.page) == []
    dialog.get_by_role("button", name="Reject").click()
    expect(dialog).to_be_visible()  # a reason is needed
    rosa.page.keyboard.type("The tree is missing")
    rosa.press("Control+Enter")
    expect(toast(rosa.page)).to_contain_text("one.jpg rejected")
    rosa.idle()
    assert state(studio, image) == "IN PROGRESS"
    banner = ann.page.locator("#banner")
    expect(banner).to_contain_text("Sent back by rosa: The tree is missing", ignore_case=True)
    assert violations(ann.page) == []
    primary(ann.page).click()
    ann.idle()
    expect(banner).to_be_hidden()
    expect(rosa.page.locator("#banner")).to_contain_text("had asked: The tree is missing")
    toast(ann.page).get_by_role("button", name="Undo").click()
    expect(banner).to_contain_text("The tree is missing")  # taken back: there is something to do again
    banner.get_by_role("button", name="Hide").click()
    expect(banner).to_be_hidden()
    primary(ann.page).click()
    expect(primary(rosa.page)).to_contain_text("Accept")
    rosa.press("Alt+a")
    rosa.idle()
    assert state(studio, image) == "DONE"
    tab = rosa.page.get_by_role("tab", name="History")
    tab.click()
    expect(rosa.page.get_by_role("option").filter(has_text="Sent back: The tree is missing")).to_be_visible()


def test_a_rejection_is_taken_back_with_its_reason(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    put(studio, image, "TO REVIEW")
    rosa, ann = people("rosa").open(image), people("ann").open(image)
    rosa.page.get_by_role("button", name=re.compile("^Reject")).click()
    rosa.page.get_by_label("What has to be changed?").fill("Too loose")
    rosa.page.get_by_role("dialog").get_by_role("button", name="Reject").click()
    expect(ann.page.locator("#banner")).to_contain_text("Too loose")
    toast(rosa.page).get_by_role("button", name="Undo").click()
    rosa.idle()
    assert state(studio, image) == "TO REVIEW"
    expect(ann.page.locator("#banner")).to_be_hidden()
    expect(rosa.page.locator("#banner")).to_be_hidden()


def test_an_unreadable_image_is_skipped_and_not_finished(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    studio.server.workshop.run(f"""
from annotator.models import Media
Media.all_objects.filter(pk="{image}").update(health="ERROR", health_reason="The file is cut off.")
result = None
""")
    for name in ("ann", "rosa"):
        editor = people(name).open(image)
        expect(editor.page.get_by_role("button", name=re.compile("^Skip"))).to_be_visible()
        expect(primary(editor.page)).to_have_count(0)
        editor.press("Control+Enter")
        editor.idle()
        assert state(studio, image) == "NEW"
    editor.press("Control+Space")
    editor.idle()
    assert state(studio, image) == "SKIPPED"


def test_reopen_is_there_once_and_not_over_the_image(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    put(studio, image, "DONE")
    editor = people("rosa").open(image)
    page = editor.page
    expect(page.locator("#banner")).to_contain_text("Finished. Reopen to edit.")
    reopen = page.get_by_role("button", name="Reopen", exact=True)
    expect(reopen).to_have_count(1)
    expect(page.locator("#main").get_by_role("button", name="Reopen", exact=True)).to_have_count(0)
    reopen.click()
    editor.idle()
    assert state(studio, image) == "IN PROGRESS"
    expect(page.locator("#banner")).to_be_hidden()


def test_where_review_is_required_a_reopened_image_is_not_finished_by_undo(
    studio: Studio, people: People
) -> None:
    image = studio.image("one.jpg")
    put(studio, image, "DONE")
    require_review(studio)
    editor = people("rosa").open(image)
    editor.page.get_by_role("button", name="Reopen", exact=True).click()
    editor.press("Control+z")
    editor.idle()
    assert state(studio, image) == "IN PROGRESS"


def test_on_a_phone_nobody_submits_what_they_cannot_draw_on(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    for name in ("ann", "rosa"):
        page = people(name, **PHONE).open(image).page
        sheet = page.locator("#sheet")
        expect(sheet).to_contain_text("Open this image on a larger screen to label and submit it.")
        expect(page.locator("#sheet .btn.primary")).to_have_count(0)
        expect(sheet.get_by_role("button", name="Skip")).to_be_visible()
        assert violations(page) == []
    put(studio, image, "TO REVIEW")
    expect(page.locator("#sheet .btn.primary")).to_have_text("Accept")


def test_reviewers_open_what_waits_and_go_through_it(rooms: Rooms) -> None:
    room = rooms(6)
    room.run(f"""
from annotator.models import Media, MediaStatus
review = MediaStatus.all_objects.get(project="{room.ids["project"]}", base="TO REVIEW")
Media.all_objects.filter(project="{room.ids["project"]}", number__in=[2, 5]).update(status=review)
result = None
""")
    page = room.page("reviewer", "media/")
    expect(page.get_by_role("link", name=re.compile("Review next"))).to_contain_text("2")
    page.goto(room.url())
    page.get_by_role("link", name=re.compile("Review next")).click()
    expect(page.locator("#head output")).to_have_text("1 of 2")
    page.wait_for_function("() => window.__editor?.ready")
    first = page.url
    page.keyboard.press("Alt+a")
    expect(page.locator(".toast")).to_contain_text("accepted")
    page.wait_for_function("address => location.href !== address && window.__editor.ready", arg=first)
    page.wait_for_function("() => window.__editor.idle().then(() => true)")
    page.goto(room.url())
    expect(page.get_by_role("link", name=re.compile("Review next"))).to_contain_text("1")
