"""Concepts of an app: created, listed, changed, searched and counted; the same are classes and tags elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.models import Concept, Tag
from tests.api.clarifai.conftest import Callers, caller
from tests.api.hasty.conftest import caller as hasty_caller
from tests.api.queries import counted
from tests.world import World


def add(by: Callers, *concepts: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = by.max.said("POST", "/concepts", {"concepts": list(concepts)})["concepts"]
    return found


def test_a_concept_is_a_class_and_a_tag_under_the_id_that_it_was_given(w: World, by: Callers) -> None:
    with counted("clarifai concepts create"):
        made = add(by, {"id": "d.o~g:1", "name": "Dog", "definition": "A pet.", "value": 0})[0]
    assert made == {
        "id": "d.o~g:1", "name": "Dog", "value": 1.0, "created_at": made["created_at"], "language": "en", "app_id": w.project.ref,
        "definition": "A pet.", "visibility": {"gettable": 10}, "user_id": w.workspace.ref,
    }  # fmt: skip
    assert made["created_at"].endswith("Z")
    row = Concept.all_objects.get(project=w.project, ref="d.o~g:1")
    assert (row.on_region, row.on_media, row.created_by_id) == (True, True, w.max.pk)
    hasty = hasty_caller(w.token(w.max))
    for noun in ("label_classes", "tag_classes"):
        listed = hasty.get(f"/projects/{w.project.pk}/{noun}")["items"]
        assert [one["name"] for one in listed if one["id"] == str(row.pk)] == ["Dog"]
    with counted("clarifai concepts get"):
        assert by.vera.said("GET", "/concepts/d.o~g:1") == {"concept": made}
    assert add(by, {"id": "cat"})[0]["name"] == "cat"


def test_pages_are_in_the_order_of_creation(w: World, by: Callers) -> None:
    add(by, *({"id": f"c{number}"} for number in range(3)))
    with counted("clarifai concepts list"):
        every = by.vera.said("GET", "/concepts")["concepts"]
    assert [one["id"] for one in every] == ["car-1", "person-2", "sunny-3", "c0", "c1", "c2"]
    assert [one["id"] for one in by.vera.said("GET", "/concepts", query="page=2&per_page=4")["concepts"]] == [
        "c1",
        "c2",
    ]
    assert by.vera.said("GET", "/concepts", query="page=9&perPage=4") == {"concepts": []}
    assert [one["id"] for one in by.vera.said("GET", "/concepts", query="id=C1")["concepts"]] == ["c1"]


def test_names_and_definitions_are_overwritten(w: World, by: Callers) -> None:
    add(by, {"id": "dog"}, {"id": "cat"})
    body = {
        "action": "overwrite",
        "concepts": [{"id": "dog", "name": "Hound"}, {"id": "cat", "definition": "Purrs."}],
    }
    found = by.max.said("PATCH", "/concepts", body)["concepts"]
    assert [(one["id"], one["name"], one.get("definition")) for one in found] == [
        ("dog", "Hound", None),
        ("cat", "cat", "Purrs."),
    ]
    assert Concept.all_objects.get(project=w.project, ref="dog").name == "Hound"
    missing = {
        "action": "overwrite",
        "concepts": [{"id": "dog", "name": "Other"}, {"id": "cow", "name": "Cow"}],
    }
    assert "cow" in by.max.said("PATCH", "/concepts", missing, code=11101, status=404)
    assert Concept.all_objects.get(project=w.project, ref="dog").name == "Hound"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("dog*", ["dog", "dogs"]), ("DOG", ["dog", "dogs"]), ("*og", ["dog", "hotdog"]), ("h*d*g", ["hotdog"]), ("", None),
        ("*", None), ("dog.", []), ("d%", []), ("nothing*", []), ("(", []),
    ],
)  # fmt: skip
def test_searches_by_name_with_wildcards(w: World, by: Callers, name: str, found: list[str] | None) -> None:
    add(by, {"id": "1", "name": "dog"}, {"id": "2", "name": "dogs"}, {"id": "3", "name": "hotdog"})
    body = {"concept_query": {"name": name}, "pagination": {"page": 1, "per_page": 10}}
    said = by.vera.said("POST", "/concepts/searches", body)["concepts"]
    every = ["car", "person", "sunny", "dog", "dogs", "hotdog"]
    assert [one["name"] for one in said] == (every if found is None else found)


def test_inputs_are_counted_once_for_each_concept(w: World, by: Callers) -> None:
    for image, value in zip(w.images, (1.0, 0.0, 0.4), strict=True):
        Tag.all_objects.create(project=w.project, media=image, concept=w.sunny, value=value)
    for image in (w.images[0], w.images[0], w.images[1]):
        w.box(image, w.car)
    w.images[1].health = "ERROR"
    w.images[1].save()
    with counted("clarifai concept counts"):
        found = by.vera.said("GET", "/concepts/status")["concept_counts"]
    none = {"positive": 0, "negative": 0}
    assert found == [
        {
            "id": "car-1", "name": "car", "concept_type_count": {"positive": 2, "negative": 0},
            "detail_concept_count": {"processed": {"positive": 1, "negative": 0}, "to_process": none, "errors": {"positive": 1, "negative": 0}, "processing": none},
        },
        {
            "id": "person-2", "name": "person", "concept_type_count": none,
            "detail_concept_count": {"processed": none, "to_process": none, "errors": none, "processing": none},
        },
        {
            "id": "sunny-3", "name": "sunny", "concept_type_count": {"positive": 2, "negative": 1},
            "detail_concept_count": {"processed": {"positive": 2, "negative": 0}, "to_process": none, "errors": {"positive": 0, "negative": 1}, "processing": none},
        },
    ]  # fmt: skip


BAD = [
    ("POST", "/concepts", {"concepts": [{"id": "car-1", "name": "new"}]}, 40003, "duplicate"),
    ("POST", "/concepts", {"concepts": [{"id": "new", "name": "Car"}]}, 40003, "duplicate"),
    ("POST", "/concepts", {"concepts": [{"id": "new"}, {"id": "new"}]}, 40003, "duplicate"),
    ("POST", "/concepts", {"concepts": [{"id": "a b"}]}, 11102, "id"),
    ("POST", "/concepts", {"concepts": [{"id": "a/b"}]}, 11102, "id"),
    ("POST", "/concepts", {"concepts": [{"name": "no id"}]}, 11102, "id"),
    ("POST", "/concepts", {"concepts": [{"id": "new", "name": "x" * 201}]}, 11102, "name"),
    ("POST", "/concepts", {"concepts": []}, 11102, "concepts"),
    ("POST", "/concepts", {"concepts": [{"id": str(number)} for number in range(129)]}, 11102, "128"),
    ("POST", "/concepts", {"concepts": {}}, 11102, "concepts"),
    ("POST", "/concepts", {"concepts": [[]]}, 11102, "concepts[0]"),
    ("POST", "/concepts", {"concepts": [{"id": 7}]}, 11102, "id"),
    ("POST", "/concepts", {"concepts": [{"id": "n", "value": "NaN"}]}, 11102, "value"),
    ("POST", "/concepts", [], 11102, "object"),
    ("POST", "/concepts", b"{", 11100, ""),
    ("POST", "/concepts", b'{"concepts": ' + b"[" * 500 + b"]" * 500 + b"}", None, ""),
    ("PATCH", "/concepts", {"concepts": [{"id": "car"}]}, 11102, "action"),
    ("PATCH", "/concepts", {"concepts": [{"id": "car"}], "action": "merge"}, 11102, "action"),
    ("PATCH", "/concepts", {"concepts": [{"id": "person-2", "name": "car"}], "action": "overwrite"}, 40003, "duplicate"),
    ("POST", "/concepts/searches", {"concept_query": {"name": "a\u0007"}}, 11102, "name"),
    ("POST", "/concepts/searches", {"pagination": {"per_page": 1001}}, 11102, "per_page"),
    ("POST", "/concepts/searches", {"pagination": {"page": -1}}, 11102, "page"),
    ("POST", "/concepts/searches", {"concept_query": {"model": {"id": "m"}}}, 21200, "model"),
    ("GET", "/concepts?per_page=1001", None, 11102, "per_page"),
    ("GET", "/concepts?page=x", None, 11102, "page"),
    ("GET", "/concepts?page=99999999999999999999", None, 11102, "page"),
    ("GET", "/concepts?page=4294967295", None, 11102, "page"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "word"), BAD, ids=[str(n) for n in range(len(BAD))]
)
def test_bad_input(
    w: World, by: Callers, method: str, path: str, body: Any, code: int | None, word: str
) -> None:
    before = Concept.all_objects.count()
    path, _, query = path.partition("?")
    answer = by.max.raw(method, path, *([] if body is None else [body]), query=query)
    said = answer.json()
    assert set(said) == {"status"} and 400 <= answer.status_code < 500, said
    assert code in (None, said["status"]["code"]) and word in said["status"]["details"], said
    assert Concept.all_objects.count() == before


def test_who_may_and_who_sees(w: World, by: Callers) -> None:
    body = {"concepts": [{"id": "new"}]}
    for method, path in (("POST", "/concepts"), ("PATCH", "/concepts")):
        assert by.ann.said(method, path, body, code=11007, status=403)
        assert by.otto.said(method, path, body, code=11101, status=404)
    for path in ("/concepts", "/concepts/car-1", "/concepts/status"):
        assert by.otto.said("GET", path, code=11101, status=404)
    assert by.otto.said("POST", "/concepts/searches", {}, code=11101, status=404)
    for concept_id in ("cow", "%00", "x" * 129, "a%20b"):
        assert by.vera.said("GET", f"/concepts/{concept_id}", code=11101, status=404)
    assert by.vera.said("PUT", "/concepts", body, code=11103, status=405)


def test_short_addresses_take_the_app_from_the_key_the_query_or_the_body(w: World, by: Callers) -> None:
    names = {"user_id": "me", "app_id": w.project.ref}
    short = caller(w.token(w.max))
    query = f"user_app_id.user_id=me&user_app_id.app_id={w.project.ref}"
    assert short.said("GET", "/concepts/car-1", query=query)["concept"]["id"] == "car-1"
    assert short.said("POST", "/concepts", {"userAppId": names, "concepts": [{"id": "new"}]})["concepts"]
    assert "app_id" in short.said("GET", "/concepts", code=11102, status=400)
    assert "app_id" in short.said("POST", "/concepts", {"concepts": [{"id": "n2"}]}, code=11102, status=400)
    viewer = caller(w.token(w.vera))
    assert viewer.said(
        "POST", "/concepts", {"user_app_id": names, "concepts": [{"id": "n3"}]}, code=11007, status=403
    )
    stranger = caller(w.token(w.otto))
    assert stranger.said(
        "POST", "/concepts", {"user_app_id": names, "concepts": [{"id": "n3"}]}, code=11101, status=404
    )
    of_app = caller(w.token(w.max, workspace=w.workspace, project=w.project))
    assert len(of_app.said("GET", "/concepts")["concepts"]) == 4
