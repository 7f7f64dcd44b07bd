"""What holds for every address of the dialect: credentials, order of refusals, spellings, ids, error bodies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern

from annotator.models import Membership, Role
from annotator.services.accounts import tokens
from api.common.viewsets import DialectViewSet
from api.hasty.pagination import HastyPagination
from api.hasty.urls import urlpatterns
from api.hasty.viewsets import UnknownAddressView
from tests.api.client import Api
from tests.api.hasty.conftest import ANY, MALFORMED, Callers, caller
from tests.world import World, make_dataset, make_images

READS = {None, "project.read", "workspace.read"}


@dataclass(frozen=True, slots=True)
class Address:
    """One method of one address: its route below /v1, and the viewset and action that respond."""

    method: str
    route: str
    viewset: type[DialectViewSet]
    action: str

    def path(self, ids: dict[str, str]) -> str:
        return "/" + re.sub(r"<str:(\w+)>", lambda found: ids[found[1]], self.route)

    @property
    def names(self) -> list[str]:
        return re.findall(r"<str:(\w+)>", self.route)

    @property
    def permission(self) -> str | None:
        return self.viewset.permission_actions[self.action]

    @property
    def has_body(self) -> bool:
        return self.action in self.viewset.request_serializer_classes

    @property
    def is_paged(self) -> bool:
        view = self.viewset()
        view.action = self.action
        return self.action == "list" and view.pagination_class is HastyPagination


def _addresses() -> list[Address]:
    found = []
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        view = pattern.callback.cls  # type: ignore[attr-defined]
        route = str(pattern.pattern)
        if view is not UnknownAddressView and not route.endswith("/"):
            actions = pattern.callback.actions  # type: ignore[attr-defined]
            found += [
                Address(method.upper(), route, view, action)
                for method, action in actions.items()
                if method != "head"
            ]
    return found


ADDRESSES = _addresses()


def refused(answer_of: Api, method: str, path: str, status: int, body: object = b"not json") -> str:
    """Ask with a body that is no JSON, assert the refusal and return its code."""
    answer = answer_of.raw(method, path, body, query="limit=-1&count=x")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json"), (
        method,
        path,
        answer.content,
    )
    said = answer.json()
    assert set(said) == {"code", "message"} and said["message"] and len(answer["X-Request-ID"]) == 32
    return str(said["code"])


def test_the_page_of_the_dialect_names_every_operation_and_no_other() -> None:
    page = (Path(settings.BASE_DIR) / "docs/dialects/hasty.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z]+) \| `([^`]+)` \|", page, flags=re.MULTILINE)
    found = {(address.method, re.sub(r"<str:(\w+)>", r"{\1}", address.route)) for address in ADDRESSES}
    assert len(rows) == len(set(rows))
    assert {(method, re.sub(r"^P\b", "projects/{project_id}", path)) for method, path in rows} == found


def test_first_comes_the_credential(named: dict[str, str]) -> None:
    for address in ADDRESSES:
        for token in (None, "nonsense", f"{ANY}.secret"):
            for ids in (named, dict.fromkeys(named, "nonsense")):
                assert refused(caller(token), address.method, address.path(ids), 401) == "unauthenticated"


def test_then_every_object_of_the_path(by: Callers, named: dict[str, str]) -> None:
    for address in ADDRESSES:
        for name in address.names:
            for wrong in (ANY, *MALFORMED):
                assert (
                    refused(by.vera, address.method, address.path({**named, name: wrong}), 404) == "missing"
                )
        if address.names:
            assert refused(by.otto, address.method, address.path(named), 404) == "missing"


def test_then_the_role(by: Callers, named: dict[str, str]) -> None:
    writes = [address for address in ADDRESSES if address.permission not in READS]
    assert len(writes) > 30
    for address in writes:
        assert refused(by.vera, address.method, address.path(named), 403) == "role"


def test_then_query_and_body(by: Callers, named: dict[str, str]) -> None:
    for address in ADDRESSES:
        if address.has_body or address.is_paged:
            assert refused(by.olga, address.method, address.path(named), 400) in {"invalid", "malformed_json"}


def test_an_object_of_another_project_is_not_in_this_one(
    w: World, by: Callers, named: dict[str, str]
) -> None:
    """Otto joins: he is a member of both workspaces, but a path must not mix them."""
    Membership.all_objects.create(workspace=w.workspace, user=w.otto, role=Role.OWNER)
    other = w.other_project()
    make_images(make_dataset(other, "Theirs"), 1)
    for address in ADDRESSES:
        if len(address.names) > 1:
            mixed = address.path(
                {**named, "project_id": str(other.pk), "workspace_id": str(other.workspace_id)}
            )
            assert refused(by.otto, address.method, mixed, 404) == "missing"
            if address.method == "GET":
                assert by.otto.raw("GET", address.path(named)).status_code == 200


def test_a_token_of_one_workspace_or_project_sees_no_other(w: World, named: dict[str, str]) -> None:
    Membership.all_objects.create(workspace=w.other_workspace, user=w.olga, role=Role.OWNER)
    narrow = caller(w.token(w.olga, workspace=w.other_workspace))
    assert [row["id"] for row in narrow.get("/workspaces")["items"]] == [str(w.other_workspace.pk)]
    assert narrow.get("/projects")["items"] == []
    for address in ADDRESSES:
        if address.names:
            assert refused(narrow, address.method, address.path(named), 404) == "missing"
    one = tokens.issue(user=w.olga, name="t", workspace=w.other_workspace, project=w.other_project())[1]
    assert [row["id"] for row in caller(one).get("/projects")["items"]] == [str(w.other_project().pk)]
    assert refused(caller(one), "PUT", f"/workspaces/{w.other_workspace.pk}", 403) == "token_scope"


def test_both_spellings_answer_and_nothing_redirects(by: Callers, named: dict[str, str]) -> None:
    for address in ADDRESSES:
        if address.method == "GET" and address.action != "create_by_query":
            path = address.path(named)
            assert by.max.raw("GET", path).content == by.max.raw("GET", f"{path}/").content
            assert by.max.raw("GET", f"{path}/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/projects/x/y/z", "/projects//", "/a%0Ab", "/%F0%9F%98%80"]
)
def test_unknown_addresses_are_refused_in_form(by: Callers, path: str) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert refused(by.vera, method, path, 404) == "missing"
        assert refused(caller(None), method, path, 401) == "unauthenticated"


def test_a_method_that_an_address_has_not(by: Callers, p: str) -> None:
    answer = by.olga.raw("PATCH", p, {})
    assert (answer.status_code, answer["Allow"], answer.json()["code"]) == (
        405,
        "GET, HEAD, PUT, DELETE",
        "method_not_allowed",
    )
    assert by.olga.raw("OPTIONS", p).status_code == 405
    assert by.olga.raw("HEAD", p).status_code == 200


def test_bodies_are_read_whatever_their_type_is_called(by: Callers, p: str) -> None:
    for kind in (
        "",
        "text/plain",
        "image/*",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "nonsense",
    ):
        made = by.max.raw("POST", f"{p}/datasets", {"name": f"of {kind}"}, content_type=kind)
        assert made.status_code == 200, made.content
    answer = by.vera.raw(
        "GET", p, headers={"Accept": "text/html", "Cookie": "ui_last_state=x", "Content-Type": "image/*"}
    )
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_unknown_fields_are_ignored_and_ids_of_any_case_read(w: World, by: Callers) -> None:
    made = by.olga.post("/projects", {"name": "x", "colour": 5, "workspace_id": str(w.workspace.pk).upper()})
    assert made["id"] == made["id"].lower() and len(made["id"]) == 36
    assert by.olga.get(f"/projects/{made['id'].upper()}")["id"] == made["id"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", made["created_on"])


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"NaN", b'{"name": NaN}', b'{"name": "\\u0000"}', b'{"name": "a\\u0000b"}', b'{"name": "\\ud800"}',
        b'{"name": "\xff"}', b"[]", b'"x"', b"null", b'{"name": 5}', b'{"name": ""}', b'{"name": "a\\nb"}', b'{"name": null}',
        b'{"name": "x", "norder": 1e999}', b'{"name": "x", "norder": "1"}', b"[" * 2000,
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_nothing_is_written(w: World, by: Callers, p: str, raw: bytes) -> None:
    answer = by.max.raw("POST", f"{p}/datasets", raw)
    assert answer.status_code == 400 and set(answer.json()) == {"code", "message"}
    assert [row["name"] for row in by.max.get(f"{p}/datasets")["items"]] == ["Morning"]


def test_pages(w: World, by: Callers, p: str) -> None:
    for name in ("B", "c", "a 10", "a 9"):
        make_dataset(w.project, name)
    everything = by.vera.get(f"{p}/datasets")
    assert [row["name"] for row in everything["items"]] == ["a 9", "a 10", "B", "c", "Morning"]
    assert everything["meta"] == {
        "object": "list",
        "limit": 100,
        "offset": 0,
        "total": 5,
        "search_parameters": {},
    }
    second = by.vera.get(f"{p}/datasets", "offset=1&limit=2")
    assert [row["name"] for row in second["items"]] == ["a 10", "B"]
    assert (second["meta"]["limit"], second["meta"]["offset"], second["meta"]["total"]) == (2, 1, 5)
    for query, total in (("limit=0", 5), ("offset=5", 5), ("offset=6", 5), ("offset=9223372036854775807", 5)):
        page = by.vera.get(f"{p}/datasets", query)
        assert (page["items"], page["meta"]["total"]) == ([], total)
    assert by.vera.get(f"{p}/datasets", "limit=100000")["meta"]["limit"] == 1000
    found = by.vera.get(f"{p}/datasets", "name=A%20")
    assert (found["meta"]["search_parameters"], found["meta"]["total"]) == ({"name": "A"}, 2)
    for wrong in ("offset=-1", "limit=x", "limit=1.5", "offset=99999999999999999999"):
        by.vera.get(f"{p}/datasets", wrong, status=400)
