"""Bad input to every operation, made from the schema, so that an operation that comes is covered: 400 by name, nothing written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from annotator.models import Event, Upload
from tests.api.fuzz import KINDS, Operation, operations, resolve, sample, takes
from tests.api.hasty.conftest import ANY, Callers
from tests.world import World, make_class, make_dataset, make_images

Json = dict[str, Any]

#: Ids that name nothing of the project and are no mistake: those that a client gives to what it makes, those of what
#: only a model could have, and, in deletions, what is gone already.
FREE_IDS = frozenset({"id", "experiment_id", "model_id"})
#: What a body needs besides the fields that it must have, so that the wrong one is all that is wrong.
BESIDES = {"bbox": [1, 1, 9, 9], "filename": "a.jpg"}
#: Labels are named by id or label_id, and called id in refusals.
CALLED = {"label_id": "id"}
PAGE_EDGES = (
    ("limit", "-1"),
    ("limit", "1.5"),
    ("limit", "x"),
    ("offset", "-1"),
    ("offset", "99999999999999999999"),
)


@pytest.fixture
def known(named: dict[str, str]) -> dict[str, str]:
    """Ids by the names of fields and of parts of paths."""
    return {
        **named,
        "class_id": named["label_class_id"],
        "id": named["label_id"],
        "parent_id": named["label_class_id"],
    }


@pytest.fixture
def foreign(w: World) -> dict[str, str]:
    """Ids of another project by the names of fields."""
    other = w.other_project()
    dataset = make_dataset(other, "Theirs")
    (image,) = make_images(dataset, 1)
    concept = make_class(other, "theirs", 7)
    return {"dataset_id": str(dataset.pk), "dataset_ids": str(dataset.pk), "class_id": str(concept.pk),
            "label_class_id": str(concept.pk), "parent_id": str(concept.pk), "image_id": str(image.pk),
            "project_id": str(other.pk)}  # fmt: skip


def written() -> tuple[int, int]:
    """Return how much was written: every service records an event, and upload slots are rows."""
    return Event.all_objects.count(), Upload.objects.count()


def broken(one: Operation, ids: dict[str, str], foreign: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """Yield wrong bodies with the field that the refusal must name; "" is the body itself."""
    assert one.body is not None
    schema = resolve(one.body)
    is_list = schema.get("type") == "array"
    item = resolve(schema["items"]) if is_list else schema
    properties = item.get("properties", {})
    good = sample(item, ids)
    if isinstance(good, dict):
        good |= {name: value for name, value in BESIDES.items() if name in properties}
        if "label_id" in properties:
            good["label_id"] = ids["label_id"]
    for value in KINDS:
        if not takes(schema, value):
            yield "", value
        if is_list and not takes(item, value):
            yield "", [value]
    if is_list:
        yield "", [good] * (schema["maxItems"] + 1)
    if item.get("type") != "object":
        return
    for name, field in properties.items():
        for value in wrong_values(name, field, foreign, is_deletion=one.method == "DELETE"):
            body = {**good, name: value, **({"url": "https://x.example/a"} if name == "bucket_id" else {})}
            yield name, [body] if is_list else body
        if name in item.get("required", ()):
            body = {key: value for key, value in good.items() if key != name}
            yield name, [body] if is_list else body


def wrong_values(name: str, field: Json, foreign: dict[str, str], *, is_deletion: bool) -> Iterator[Any]:
    """Yield values that a field does not take: of other types, not of its enumeration, ids of elsewhere."""
    field = resolve(field)
    kind = field.get("type")
    yield from (value for value in KINDS if kind and not takes(field, value))
    if "enum" in field:
        yield "no such"
    if field.get("format") == "uuid":
        yield "no uuid"
        if name not in FREE_IDS and not is_deletion:
            yield foreign.get(name, ANY)
    for bound, step in (("minimum", -1), ("maximum", 1)):
        if kind == "integer" and bound in field:
            yield field[bound] + step
    if kind == "array" and field.get("maxItems", 10_000) <= 1_000:
        yield [sample(field["items"], foreign)] * (field["maxItems"] + 1)


def test_bodies(by: Callers, known: dict[str, str], foreign: dict[str, str]) -> None:
    before, wrong, asked = written(), [], 0
    for one in operations("/v1", known):
        query = "count=1" if "count" in one.parameters else ""
        for name, body in broken(one, known, foreign) if one.body else ():
            with transaction.atomic():
                answer = by.olga.raw(one.method, one.path, body, query=query)
                if answer.status_code == 200:
                    transaction.set_rollback(True)
            asked += 1
            said = answer.json() if answer.content else {}
            if (
                answer.status_code != 400
                or set(said) != {"code", "message"}
                or CALLED.get(name, name) not in said["message"]
            ):
                wrong.append(
                    f"{one.method} {one.path} {name} {json.dumps(body)[:150]}: {answer.status_code} {said}"
                )
    assert not wrong, "\n".join(wrong)
    assert asked > 1_000 and written() == before


def test_pages(by: Callers, known: dict[str, str]) -> None:
    paged = [one for one in operations("/v1", known) if "limit" in one.parameters]
    assert len(paged) >= 12
    for one in paged:
        for name, value in PAGE_EDGES:
            answer = by.olga.raw(one.method, one.path, query=f"{name}={value}")
            assert answer.status_code == 400 and name in answer.json()["message"], (one.path, name, value)
        for limit, is_called in (("0", 0), ("1000", 1000), ("1001", 1000), ("9223372036854775807", 1000)):
            page = by.olga.get(one.path, f"limit={limit}")
            assert page["meta"]["limit"] == is_called and (is_called or page["items"] == [])
        total = by.olga.get(one.path)["meta"]["total"]
        for offset in (total, total + 1, 9223372036854775807):
            page = by.olga.get(one.path, f"offset={offset}")
            assert (page["items"], page["meta"]["total"]) == ([], total)


def test_parameters(by: Callers, known: dict[str, str]) -> None:
    """Enumerations, numbers, flags and ids of a query string, of every operation that has some."""
    before = written()
    for one in operations("/v1", known):
        for name, parameter in one.parameters.items():
            schema = parameter["schema"]
            is_checked = schema.get("type") in ("integer", "boolean") or "enum" in schema
            is_checked |= "uuid" in (schema.get("format"), schema.get("items", {}).get("format"))
            if is_checked and one.method == "GET":
                answer = by.olga.raw(one.method, one.path, query=f"count=1&{name}=no%20such")
                assert answer.status_code == 400 and name in answer.json()["message"], (one.path, name)
    assert written() == before


def test_empty_lists_write_nothing(by: Callers, known: dict[str, str]) -> None:
    for one in operations("/v1", known):
        before = written()
        if one.body and resolve(one.body).get("type") == "array":
            assert by.olga.raw(one.method, one.path, []).status_code in (200, 204, 400), one.path
            assert written() == before, f"{one.method} {one.path}"
