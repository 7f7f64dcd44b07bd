"""The patterns of the OpenAPI document allow what the services take, character by character."""

from __future__ import annotations

import re
import sys

import pytest

from annotator.domain import text
from annotator.domain.errors import Invalid
from api.common import fields

CHARACTERS = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]


def is_taken(value: str, *, required: bool, multiline: bool) -> bool:
    try:
        text.clean(value, field="name", required=required, multiline=multiline)
    except Invalid:
        return False
    return True


@pytest.mark.parametrize(
    ("pattern", "required", "multiline"),
    [
        (fields.LineField.pattern, False, False),
        (fields.NameField.pattern, True, False),
        (fields.ParagraphField.pattern, False, True),
    ],
)
def test_a_pattern_allows_what_is_taken(pattern: str, required: bool, multiline: bool) -> None:
    compiled = re.compile(pattern)
    allowed = {character for character in CHARACTERS if compiled.match(f"{character}")}
    taken = {
        character
        for character in CHARACTERS
        if is_taken(f"a{character}b" if not required else character, required=required, multiline=multiline)
    }
    # Beyond the basic plane lie some characters that show nothing; a pattern need not know them.
    assert {c for c in allowed ^ taken if ord(c) < 0x10000} <= set("\n\t ")
    assert {c for c in taken - allowed if ord(c) >= 0x10000} == set()
