"""The endpoints of the labeling page: permissions, invalid requests, sessions of other users."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client

from annotator.domain.ids import uuid7
from annotator.models import Label
from annotator.services.annotations import labels, tags
from tests.web.client import get, json as read, queries
from tests.world import World


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def change(w: World) -> dict[str, Any]:
    patch = {"concept": str(w.car.pk), "box": [1, 2, 30.25, 40]}
    return {
        "v": 1,
        "client": "tab",
        "ops": [{"op_id": str(uuid7()), "label_id": str(uuid7()), "base": None, "patch": patch}],
    }


def post(client: Client, w: World, body: Any, media: Any = None, **headers: str) -> Any:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(
        f"/web/media/{(media or w.images[0]).pk}/changes",
        text,
        content_type="application/json",
        headers=headers,
    )


def test_a_box_is_stored_and_shown(w: World) -> None:
    ann = client_of(w.ann)
    answer = post(ann, w, change(w)).json()
    assert answer["results"][0]["status"] == "ok"
    state = ann.get(f"/web/media/{w.images[0].pk}/state").json()
    assert [label["box"] for label in state["labels"]] == [[1, 2, 30.25, 40]] and state["seq"] == answer[
        "seq"
    ]
    assert state["may"]["label"] and state["position"] == {"index": 0, "total": 3}


def test_changes_of_another_user_are_rejected(w: World) -> None:
    answer = post(client_of(w.max), w, change(w), **{"X-Annotator-User": str(w.ann.pk)})
    assert answer.status_code == 401 and not Label.all_objects.exists()


def test_visitors_are_asked_to_sign_in(w: World) -> None:
    assert post(Client(), w, change(w)).json()["code"] == "signed_out"
    assert Client().get(f"/label/{w.images[0].pk}/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "/web/media/{media}/state",
        "/web/projects/{project}/session",
        "/web/projects/{project}/events",
        "/web/projects/{project}/film?around={media}",
        "/label/{media}/",
    ],
)
def test_a_stranger_finds_nothing(w: World, path: str) -> None:
    address = path.format(media=w.images[0].pk, project=w.project.pk)
    assert client_of(w.otto).get(address).status_code == 404
    assert client_of(w.vera).get(address).status_code == 200


def test_a_page_without_its_csrf_token_is_refused(w: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(w.ann)
    assert post(client, w, change(w)).status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ('{"v":1}', 400),
        ('{"v":1,"ops":[NaN]}', 400),
        (b"\xff", 400),
        ('{"v":99,"ops":[]}', 409),
        ('{"v":1,"ops":[],"client":5}', 200),
    ],
)
def test_invalid_operations_are_rejected(w: World, body: Any, status: int) -> None:
    answer = post(client_of(w.ann), w, body)
    assert answer.status_code == status
    assert status == 200 or answer.json()["message"]


@pytest.mark.parametrize("query", ["since=x", "since=-1", "since=1&media=zzz", "since=99999999999999999999"])
def test_invalid_queries_are_rejected(w: World, query: str) -> None:
    answer = client_of(w.ann).get(f"/web/projects/{w.project.pk}/events?{query}")
    assert answer.status_code == 400 and answer.json()["field"]


def test_the_film_is_centred_and_counts(w: World) -> None:
    w.box(w.images[1])
    film = (
        client_of(w.ann)
        .get(f"/web/projects/{w.project.pk}/film?around={w.images[1].pk}&before=1&after=5")
        .json()
    )
    assert (film["index"], film["total"]) == (1, 3)
    assert [(item["index"], item["labels"]) for item in film["items"]] == [(0, 0), (1, 1), (2, 0)]


def test_the_film_at_a_place_of_the_filtered_order(w: World) -> None:
    w.box(w.images[2])
    film = f"/web/projects/{w.project.pk}/film?before=0&after=0"

    def at(query: str) -> tuple[int | None, int, list[str]]:
        found = client_of(w.ann).get(film + query).json()
        return found["index"], found["total"], [item["id"] for item in found["items"]]

    assert at("&at=1") == (1, 3, [str(w.images[1].pk)])
    assert at(f"&at=0&class={w.car.pk}") == (0, 1, [str(w.images[2].pk)])
    assert at("&at=3") == (None, 3, [])
    assert [client_of(w.ann).get(f"{film}&at={bad}").status_code for bad in ("-1", "x")] == [400, 400]
    assert client_of(w.otto).get(f"{film}&at=0").status_code == 404


def test_filters_give_the_order_of_next_and_previous(w: World) -> None:
    w.box(w.images[2])
    state = client_of(w.ann).get(f"/web/media/{w.images[2].pk}/state?class={w.car.pk}").json()
    assert state["position"] == {"index": 0, "total": 1}
    assert client_of(w.ann).get(f"/web/media/{w.images[2].pk}/state?class=x").status_code == 400
    assert client_of(w.ann).get(f"/web/media/{uuid.uuid4()}/state").status_code == 404


def test_the_session_is_what_the_page_embeds(w: World) -> None:
    ann = client_of(w.ann)
    page = ann.get(f"/label/{w.images[0].pk}/")
    embedded = json.loads(DjangoJSONEncoder().encode(page.context["boot"]))
    answer = ann.get(f"/web/projects/{w.project.pk}/session")
    session = answer.json()
    # each response masks the token differently
    assert len(session.pop("csrf")) == len(embedded.pop("csrf"))
    assert session | {"media": str(w.images[0].pk), "filter": ""} == embedded
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_session_has_the_classes_as_they_are_now(w: World) -> None:
    ann = client_of(w.ann)
    w.car.name = "vehicle"
    w.car.save()
    names = {one["name"] for one in ann.get(f"/web/projects/{w.project.pk}/session").json()["concepts"]}
    assert names == {"vehicle", "person", "sunny"}


def test_the_token_of_the_session_is_accepted(w: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(w.ann)
    token = client.get(f"/web/projects/{w.project.pk}/session").json()["csrf"]
    assert post(client, w, change(w), **{"X-CSRFToken": token}).status_code == 200


def test_nobody_signed_in_has_no_session(w: World) -> None:
    answer = Client().get(f"/web/projects/{w.project.pk}/session")
    assert answer.status_code == 401 and answer.json()["code"] == "signed_out"


def test_the_session_costs_a_fixed_number_of_queries(w: World) -> None:
    # the user, the project, then schemas, concepts, attributes, statuses, tag groups and members
    assert queries(w.ann, f"/web/projects/{w.project.pk}/session") == 8


def test_the_page_says_where_everything_is(w: World) -> None:
    page = client_of(w.ann).get(f"/label/{w.images[0].pk}/")
    boot = page.context["boot"]
    assert boot["media"] == w.images[0].pk and {c["name"] for c in boot["concepts"]} == {
        "car",
        "person",
        "sunny",
    }
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_the_history_of_an_image_says_who_did_what(w: World) -> None:
    image, patch = w.images[0], {"concept": str(w.car.pk), "box": [10, 10, 60, 40], "tool": "bbox"}
    made = labels.create_many(actor=w.actor(w.ann), media=image, patches=[patch])[0]
    change = {"concept": str(w.person.pk)}
    labels.update_many(actor=w.actor(w.max), media=image, patches=[(made.pk, change)])
    labels.update_many(actor=w.actor(w.max), media=image, patches=[(made.pk, {"box": [1, 2, 30, 40]})])
    tags.add_many(actor=w.actor(w.ann), media=image, concept_ids=[w.sunny.pk])
    labels.delete_many(actor=w.actor(w.ann), media=image, label_ids=[made.pk])
    labels.create_many(actor=w.actor(w.ann), media=w.images[1], patches=[patch])
    path = f"/web/media/{image.pk}/history"
    items = client_of(w.vera).get(path).json()["items"]
    assert [(one["what"], one["actor"]["name"], one.get("concept")) for one in items] == [
        ("delete", "Ann", str(w.person.pk)),
        ("tags", "Ann", None),
        ("geometry", "Max", str(w.person.pk)),
        ("class", "Max", str(w.person.pk)),
        ("create", "Ann", str(w.car.pk)),
    ]
    assert {one["label"] for one in items if "label" in one} == {str(made.pk)}
    assert client_of(w.otto).get(path).status_code == 404


def test_an_object_is_cut_out_and_nothing_is_stored(w: World) -> None:
    def ask(user: Any, body: Any, media: Any = None) -> Any:
        path = f"/web/media/{(media or w.images[0]).pk}/cut"
        return client_of(user).post(path, json.dumps(body), content_type="application/json")

    box = {"box": [10, 20, 200, 220], "keep": {"box": [50, 60, 60, 62], "mask": [1, 20]}}
    found = ask(w.ann, box).json()
    left, top, right, bottom = found["box"]
    assert left >= 10 and top >= 20 and right <= 200 and bottom <= 220 and sum(found["mask"][1::2]) >= 20
    assert not Label.all_objects.exists()
    assert ask(w.vera, box).status_code == 403 and ask(w.otto, box).status_code == 404
    refused = ask(w.ann, {"box": [1, 2]})
    assert refused.status_code == 400 and refused.json()["field"] == "box"


def test_one_change_is_read_with_what_was_before(w: World) -> None:
    label = w.box()
    labels.update_many(actor=w.actor(w.max), media=w.images[0], patches=[(label.pk, {"box": [1, 2, 3, 4]})])
    path = f"/web/media/{w.images[0].pk}/history"
    (line,) = [one for one in read(w.vera, path)["items"] if one["what"] == "geometry"]
    found = read(w.vera, f"{path}?seq={line['seq']}")
    assert found["kind"] == "labels.changed"
    assert (found["before"][0]["box"], found["after"][0]["box"]) == (
        [label.x0, label.y0, label.x1, label.y1],
        [1, 2, 3, 4],
    )
    assert get(w.otto, f"{path}?seq={line['seq']}").status_code == 404
    assert get(w.max, f"{path}?seq={line['seq'] + 99}").status_code == 404
    assert get(w.max, f"/web/media/{w.images[1].pk}/history?seq={line['seq']}").status_code == 404
