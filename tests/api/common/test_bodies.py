"""Bodies and queries: strict JSON, fields that rename and refuse, parameters of every kind."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.http import QueryDict

from annotator.domain.errors import Invalid, TooLarge
from api.common import query
from api.common.parsers import parse_json
from api.common.shapes import (
    ListOf,
    any_field,
    bool_field,
    choice_field,
    id_field,
    int_field,
    list_field,
    number_field,
    shape,
    text_field,
    time_field,
)

KEY = "0190b2c4-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"nonsense", b"NaN", b"[Infinity]", b"1e400", b'"\\ud800"', b'{"a": "\\u0000"}', b'{"\\u0000": 1}',
        b'["\x00"]', b'"\xff"', b"[" * 1100 + b"]" * 1100, b"{'a': 1}", b'[["x\\u0000"]]',
    ],
)  # fmt: skip
def test_what_is_no_strict_json_is_refused(raw: bytes) -> None:
    with pytest.raises(Invalid) as error:
        parse_json(raw)
    assert error.value.code == "malformed_json"


def test_what_only_looks_like_nul_is_text() -> None:
    assert parse_json(b'"\\\\u0000"') == "\\u0000"
    assert parse_json(b"1" + b"0" * 30) == 1e30


PERSON = shape(
    "Person",
    name=text_field(required=True, limit=5),
    kind=choice_field(("a", "b"), to="sort"),
    id=id_field(),
    age=int_field(low=0, high=9),
    size=number_field(null=True),
    is_in=bool_field(),
    at=time_field(),
    friends=list_field(id_field(required=True), limit=2),
    extra=any_field(),
    class_=text_field(),
)


def test_a_shape_reads_renames_and_ignores() -> None:
    body = {
        "name": "Ann", "kind": "b", "id": KEY, "age": 3, "size": 2, "is_in": False, "at": "2024-01-02T03:04:05Z",
        "friends": [KEY], "extra": {"a": [1]}, "class": "x", "unknown": 1,
    }  # fmt: skip
    found = PERSON.read(body)
    assert found["sort"] == "b" and "kind" not in found and "unknown" not in found
    assert found["id"] == uuid.UUID(KEY) and found["friends"] == [uuid.UUID(KEY)]
    assert found["at"].isoformat() == "2024-01-02T03:04:05+00:00" and found["class"] == "x"
    assert PERSON.read({"name": "A"}) == {"name": "A"}


def test_null_clears_or_is_absent() -> None:
    assert PERSON.read({"name": "A", "size": None, "age": None, "id": None}) == {"name": "A", "size": None}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", None), ("name", 5), ("name", "too long"), ("kind", "c"), ("kind", 1), ("id", "x"), ("id", 5),
        ("age", 1.5), ("age", True), ("age", 10), ("age", 1e30), ("size", "1"), ("size", 10**400), ("is_in", 1),
        ("at", "yesterday"), ("at", 5), ("at", "2024-13-01T00:00:00Z"), ("friends", KEY), ("extra", None),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(field: str, value: Any) -> None:
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    body = {"name": "A", field: deep if field == "extra" else value}
    with pytest.raises(Invalid) as error:
        PERSON.read(body)
    assert error.value.field == field and field in error.value.message


def test_lists_name_the_place_and_have_an_end() -> None:
    people = ListOf(PERSON, limit=2)
    with pytest.raises(Invalid) as error:
        people.read([{"name": "A"}, {"name": "A", "friends": [KEY, "x"]}])
    assert error.value.field == "[1].friends[1]"
    with pytest.raises(TooLarge):
        people.read([{"name": "A"}] * 3)
    for wrong in ({}, "x", None, 5, [1], [None]):
        with pytest.raises(Invalid):
            people.read(wrong)
    for wrong in ([], "x", None):
        with pytest.raises(Invalid, match="object"):
            PERSON.read(wrong)


LIST = query.query(
    offset=query.whole(default=0),
    is_on=query.flag(),
    name=query.words(limit=5),
    keys=query.uid(is_list=True, also=("other",), most=3),
    word=query.one_of(("A", "B C")),
    all=query.texts(to="everything"),
    must=query.whole(required=True, low=1, high=50),
)


def read(text: str) -> dict[str, Any]:
    return LIST.read(QueryDict(f"must=1&{text}"))


def test_parameters_of_every_kind() -> None:
    key = uuid.UUID(KEY)
    assert read("") == {"offset": 0, "must": 1}
    assert read("offset=&is_on=&name=&keys=&word=") == {"offset": 0, "must": 1}
    assert read("is_on=True")["is_on"] is True and read("is_on=0")["is_on"] is False
    assert read(f"keys={KEY},{KEY}")["keys"] == [key, key]
    assert read(f"keys={KEY}&keys={KEY}&keys[]={KEY}")["keys"] == [key] * 3
    assert read(f"other={KEY}")["keys"] == [key]
    assert read("all=DONE,TO%20REVIEW")["everything"] == ["DONE", "TO REVIEW"]
    assert read("offset=1&offset=2")["offset"] == 2 and read("unknown=1") == {"offset": 0, "must": 1}


@pytest.mark.parametrize(
    "text",
    [
        "offset=-1", "offset=1.5", "offset=x", "offset=99999999999999999999", "offset=%D9%A3", "is_on=2", "is_on=yes",
        "name=toolong", "name=%00", "keys=x", f"keys={KEY},x", "word=C", f"keys={','.join([KEY] * 4)}", "must=0", "must=51",
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named(text: str) -> None:
    with pytest.raises((Invalid, TooLarge)) as error:
        read(text)
    assert error.value.field == text.split("=")[0] or error.value.field is None


def test_a_required_parameter_is_required() -> None:
    with pytest.raises(Invalid, match="must is required"):
        LIST.read(QueryDict(""))
