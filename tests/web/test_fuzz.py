"""Wrong values in every field and parameter of our own pages and of their scripts' endpoints: never an error of ours.

Each route has a valid request in `REQUESTS`; a route without one fails `test_every_route_has_a_request`.
"""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client

from annotator.domain.ids import uuid7
from annotator.models import Membership, TagGroup
from annotator.services.accounts import tokens
from annotator.services.buckets import buckets
from annotator.services.insight import augmentation
from annotator.services.jobs import jobs
from annotator.services.media import uploads
from annotator.services.review import issues
from annotator.services.vocabulary import attributes, keypoint_edits, keypoint_schemas
from annotator.services.workspaces import invitations
from annotator.web import urls
from tests.share import share
from tests.world import World

#: Values of every JSON type; most are of the wrong one, wherever they are put.
VALUES: tuple[Any, ...] = (
    None, True, -1, 2**63, 1e300, "", "x", "a" * 100_001, "\x00", "\u202e😀", [], [[]], ["x", None, {}], {}, {"a": [1]},
)  # fmt: skip
#: Values of parameters of a query string, escaped.
PARAMETERS: tuple[str, ...] = (
    "x", "abc", "-1", "1e9", "9223372036854775807", "99999999999999999999", "NaN", "%00", "%ff", "%ED%A0%80", "a,b", ",",
    "admin:index", "//example.org", "/%5Cexample.org", "%0A", "none", "%D9%A3", quote("é" * 1_001),
    "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
FILTERS = "dataset status class tag batch health name"

#: Parameters of the GET of a route, and the valid body of its POST; `$name` is an id of the world.
QUERIES: dict[str, str] = {
    "augmentation": "", "augmentation-list": "",
    "home": "workspace", "projects": "workspace", "sign-in": "next", "sign-in-link": "", "invitation": "", "account-email-verify": "", "security-log": "kind person since until before format", "sign-out": "",
    "account": "", "workspaces": "", "workspace": "", "tokens": "", "jobs": "part show project start",
    "job-state": "", "project": "days part", "label-next": FILTERS, "review-next": "", "project-members": "",
    "project-settings": "", "media": f"start {FILTERS}", "upload": "dataset", "upload-report": "",
    "tiles": f"start limit count after {FILTERS}", "overlays": "ids", "media-ids": f"start limit {FILTERS}",
    "datasets": "", "classes": "kind chosen", "class-merge-preview": "target role", "exports": "part",
    "label": FILTERS, "media-state": FILTERS, "media-history": "seq", "project-session": "", "project-events": "since media limit",
    "project-film": f"around at before after {FILTERS}", "project-trash": "part before", "workspace-trash": "part before",
    "attributes": "chosen", "keypoints": "", "keypoint-schema": "", "keypoint-schema-uses": "point", "keypoint-examples": "name id",
    "issues": "", "media-suggestions": "", "class-guidelines": "", "video": "", "statuses": "", "quality": "severity code dataset name start format", "duplicates": "distance start", "activities": "",
    "buckets": "", "bucket-import": "dataset part", "bucket-browse": "prefix",
}  # fmt: skip
BOX = {"concept": "$car", "box": [1, 2, 30, 40], "z": 1, "tool": "box", "origin": "human", "score": 0.5, "is_crowd": False,
       "external_id": "7"}  # fmt: skip
ATTRIBUTE = {
    "name": "Color", "type": "SELECTION", "subject_type": "LABEL", "description": "text", "is_required": True, "min": None, "max": None,
    "default": "red", "values": [{"id": None, "value": "red"}], "classes": ["$car"],
}  # fmt: skip
FLIP = {"name": "rotate", "enabled": True, "params": {"maximum_degrees": 30}}
BODIES: dict[str, dict[str, Any]] = {
    "augmentation-create": {"name": "Flips"},
    "augmentation-change": {
        "name": "Flips", "number_of_new_images": 2, "probability": 0.5, "is_initial": True, "transformations": [FLIP],
    },
    "augmentation-delete": {},
    "augmentation-restore": {
        "id": "$op", "name": "Flips", "feature": "", "number_of_new_images": 2, "probability": 0.5, "is_initial": True,
        "transformations": [FLIP],
    },
    "augmentation-preview": {"media": "$image", "probability": 0.5, "copies": 1, "transformations": [FLIP]},
    "attribute-create": ATTRIBUTE,
    "attribute-change": ATTRIBUTE,
    "attribute-order": {"ids": ["$attribute"]},
    "attribute-delete": {},
    "keypoint-schema-create": {"template": "coco_person_17", "name": "Body", "classes": ["$person"]},
    "keypoint-schema-delete": {},
    "issue-delete": {},
    "status-create": {"name": "Blurred", "color": "#112233"},
    "status-change": {"name": "Blurred", "color": "#112233"},
    "status-order": {"ids": ["$status"]},
    "status-delete": {"target": "$status"},
    "status-restore": {"id": "$op", "name": "Blurred", "color": "#112233", "order": 3, "change": "$op2"},
    "keypoint-schema-change": {
        "version": "$version", "name": "Head", "kind": "pose", "classes": ["$person"], "edges": [{"a": "$op", "b": "$op2", "color": ""}],
        "points": [{"id": "$op", "name": "nose", "editor_x": 0.5, "editor_y": 0.5}, {"id": "$op2", "name": "eye", "color": "#112233"}],
    },
    "keypoint-schema-restore": {
        "id": "$op", "name": "Foot", "kind": "pose", "description": "", "template": "", "order": 1, "classes": [], "edges": [], "concepts": ["$person"],
    },
    "bucket-create": {"description": "Camera", "cloud_provider": "dummy", "secret": "."},
    "bucket-change": {"description": "Old camera", "cloud_provider": "dummy", "secret": "."},
    "bucket-test": {},
    "duplicates-merge": {"keep": "$image", "images": "$both", "annotations": "on", "here": "distance=4&start=0"},
    "duplicates-search": {"distance": "4"},
    "duplicates-undo": {"kept": "$image", "trashed": ["$other"], "labels": ["$label"], "tags": ["$sunny"]},
    "bucket-import-start": {"bucket": "$bucket", "prefix": "2024/", "dataset": "$dataset", "new_dataset": "", "copy": "on"},
    "bucket-delete": {},
    "export-preview": {"format": "yolo", "datasets": ["$dataset"], "statuses": ["$status"], "class": ["$car"]},
    "project-create": {"workspace": "$workspace", "name": "New", "description": "", "content_type": "IMAGES"},
    "sign-in": {"name": "ann", "password": "wrong", "next": "/", "stay": "on"},
    "sign-out": {},
    "account-profile": {"display_name": "Olga", "email": "olga@example.org"},
    "account-password": {"old": "", "new": "correct horse battery"},
    "account-email": {},
    "sessions-end-others": {},
    "session-end": {},
    "invitation": {"answer": "new", "username": "nina"},
    "invitation-accept": {},
    "invitation-decline": {},
    "invitation-link": {},
    "invitation-revoke": {},
    "set_language": {"language": "de", "next": "/sign-in/"},
    "preferences": {"theme": "dark", "keys": {"preset": "cvat", "custom": {"delete": ["X"]}}},
    "workspaces": {"name": "Another"},
    "workspace-change": {"name": "Acme", "description": "text"},
    "sample": {},
    "member-invite": {"name": "nina", "display_name": "Nina", "email": "nina@example.org", "role": "annotator"},
    "member-restore": {"seq": 1},
    "member-role": {"role": "viewer"},
    "member-remove": {},
    "token-create": {"name": "script", "limit": "", "days": "30"},
    "token-revoke": {},
    "job-cancel": {},
    "job-retry": {},
    "job-undo": {},
    "project-change": {"name": "Streets", "description": "", "segments": "1", "segments_exclusive": True},
    "project-delete": {"confirm": "Streets"},
    "project-purge": {"project": "$project", "confirm": "Streets"},
    "workspace-trash-restore": {"projects": ["$project"]},
    "trash-restore": {"all": False, "datasets": ["$dataset"], "media": ["$image"]},
    "trash-purge": {"all": False, "datasets": ["$dataset"], "media": ["$image"]},
    "project-restore": {},
    "upload-slots": {"count": 1, "batch": "$batch", "dataset": "$dataset", "name": "files"},
    "upload-finish": {
        "batch": "$batch", "on_clash": "skip", "client": "tab",
        "items": [{"upload": "$upload", "name": "a.jpg", "dataset": "$dataset"}],
    },
    "media-change": {"what": "status", "target": "$status", "ids": ["$image"], "all": False, "query": "health=OK", "except": ["$image"]},
    "media-undo": {"change": "$image", "what": "status"},
    "dataset-create": {"name": "Evening", "description": ""},
    "dataset-order": {"id": "$dataset", "before": "$dataset"},
    "dataset-change": {"name": "Morning", "description": ""},
    "dataset-trash": {},
    "dataset-restore": {},
    "class-example": {"label": "$label", "is_chosen": True},
    "class-create": {"role": "region", "names": "bike\nbus", "color": "#112233", "group": "$group"},
    "class-order": {"ids": ["$car", "$person"], "role": "region"},
    "class-change": {
        "role": "region", "name": "car", "color": "#112233", "description": "", "kind": "thing", "parent": "$person",
        "group": "$group",
    },
    "class-merge": {"target": "$person", "role": "region"},
    "class-delete": {"role": "region", "count": "0"},
    "tag-group-create": {"name": "Weather", "kind": "many", "is_required": True},
    "tag-group-order": {"ids": ["$group"]},
    "tag-group-restore": {"id": "$op", "order": 2, "name": "Weather", "kind": "many", "is_required": False, "tags": ["$sunny"]},
    "tag-group-change": {"name": "Weather", "kind": "many", "is_required": True},
    "tag-group-delete": {},
    "export-start": {"format": "json_coco", "name": "all", "datasets": ["$dataset"], "statuses": ["$status"], "images": True},
    "import-slot": {},
    "predictions-start": {"upload": "$upload", "name": "a.json", "model": "Detector"},
    "import-start": {"upload": "$upload", "name": "a.json", "format": "coco", "dataset": "$dataset", "new_dataset": ""},
    "media-cut": {"box": [10, 10, 60, 50], "points": [[10, 20], [30, 10], [60, 30], [30, 50]]},
    "media-tiles": {},
    "media-changes": {
        "v": 1, "client": "tab",
        "ops": [
            {"op_id": "$op", "label_id": "$label", "base": None, "patch": BOX},
            {"op_id": "$op2", "tag": "$sunny", "on": True},
            {"op_id": "$op3", "status": "DONE"},
            {"op_id": "$op4", "issue": "$op4", "what": "open", "x": 10, "y": 20.5, "text": "Look", "mentions": ["$ann"]},
            {"op_id": "$op5", "issue": "$issue", "what": "comment", "comment": "$op5", "text": "Yes", "mentions": ["$ann"]},
            {"op_id": "$op6", "issue": "$issue", "what": "resolve", "is_resolved": True},
            {"op_id": "$op7", "prediction": "$op7", "is_rejected": True},
        ],
    },
}  # fmt: skip


@pytest.fixture
def ids(w: World) -> dict[str, str]:
    """Return an id of each kind by name; those of a route's path are named as there."""
    batch = uploads.open_batch(actor=w.actor(w.olga), project=w.project, dataset=w.dataset, name="files")
    slot = uploads.create_slots(
        actor=w.actor(w.olga), project=w.project, count=1, style="resumable", batch=batch
    )[0]
    invited = invitations.invite(
        actor=w.actor(w.olga),
        workspace=w.workspace,
        name="nora",
        display_name="Nora",
        email="",
        role="viewer",
    )
    job = jobs.start(
        actor=w.actor(w.olga), workspace=w.workspace, project=w.project, kind="export", params={}
    )
    changes = {"name": "Note", "kind": "SELECTION", "options": [{"value": "a"}]}
    attribute = attributes.create(actor=w.actor(w.olga), project=w.project, changes=changes)
    schema = keypoint_schemas.create(actor=w.actor(w.olga), project=w.project, name="Head", kind="points")
    folder = {"provider": "dummy", "description": "Camera", "fields": {"secret": "."}}
    bucket = buckets.create(actor=w.actor(w.olga), workspace=w.workspace, **folder)
    flips = {"name": "Flips", "probability": 0.5, "number_of_new_images": 1, "transformations": []}
    flips_list = augmentation.create(actor=w.actor(w.olga), project=w.project, fields=flips)
    rows: dict[str, Any] = {
        "list": flips_list, "issue": issues.create(actor=w.actor(w.olga), media=w.images[0], body="Look"),
        "bucket": bucket, "attribute": attribute, "schema": schema, "workspace": w.workspace, "project": w.project, "dataset": w.dataset, "media": w.images[0], "image": w.images[0], "other": w.images[1],
        "car": w.car, "concept": w.car, "person": w.person, "sunny": w.sunny, "status": w.images[0].status, "ann": w.ann,
        "member": Membership.all_objects.get(user=w.ann), "token": tokens.issue(user=w.olga, name="t", workspace=w.workspace)[0],
        "invitation": invited.invitation, "job": job, "group": TagGroup.all_objects.get(project=w.project), "batch": batch, "upload": slot,
    }  # fmt: skip
    found = {name: str(row.pk) for name, row in rows.items()}
    found["both"] = f"{w.images[0].pk} {w.images[1].pk}"
    found |= {"secret": invited.secret, "session": "0" * 32, "version": keypoint_edits.version(schema)}
    names = ("op", "op2", "op3", "op4", "op5", "op6", "op7", "label")
    return found | {name: str(uuid7()) for name in names}


def routes() -> dict[str, str]:
    """Return the paths of all named routes, with `{name}` for the ids in them."""
    found = {}
    for pattern in urls.urlpatterns:
        if pattern.name:
            path = "/" + str(pattern.pattern)
            for name in ("uuid:", "str:", "_id"):
                path = path.replace(name, "")
            found[pattern.name] = path.replace("<", "{").replace(">", "}")
    return found


def filled(value: Any, ids: dict[str, str]) -> Any:
    """Return a body with the ids that its `$names` stand for."""
    if isinstance(value, str) and value.startswith("$"):
        return ids[value[1:]]
    if isinstance(value, dict):
        return {name: filled(item, ids) for name, item in value.items()}
    return [filled(item, ids) for item in value] if isinstance(value, list) else value


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each value inside a body."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(value[key], (*path, key))


def replaced(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a copy of a body with another value at `path`."""
    changed = copy.deepcopy(body)
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return changed


def ask(client: Client, method: str, path: str, body: Any = None, **options: Any) -> Any:
    """Send a request, take back what it wrote, and assert that it was no error of ours."""
    told = f"{method} {path} {str(body)[:300]}"
    with transaction.atomic():
        response = (
            client.get(path, **options)
            if method == "GET"
            else client.post(path, json.dumps(body), content_type="application/json", **options)
        )
        transaction.set_rollback(True)
    assert response.status_code < 500, f"{told}: {response.status_code} {response.content[:300]!r}"
    if "/web/" in path and response.status_code >= 400:
        assert set(response.json()) == {"code", "message", "field"}, told
    return response


def test_every_route_has_a_request() -> None:
    assert set(routes()) == set(QUERIES) | set(BODIES)


@pytest.mark.parametrize("name", BODIES)
def test_bodies(w: World, ids: dict[str, str], name: str) -> None:
    path = routes()[name].format(**ids)
    client = Client(raise_request_exception=False)
    body, as_script = filled(BODIES[name], ids), {"headers": {"Accept": "application/json"}}
    for value in (*VALUES, body):
        client.force_login(w.olga)
        ask(client, "POST", path, value, **as_script)
    for place, at in enumerate(places(body)):
        for value in share(VALUES, place):
            if name in ("sign-in", "sign-out", "account-password"):
                client.force_login(w.olga)
            ask(client, "POST", path, replaced(body, at, value), **as_script)
    for at in body:  # the same as a form, whose values are all text
        for text in ("", "x", "\x00", "a" * 100_001, "[]"):
            with transaction.atomic():
                response = client.post(
                    path, {**{k: v for k, v in body.items() if isinstance(v, str)}, at: text}
                )
                transaction.set_rollback(True)
            assert response.status_code < 500, f"{path} {at}={text[:20]!r}"


@pytest.mark.parametrize("name", QUERIES)
def test_queries(w: World, ids: dict[str, str], name: str) -> None:
    path = routes()[name].format(**ids)
    client = Client(raise_request_exception=False)
    client.force_login(w.olga)
    assert ask(client, "GET", path).status_code in {200, 302, 400, 404}
    for place, parameter in enumerate(QUERIES[name].split()):
        for value in share(PARAMETERS, place):
            ask(client, "GET", f"{path}?{parameter}={value}")
            ask(client, "GET", f"{path}?{parameter}={value}&{parameter}={uuid.UUID(int=1)}")


@pytest.mark.parametrize("value", ["abc", "admin:index", "home", "sign-in", "//example.org", "/\\example.org", "https:/example.org", "javascript:alert(1)", "\x00"])  # fmt: skip
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_the_page_after_sign_in_is_a_path_of_this_server(w: World, value: str, is_signed_in: bool) -> None:
    client = Client()
    w.ann.set_password("correct horse")
    w.ann.save()
    if is_signed_in:
        client.force_login(w.ann)
        response = client.get("/sign-in/", {"next": value})
    else:
        response = client.post("/sign-in/", {"name": "ann", "password": "correct horse", "next": value})
    assert response.status_code == 302 and response["Location"] == "/"
