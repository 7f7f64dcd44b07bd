"""The JSON bodies of pages: an object of limited size, by the strict reader that the dialects have too."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from annotator.domain.errors import Invalid, TooLarge
from annotator.server.json_body import MAX_CONTAINERS, parse_json, read_object


def _read(raw: bytes) -> object:
    return read_object(RequestFactory().post("/web/", raw, content_type="application/json"))


def test_a_field_refuses_nul_itself():
    assert _read(b'{"a": "\\u0000"}') == {"a": "\0"}


def test_an_object_is_read():
    assert _read(b'{"name": "caf\xc3\xa9", "ids": [1, null]}') == {"name": "café", "ids": [1, None]}


@pytest.mark.parametrize("raw", [b"", b"{", b'{"a": NaN}', b'{"a": "\\ud800"}', b'"\xff"'])
def test_other_bytes_are_malformed(raw):
    with pytest.raises(Invalid) as error:
        _read(raw)
    assert error.value.code == "malformed_json"


@pytest.mark.parametrize("raw", [b"[]", b"1", b"null"])
def test_other_values_are_invalid(raw):
    with pytest.raises(Invalid, match="must be a JSON object"):
        _read(raw)


def test_a_large_body_is_too_large(settings):
    settings.MAX_JSON_BYTES = 1024 * 1024
    assert _read(b'{"a": "' + b"a" * (1024 * 1024 - 9) + b'"}')
    with pytest.raises(TooLarge, match="At most 1 MB"):
        _read(b'{"a": "' + b"a" * (1024 * 1024 - 8) + b'"}')


@pytest.mark.parametrize("item", [b"[]", b"{}"])
def test_lists_and_objects_are_limited_because_they_cost_more_memory_than_their_text(item):
    """Eight million bytes of empty lists would take 180 MB, of small objects 230 MB."""
    whole = b"[" + b",".join([item] * (MAX_CONTAINERS - 1)) + b"]"
    assert len(parse_json(whole)) == MAX_CONTAINERS - 1
    with pytest.raises(TooLarge, match="1,000,000 lists and objects"):
        parse_json(b"[" + whole + b"]")
