"""Text that may enter the system: what is refused, and that nothing that can be seen is."""

from __future__ import annotations

import pytest

from annotator.domain import text
from annotator.domain.errors import Invalid


@pytest.mark.parametrize("given", ["", "   ", "\u200b", "\u202e\u202c", "\ufeff \u2060", "\u00ad"])
def test_a_required_text_has_something_to_see(given: str) -> None:
    with pytest.raises(Invalid, match="name must not be empty"):
        text.clean(given, field="name")
    assert text.clean(given, field="name", required=False) == given.strip()


@pytest.mark.parametrize(
    "given", ["a", "👷🏽", "👨\u200d👩\u200d👧", "شاحنة", "می\u200cخواهم", "a\u200bb", "–", "\u0301"]
)
def test_what_can_be_seen_is_kept_as_it_is(given: str) -> None:
    assert text.clean(given, field="name") == given


@pytest.mark.parametrize("given", ["a\0b", "a\x1bb", "a\x7fb", "a\nb", "a\u2028b", "\ud800", 5, None])
def test_what_is_no_line_of_text_is_refused(given: object) -> None:
    with pytest.raises(Invalid) as refused:
        text.clean(given, field="name")
    assert refused.value.field == "name"
