"""Bodies and queries: strict JSON, fields that rename and refuse, parameters of every kind."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import QueryDict
from django_filters.utils import translate_validation
from rest_framework.exceptions import ValidationError

from annotator.domain.errors import DomainError, Invalid, TooLarge
from annotator.models import Media
from annotator.server.json_body import parse_json
from api.common import fields
from api.common.exceptions import as_domain_error
from api.common.filters import (
    BooleanFilter,
    ChoiceFilter,
    FilterSet,
    SelectionFilterSet,
    TextFilter,
    TextListFilter,
    UUIDFilter,
    UUIDListFilter,
)
from api.common.serializers import ListSerializer, QuerySerializer, Serializer

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


class PersonSerializer(Serializer):
    name = fields.TextField(max_length=5)
    kind = fields.ChoiceField(("a", "b"), source="sort", required=False)
    id = fields.UUIDField(required=False)
    age = fields.IntegerField(low=0, high=9, required=False)
    size = fields.NumberField(required=False, allow_null=True)
    is_in = fields.BooleanField(required=False)
    at = fields.DateTimeField(required=False)
    friends = fields.ListField(child=fields.UUIDField(), max_items=2, required=False)
    extra = fields.JSONField(required=False)


class PeopleSerializer(ListSerializer):
    child = PersonSerializer()
    max_items = 2


def read(data: Any, serializer_class: Any = PersonSerializer) -> Any:
    """Return a body as a serializer reads it; an error is the domain's, as a view makes it."""
    serializer = serializer_class(data=data)
    try:
        serializer.is_valid(raise_exception=True)
    except ValidationError as error:
        raise _domain_error(error) from None
    return serializer.validated_data


def _domain_error(error: ValidationError) -> DomainError:
    found = as_domain_error(error)
    assert found is not None
    return found


def test_a_serializer_reads_renames_and_ignores() -> None:
    body = {
        "name": "Ann", "kind": "b", "id": KEY, "age": 3, "size": 2, "is_in": False, "at": "2024-01-02T03:04:05Z",
        "friends": [KEY], "extra": {"a": [1]}, "unknown": 1,
    }  # fmt: skip
    found = read(body)
    assert found["sort"] == "b" and "kind" not in found and "unknown" not in found
    assert found["id"] == uuid.UUID(KEY) and found["friends"] == [uuid.UUID(KEY)]
    assert found["at"].isoformat() == "2024-01-02T03:04:05+00:00" and found["extra"] == {"a": [1]}
    assert (found["age"], found["size"], found["is_in"]) == (3, 2, False)
    assert read({"name": "A"}) == {"name": "A"}


def test_null_clears_or_is_absent() -> None:
    assert read({"name": "A", "size": None, "age": None, "id": None}) == {"name": "A", "size": None}


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
    with pytest.raises(Invalid) as error:
        read({"name": "A", field: deep if field == "extra" else value})
    assert error.value.field == field and error.value.message.startswith(field)
    assert error.value.code == "invalid"


def test_lists_name_the_place_and_have_an_end() -> None:
    with pytest.raises(Invalid) as error:
        read([{"name": "A"}, {"name": "A", "friends": [KEY, "x"]}], PeopleSerializer)
    assert error.value.field == "[1].friends[1]"
    with pytest.raises(TooLarge):
        read([{"name": "A"}] * 3, PeopleSerializer)
    with pytest.raises(TooLarge) as too_many:
        read({"name": "A", "friends": [KEY] * 3})
    assert too_many.value.field == "friends"
    for wrong in ({}, "x", None, 5, [1], [None]):
        with pytest.raises(Invalid):
            read(wrong, PeopleSerializer)
    for wrong in ([], "x", None):
        with pytest.raises(Invalid, match="object"):
            read(wrong)


class ParametersSerializer(QuerySerializer):
    offset = fields.QueryIntegerField(low=0, default=0)
    is_on = fields.QueryBooleanField(required=False)
    name = fields.QueryTextField(max_length=5, required=False)
    keys = fields.QueryListField(child=fields.UUIDField(), max_items=3, required=False)
    word = fields.ChoiceField(("A", "B C"), required=False)
    all = fields.QueryListField(child=fields.QueryTextField(), source="everything", required=False)
    must = fields.QueryIntegerField(low=1, high=50)


class ParametersFilterSet(FilterSet):
    is_on = BooleanFilter()
    name = TextFilter()
    key = UUIDFilter()
    keys = UUIDListFilter(aliases=("other",), max_values=3)
    word = ChoiceFilter(choices=("A", "B C"))
    all = TextListFilter()


def read_query(text: str) -> dict[str, Any]:
    found: dict[str, Any] = read(QueryDict(f"must=1&{text}"), ParametersSerializer)
    return found


def read_filters(text: str) -> dict[str, Any]:
    filterset = ParametersFilterSet(QueryDict(text), queryset=Media.objects.none())
    if not filterset.is_valid():
        raise _domain_error(translate_validation(filterset.errors))
    return filterset.applied


def test_parameters_of_every_kind() -> None:
    key = uuid.UUID(KEY)
    assert read_query("") == {"offset": 0, "must": 1}
    assert read_query("offset=&is_on=&name=&keys=&word=") == {"offset": 0, "must": 1}
    assert read_query("all=DONE,TO%20REVIEW")["everything"] == ["DONE", "TO REVIEW"]
    assert read_query("offset=1&offset=2")["offset"] == 2
    assert read_query("unknown=1") == {"offset": 0, "must": 1}
    assert read_filters("") == read_filters("is_on=&name=&keys=&word=") == read_filters("unknown=1") == {}
    assert read_filters(f"other={KEY}")["keys"] == [key] and read_filters(f"key={KEY}")["key"] == key
    assert read_filters("all=DONE,TO%20REVIEW")["all"] == ["DONE", "TO REVIEW"]
    assert read_filters("word=A&word=B%20C")["word"] == "B C"
    readers: tuple[Callable[[str], dict[str, Any]], ...] = (read_query, read_filters)
    for reader in readers:
        assert reader("is_on=True")["is_on"] is True and reader("is_on=0")["is_on"] is False
        assert reader(f"keys={KEY},{KEY}")["keys"] == [key, key]
        assert reader(f"keys={KEY}&keys={KEY}&keys[]={KEY}")["keys"] == [key] * 3


@pytest.mark.parametrize(
    "text",
    [
        "offset=-1", "offset=1.5", "offset=x", "offset=99999999999999999999", "offset=%D9%A3", "is_on=2", "is_on=yes",
        "name=toolong", "name=%00", "keys=x", f"keys={KEY},x", "word=C", f"keys={','.join([KEY] * 4)}", "must=0", "must=51",
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named(text: str) -> None:
    with pytest.raises((Invalid, TooLarge)) as error:
        read_query(text)
    assert error.value.field == text.split("=")[0] and error.value.message.startswith(error.value.field)


@pytest.mark.parametrize(
    "text",
    [
        "is_on=2", "is_on=yes", f"name={'x' * 1001}", "name=%00", "name=a%0Ab", "key=x", "keys=x", f"keys={KEY},x",
        "word=C", f"keys={','.join([KEY] * 4)}", "all=a%0Ab",
    ],
)  # fmt: skip
def test_a_wrong_filter_is_named(text: str) -> None:
    with pytest.raises((Invalid, TooLarge)) as error:
        read_filters(text)
    assert error.value.field == text.split("=")[0] and error.value.message.startswith(error.value.field)


def test_a_required_parameter_is_required() -> None:
    with pytest.raises(Invalid, match="must is required"):
        read(QueryDict(""), ParametersSerializer)


class MediaFilterSet(SelectionFilterSet):
    dataset = UUIDListFilter("datasets")
    part = TextFilter("name_contains")
    has_missing_tags = BooleanFilter()
    other = TextFilter()


def test_filters_fill_the_selection() -> None:
    def selected(text: str) -> dict[str, Any]:
        filterset = MediaFilterSet(QueryDict(text), queryset=Media.objects.none())
        assert filterset.is_valid()
        return filterset.get_selection().as_params()

    assert selected("") == selected("other=x") == {}
    assert selected(f"dataset={KEY}&part=a&has_missing_tags=0") == {
        "datasets": [KEY],
        "name_contains": "a",
        "has_missing_tags": False,
    }
