"""Name tags beside the shapes: long names are cut, and a person can switch them off for good."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]
AT = (100, 100, 500, 300)
LONG = "Vehicle that is parked on the pavement in front of a building entrance"

TAG_WIDTH = """([x, y]) => {
  const canvas = document.querySelector('.stage-edit');
  const box = canvas.getBoundingClientRect();
  const scale = canvas.width / box.width;
  const row = canvas.getContext('2d').getImageData(0, Math.round((y - box.top - 12) * scale), canvas.width, 1).data;
  let width = 0;
  for (let i = 3; i < row.length; i += 4) if (row[i]) width += 1;
  return width / scale;
}"""


def tag_width(editor: Editor) -> float:
    """Return the width of what is drawn just above the box: its name tag, CSS pixels."""
    editor.idle()
    width: float = editor.page.evaluate(TAG_WIDTH, editor.at(*AT[:2]))
    return width


def open_with_name(studio: Studio, people: People, person: str, name: str) -> Editor:
    """Open an image with one box of a class of that name."""
    concept = studio.call("POST", f"{studio.base}/label_classes", {"name": name})["id"]
    image = studio.image(f"{name[:3]}.jpg")
    label = {"class_id": concept, "bbox": list(AT), "tool_used": "bbox"}
    studio.call("POST", f"{studio.base}/images/{image}/labels", [label])
    return people(person).open(image)


def test_a_long_name_is_cut_on_the_image(studio: Studio, people: People) -> None:
    assert 100 < tag_width(open_with_name(studio, people, "ann", LONG)) <= 160 + 2 * 6 + 2
    assert 10 < tag_width(open_with_name(studio, people, "ann", "Bus")) < 60


def test_name_tags_are_switched_off_and_stay_off(studio: Studio, people: People, newcomer: str) -> None:
    editor = open_with_name(studio, people, newcomer, LONG)
    page = editor.page
    assert tag_width(editor) > 0
    editor.press("t", "n")
    assert tag_width(editor) == 0
    page.reload()
    editor.wait_ready()
    assert tag_width(editor) == 0
    editor.press("F2")
    page.get_by_role("checkbox", name="Name tags").check()
    editor.press("Escape")
    assert tag_width(editor) > 0
