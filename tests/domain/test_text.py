"""Text that may enter the system: what is refused, and that nothing that can be seen is."""

from __future__ import annotations

import pytest

from annotator.domain import text
from annotator.domain.errors import Invalid


@pytest.mark.parametrize("given", ["", "   ", "\u200b", "\u200e\u200f", "\ufeff \u2060", "\u00ad"])
def test_a_required_text_has_something_to_see(given: str) -> None:
    with pytest.raises(Invalid, match="name must not be empty"):
        text.clean(given, field="name")
    assert text.clean(given, field="name", required=False) == given.strip()


@pytest.mark.parametrize(
    "given",
    ["a", "👷🏽", "👨\u200d👩\u200d👧", "شاحنة", "می\u200cخواهم", "\u200fשלום", "a\u200bb", "–", "\u0301"],
)
def test_what_can_be_seen_is_kept_as_it_is(given: str) -> None:
    assert text.clean(given, field="name") == given


@pytest.mark.parametrize("control", ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2069"])
def test_a_name_holds_no_control_of_text_direction(control: str) -> None:
    with pytest.raises(Invalid, match=rf"name holds a control of text direction \(U\+{ord(control):04X}\)"):
        text.clean(f"photo{control}gpj.exe", field="name")
    assert control in text.clean(f"shown {control} as written", field="description", multiline=True)


def test_a_choice_names_what_is_allowed() -> None:
    assert text.check_choice("b", ("a", "b"), field="tool") == "b"
    for value in ("c", None, [], {}, 1, ["a"]):
        with pytest.raises(Invalid, match="tool must be one of a, b"):
            text.check_choice(value, ("a", "b"), field="tool")


@pytest.mark.parametrize("given", ["a\0b", "a\x1bb", "a\x7fb", "a\nb", "a\u2028b", "\ud800", 5, None])
def test_what_is_no_line_of_text_is_refused(given: object) -> None:
    with pytest.raises(Invalid) as refused:
        text.clean(given, field="name")
    assert refused.value.field == "name"


@pytest.mark.parametrize(("count", "words"), [(0, "0 images"), (1, "1 image"), (1204, "1,204 images")])
def test_a_count_has_the_form_of_its_noun(count: int, words: str) -> None:
    assert text.counted(count, "image", "images") == words
