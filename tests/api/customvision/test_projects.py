"""Domains and projects."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.models import Membership, Project, TagGroup
from tests.api.customvision.conftest import ANY, MALFORMED, Callers, caller
from tests.world import World, make_project

DETECTION = "da2e3a8a-40a5-4171-82f4-58522f70fbc1"
LOGO = "1d8ffafe-ec40-4fb2-8f90-72b3b6cecea4"
CLASSIFICATION = "ee85a74c-405e-4adc-bb47-ffa8ca0c9f31"


def test_domains(by: Callers) -> None:
    found = by.otto.get("/domains")
    assert len({domain["id"] for domain in found}) == len(found) == 14
    (general,) = [d for d in found if (d["name"], d["type"]) == ("General", "ObjectDetection")]
    assert general == {
        "id": DETECTION, "name": "General", "type": "ObjectDetection", "exportable": False, "enabled": True, "exportablePlatforms": [],
    }  # fmt: skip
    assert by.vera.get(f"/domains/{DETECTION}") == general
    assert by.vera.xml("/domains").findall("Domain")[8].findtext("Exportable") == "false"
    for key in (*MALFORMED, ANY):
        by.vera.refused("GET", f"/domains/{key}", 404, "NotFoundDomain")
    caller(None).refused("GET", "/domains", 401, "ForbiddenUser")


def test_create_read_change_delete(w: World, by: Callers) -> None:
    query = f"name=Caf%C3%A9&description=x&domainId={DETECTION}&targetExportPlatforms=CoreML,ONNX"
    made = by.max.post("/projects", query=query)
    row = Project.objects.get(pk=made["id"])
    assert (row.name, row.description, row.workspace_id, row.owner_id) == (
        "Café",
        "x",
        w.workspace.pk,
        w.max.pk,
    )
    assert made == {
        "id": str(row.pk), "name": "Café", "description": "x", "created": made["created"], "lastModified": made["lastModified"],
        "settings": {
            "domainId": DETECTION, "classificationType": None, "targetExportPlatforms": ["CoreML", "ONNX"], "useNegativeSet": False,
            "detectionParameters": None, "exportModelContainerUri": None, "notificationQueueUri": None,
        },
        "thumbnailUri": None, "drModeEnabled": False, "status": "Succeeded",
    }  # fmt: skip
    assert by.vera.get(f"/projects/{row.pk}") == made
    assert by.vera.get(f"/projects/{row.pk}/tags") == [] == by.vera.get(f"/projects/{row.pk}/images")
    changed = by.max.patch(f"/projects/{row.pk}", made | {"name": "Tea", "settings": {"domainId": LOGO}})
    assert (changed["name"], changed["description"], changed["settings"]["domainId"]) == ("Tea", "x", LOGO)
    assert changed["settings"]["targetExportPlatforms"] == ["CoreML", "ONNX"]
    assert by.max.patch(f"/projects/{row.pk}", {"description": None})["description"] == ""
    assert by.olga.delete(f"/projects/{row.pk}") is None
    by.olga.refused("GET", f"/projects/{row.pk}", 404, "NotFoundProject")


def test_one_tag_for_an_image_is_the_rule_of_the_default_group(w: World, by: Callers) -> None:
    made = by.max.post("/projects", query="name=Kinds&classificationType=Multiclass")
    assert (made["settings"]["domainId"], made["settings"]["classificationType"]) == (
        CLASSIFICATION,
        "Multiclass",
    )
    group = TagGroup.all_objects.get(project=made["id"])
    assert group.kind == "SELECTION"
    kind = {"settings": {"classificationType": "Multilabel"}}
    assert by.max.patch(f"/projects/{made['id']}", kind)["settings"]["classificationType"] == "Multilabel"
    group.refresh_from_db()
    assert group.kind == "MULTIPLE-SELECTION"
    TagGroup.all_objects.update(kind="SELECTION")
    assert by.vera.get(f"/projects/{made['id']}")["settings"]["classificationType"] == "Multiclass"


def test_a_project_made_elsewhere_is_one_for_boxes(w: World, by: Callers, p: str) -> None:
    found = by.vera.get(p)
    assert (found["name"], found["settings"]["domainId"], found["settings"]["classificationType"]) == (
        "Streets",
        DETECTION,
        None,
    )


def test_the_list_is_what_the_key_may_see(w: World, by: Callers) -> None:
    make_project(w.workspace, "Another")
    make_project(w.workspace, "Hidden", origin="catalog")
    theirs = w.other_project()
    assert [project["name"] for project in by.vera.get("/projects")] == ["Another", "Streets"]
    assert [project["id"] for project in by.otto.get("/projects")] == [str(theirs.pk)]
    limited = caller(w.token(w.olga, workspace=w.workspace, project=w.project))
    assert [project["name"] for project in limited.get("/projects")] == ["Streets"]
    assert [name.text for name in by.vera.xml("/projects").iter("Name")] == ["Another", "Streets"]


def test_a_key_of_several_workspaces_cannot_say_where(w: World, by: Callers) -> None:
    Membership.all_objects.create(workspace=w.other_workspace, user=w.olga, role="owner")
    by.olga.refused("POST", "/projects", 400, "BadRequest", query="name=x")
    limited = caller(w.token(w.olga, workspace=w.other_workspace))
    made = limited.post("/projects", query="name=x")
    assert Project.objects.get(pk=made["id"]).workspace_id == w.other_workspace.pk


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "BadRequestProjectName"),
        ("name=%20", "BadRequestProjectName"),
        ("name=a%00", "BadRequestProjectName"),
        ("name=" + "x" * 201, "BadRequestProjectName"),
        ("name=x&description=" + "y" * 2001, "BadRequestProjectDescription"),
        ("name=x&domainId=nonsense", "BadRequestProjectUnknownDomain"),
        (f"name=x&domainId={ANY}", "BadRequestProjectUnknownDomain"),
        ("name=x&classificationType=Both", "BadRequestProjectUnknownClassification"),
        ("name=x&targetExportPlatforms=CoreML,Mine", "BadRequestProjectUnsupportedExportPlatform"),
    ],
)
def test_what_no_project_may_be(by: Callers, query: str, code: str) -> None:
    by.max.refused("POST", "/projects", 400, code, query=query)
    assert Project.objects.count() == 1


def test_storage_options_are_refused_not_ignored(by: Callers) -> None:
    body = {"exportModelContainerUri": "https://example.org/x"}
    by.max.refused("POST", "/projects", 400, "BadRequestNotSupported", body, query="name=x")
    by.max.post("/projects", {"notificationQueueUri": None}, query="name=x")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": ""}, "BadRequestProjectName"),
        ({"name": 5}, "BadRequestProjectName"),
        ({"settings": []}, "BadRequest"),
        ({"settings": {"domainId": ANY}}, "BadRequestProjectUnknownDomain"),
        ({"settings": {"domainId": CLASSIFICATION}}, "BadRequestProjectUnsupportedDomainTypeChange"),
        ({"settings": {"classificationType": 1}}, "BadRequestProjectUnknownClassification"),
        (b"{", "BadRequest"),
        (b"[NaN]", "BadRequest"),
    ],
)
def test_what_no_project_may_become(by: Callers, p: str, body: Any, code: str) -> None:
    before = by.vera.get(p)
    by.max.refused("PATCH", p, 400, code, body)
    assert by.vera.get(p) == before


def test_who_may(w: World, by: Callers, p: str) -> None:
    no = "ForbiddenUserInsufficientCapability"
    for user in (by.vera, by.ann, by.rosa):
        user.refused("POST", "/projects", 403, no)
        user.refused("PATCH", p, 403, no, b"{")
        user.refused("DELETE", p, 403, no)
    by.max.refused("DELETE", p, 403, no)
    for method in ("GET", "PATCH", "DELETE"):
        by.otto.refused(method, p, 404, "NotFoundProject")
    limited = caller(w.token(w.olga, workspace=w.workspace, project=w.project))
    limited.refused("POST", "/projects", 403, "ForbiddenUserResource")


@pytest.mark.parametrize("key", [*MALFORMED, ANY])
def test_a_project_that_is_not_there(by: Callers, key: str) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        by.olga.refused(method, f"/projects/{key}", 404, "NotFoundProject")


def test_queries(w: World, by: Callers, p: str, django_assert_num_queries: Any) -> None:
    for number in range(12):
        make_project(w.workspace, f"P {number}")
    with django_assert_num_queries(2):  # key, projects
        assert len(by.vera.get("/projects")) == 13
    with django_assert_num_queries(3):
        by.vera.get(p)


def test_every_other_address_says_so(by: Callers, p: str) -> None:
    for path in (
        "/",
        "/nothing",
        f"{p}/images/{ANY}",
    ):
        by.olga.refused("GET", path, 404, "NotFound")
    caller(None).refused("GET", "/nothing", 401, "ForbiddenUser")
