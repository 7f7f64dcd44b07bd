"""Suggestions of models on the labeling page: shown dashed, stepped through, accepted and rejected by keys, live for everyone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]
_WRITE = """
from annotator.models import Media, Membership
from annotator.domain.actor import Actor
from annotator.services.annotations import predictions
media = Media.objects.select_related("project").get(pk="{image}")
manager = Membership.objects.filter(workspace=media.project.workspace, role="owner").first()
found = [predictions.Found("{concept}", *map(float, box), "box", None, None, score) for box, score in {found}]
result = predictions.replace(actor=Actor(user_id=manager.user_id), project=media.project, model="Detector", found={{media.pk: found}})
"""
TWO = [((40, 40, 140, 140), 0.9), ((300, 60, 400, 160), 0.75)]
BELOW = ((500, 300, 600, 400), 0.3)


def predict(studio: Studio, image: str, found: list[Any]) -> None:
    studio.server.workshop.run(_WRITE.format(image=image, concept=studio.car, found=found))


def shown(editor: Editor) -> list[float]:
    return sorted(one["score"] for one in editor.store["suggestions"])


def wait_shown(editor: Editor, count: int) -> None:
    editor.page.wait_for_function("count => window.__editor.store.suggestions.length === count", arg=count)


def test_suggestions_arrive_live_and_are_accepted_and_rejected_by_keys(
    studio: Studio, people: People
) -> None:
    image = studio.image("one.jpg")
    ann, rosa = people("ann").open(image), people("rosa").open(image)
    section = ann.page.get_by_role("region", name="Suggestions")
    expect(section).to_have_count(0)
    predict(studio, image, [*TWO, BELOW])
    wait_shown(ann, 2)
    expect(section).to_contain_text("2 / 3")
    assert ann.labels == [] and studio.boxes(image) == []
    # by keys: the first as one reads, then accepted; the next one follows and is rejected
    ann.press("Shift+F")
    expect(section).to_contain_text("Car, 90 %")
    expect(section).to_contain_text("Detector")
    ann.press("a")
    ann.idle()
    assert studio.boxes(image) == [("Car", (40, 40, 140, 140))]
    (label,) = ann.labels
    assert (label["origin"], label["score"]) == ("model", 0.9) and label["created_by"] == _id(ann)
    wait_shown(rosa, 1)
    expect(section).to_contain_text("Car, 75 %")
    ann.press("Delete")
    wait_shown(ann, 0)
    ann.idle()
    wait_shown(rosa, 0)
    # undone step by step, also after a reload
    ann.page.reload()
    ann.wait_ready()
    wait_shown(ann, 0)
    ann.press("Control+z")
    wait_shown(ann, 1)
    ann.press("Control+z")
    wait_shown(ann, 2)
    ann.idle()
    assert studio.boxes(image) == []
    wait_shown(rosa, 2)
    ann.press("Control+y")
    ann.idle()
    assert studio.boxes(image) == [("Car", (40, 40, 140, 140))]
    # a deleted object that was a suggestion does not come back as one
    ann.click(90, 40)
    ann.press("Delete")
    ann.idle()
    assert studio.boxes(image) == [] and shown(ann) == [0.75]


def _id(editor: Editor) -> str:
    found: str = editor.page.evaluate("() => JSON.parse(document.getElementById('boot').textContent).user.id")
    return found


def test_the_threshold_is_kept_and_all_above_it_are_accepted(
    studio: Studio, people: People, newcomer: str
) -> None:
    image = studio.image("one.jpg")
    predict(studio, image, [*TWO, BELOW])
    page = people(newcomer).open(image)
    wait_shown(page, 2)
    slider = page.page.get_by_label("Threshold of the score")
    slider.focus()
    for _ in range(30):
        page.press("ArrowRight")
    wait_shown(page, 1)
    page.page.reload()
    page.wait_ready()
    wait_shown(page, 1)
    slider = page.page.get_by_label("Threshold of the score")
    expect(slider).to_have_value("80")
    slider.press("Home")
    wait_shown(page, 3)
    page.page.locator('[data-keys="stage"]').focus()
    page.press("Shift+D", "Enter")
    page.idle()
    wait_shown(page, 0)
    assert sorted(box for _, box in studio.boxes(image)) == [
        (40, 40, 140, 140),
        (300, 60, 400, 160),
        (500, 300, 600, 400),
    ]
    page.press("Control+z")
    page.idle()
    assert studio.boxes(image) == []
    assert violations(page.page) == []


def test_a_click_picks_a_suggestion_and_ai_click_says_that_no_model_is_installed(
    studio: Studio, people: People
) -> None:
    image = studio.image("one.jpg")
    page = people("ann").open(image)
    page.press("a")
    assert page.store["tool"] == "ai"
    expect(page.page.get_by_text("No model is installed on this server").first).to_be_visible()
    expect(page.page.locator('.tool[data-id="ai"]')).to_have_attribute("aria-pressed", "true")
    predict(studio, image, TWO)
    wait_shown(page, 2)
    page.click(350, 100)
    expect(page.page.get_by_role("region", name="Suggestions")).to_contain_text("Car, 75 %")
    page.press("Escape")
    assert page.store["activeSuggestion"] is None and page.store["tool"] == "ai"
    page.press("Escape")
    page.click(90, 90)
    assert page.store["activeSuggestion"] is not None and page.store["tool"] == "select"
    page.press("a")
    page.idle()
    assert studio.boxes(image) == [("Car", (40, 40, 140, 140))]


def test_decisions_made_offline_are_kept_and_two_people_accept_once(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    predict(studio, image, TWO)
    ann, rosa = people("ann").open(image), people("rosa").open(image)
    wait_shown(ann, 2)
    ann.page.context.set_offline(True)
    ann.press("Shift+F", "a", "Delete")
    wait_shown(ann, 0)
    wait_shown(rosa, 2)
    rosa.press("Shift+F", "a")
    rosa.idle()
    ann.page.context.set_offline(False)
    ann.idle()
    wait_shown(rosa, 0)
    assert studio.boxes(image) == [("Car", (40, 40, 140, 140))]
    assert ann.store["rejected"] == 0 and ann.store["conflicts"] == 0


def test_a_file_of_results_is_imported_on_the_page_of_exports(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    max_name = studio.member("max", "manager")
    ann = people("ann").open(image)
    page = people(max_name).context.new_page()
    page.goto(f"{studio.server.url}/projects/{studio.project}/exports/")
    result = {"image_id": 1, "category_id": 1, "bbox": [10, 20, 30, 40], "score": 0.875}
    number = ann.store["media"]["number"]
    concept = ann.page.evaluate(
        "() => JSON.parse(document.getElementById('boot').textContent).concepts[0].number"
    )
    content = json.dumps([result | {"image_id": number, "category_id": concept}]).encode()
    form = page.locator("#suggest")
    form.locator("input[type=file]").set_input_files(
        {"name": "results.json", "mimeType": "application/json", "buffer": content}
    )
    form.get_by_label("Model name").fill("My detector")
    form.get_by_role("button", name="Import suggestions").click()
    expect(page.get_by_text("Import of suggestions").first).to_be_visible()
    wait_shown(ann, 1)
    assert shown(ann) == [0.875]
