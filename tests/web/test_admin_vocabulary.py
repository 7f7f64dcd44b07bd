"""The admin site's pages of attributes, keypoint schemas, activity types and segments: columns, search, writes through services."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotator.events import kinds
from annotator.models import (
    Attribute,
    AttributeBinding,
    AttributeOption,
    AttributeValue,
    Concept,
    Event,
    Job,
    KeypointBinding,
    KeypointClass,
    KeypointSchema,
    Label,
    Segment,
    SegmentConcept,
    SkeletonEdge,
    User,
)
from annotator.services.annotations import attribute_values, segments
from annotator.services.vocabulary import attributes, concepts, keypoint_schemas
from tests.world import World, make_class, make_dataset, make_project, make_user, make_video

TABLES = (
    Attribute, AttributeOption, AttributeBinding, KeypointSchema, KeypointClass, SkeletonEdge, KeypointBinding, Concept, Segment,
    SegmentConcept, AttributeValue,
)  # fmt: skip


@pytest.fixture
def curator(w: World) -> Client:
    """Olga, an owner who is also a superuser."""
    User.objects.filter(pk=w.olga.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(User.objects.get(pk=w.olga.pk))
    return client


def address(model: Any, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:annotator_{model._meta.model_name}_{page}", args=args)


def make_all(w: World, number: int) -> dict[str, Any]:
    """Make one row of each table or more, called after a number, by a person of their own."""
    actor = w.actor(w.olga)
    concept = make_class(w.project, f"thing {number}", 50 + number)
    options = [{"value": f"{word} {number}"} for word in ("red", "blue", "green", "gray", "black", "white")]
    changes = {"name": f"color {number}", "kind": "SELECTION", "options": options}
    attribute = attributes.create(actor=actor, project=w.project, changes=changes)
    attributes.link(actor=actor, project=w.project, links=[attributes.Link(attribute.pk, concept.pk)])
    points = [uuid.uuid4(), uuid.uuid4()]
    schema = keypoint_schemas.create(
        actor=actor, project=w.project, name=f"limb {number}", kind="pose",
        classes=[{"id": points[0], "name": f"knee {number}"}, {"id": points[1], "name": "foot"}], edges=[{"a": points[0], "b": points[1]}],
    )  # fmt: skip
    keypoint_schemas.link(
        actor=actor, project=w.project, links=[keypoint_schemas.Link(schema.pk, concept.pk)]
    )
    clips = make_project(w.workspace, f"Clips {number}", content_type="VIDEOS", owner=w.olga)
    video = make_video(make_dataset(clips, "Monday"), f"street {number}.mp4")
    walk = concepts.create(actor=actor, project=clips, name=f"walk {number}", roles=("segment",))
    speed = attributes.create(
        actor=actor, project=clips, changes={"name": "speed", "kind": "INT", "subject": "SEGMENT"}
    )
    segment = segments.create(actor=actor, media=video, start_ms=0, end_ms=10, concept_ids=[walk.pk])
    change = attribute_values.Change(speed.pk, None, 7, segment_id=segment.pk)
    attribute_values.put_many(actor=actor, media=video, changes=[change])
    Segment.all_objects.filter(pk=segment.pk).update(created_by=make_user(f"person{number}"))
    return {
        "concept": concept, "attribute": attribute, "schema": schema, "point": points[0], "walk": walk, "segment": segment,
    }  # fmt: skip


def test_a_list_and_a_row_cost_the_same_for_more_rows(w: World, curator: Client) -> None:
    def costs() -> dict[str, int]:
        found = {}
        for model in TABLES:
            with CaptureQueriesContext(connection) as queries:
                assert curator.get(address(model), {"q": "1"}).status_code == 200
            found[model.__name__] = len(queries)
        return found

    made = make_all(w, 1)
    costs()  # what is asked once per process
    before = costs()
    for number in (10, 11, 12):
        make_all(w, number)
    assert costs() == before
    for name in ("attribute", "schema", "walk", "segment"):
        page = curator.get(address(type(made[name]), "change", made[name].pk))
        assert page.status_code == 200
        assert {
            "attribute": "black 1", "schema": "knee 1", "walk": "walk 1", "segment": "speed",
        }[name] in page.content.decode()  # fmt: skip


def rows(curator: Client, model: Any, **query: str) -> list[str]:
    """Return the cells of each row of a list as one text, without the boxes to select them."""
    page = curator.get(address(model), query)
    changelist = page.context["cl"]
    admin = changelist.model_admin
    return [
        " | ".join(
            str(getattr(admin, name)(row) if hasattr(admin, name) else getattr(row, name))
            for name in changelist.list_display
            if name != "action_checkbox"
        )
        for row in changelist.result_list
    ]


def test_columns_search_and_filters(w: World, curator: Client) -> None:
    for number in (1, 2):
        make_all(w, number)
    (found,) = rows(curator, Attribute, q="gray 2")
    assert (
        found
        == "color 2 | Streets | LABEL | SELECTION | red 2, blue 2, green 2, gray 2 +2 | thing 2 | False | 2.0"
    )
    assert rows(curator, Attribute, subject="SEGMENT", q="speed")[0].startswith("speed | Clips")
    assert [row.split(" | ")[:3] for row in rows(curator, AttributeOption, q="black 1")] == [
        ["black 1", "color 1", "Streets"]
    ]
    assert rows(curator, AttributeBinding, q="thing 1")[0].startswith("color 1 | thing 1 | Streets")
    assert rows(curator, KeypointSchema, q="knee 1")[0].startswith("limb 1 | Streets | pose | 2 | thing 1 |")
    assert rows(curator, KeypointBinding, q="limb 2")[0].startswith("limb 2 | thing 2 | Streets")
    assert rows(curator, SkeletonEdge, q="knee 2")[0].startswith("limb 2 | knee 2 | foot")
    assert rows(curator, KeypointClass, q="knee 1")[0].startswith("knee 1 | limb 1 | Streets | 0 | 1")
    assert len(rows(curator, KeypointSchema, kind="points")) == 0
    (activity,) = rows(curator, Concept, role="segment", q="walk 2")
    assert activity.startswith("– | walk 2 | Clips 2") and activity.endswith("False | False | True")
    assert {row.split(" | ")[1] for row in rows(curator, Concept, role="media")} == {"sunny"}
    assert [row.split(" | ")[:5] for row in rows(curator, Segment, q="street 1")] == [
        ["street 1.mp4", "Clips 1", "0", "10", "walk 1"]
    ]
    assert [row.split(" | ")[0] for row in rows(curator, Segment, q="walk 2")] == ["street 2.mp4"]


def edit(curator: Client, row: Any, **fields: Any) -> str:
    url = address(type(row), "change", row.pk)
    form = curator.get(url).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+_FORMS)" value="(\d+)"', form))
    keys = dict(re.findall(r'<input type="hidden" name="([^"]+-\d+-[^"]+)" value="([^"]*)"', form))
    answer = curator.post(url, hidden | keys | fields, follow=True)
    row.refresh_from_db()
    return str(answer.content.decode())


def test_changes_go_through_services(w: World, curator: Client) -> None:
    made = make_all(w, 1)
    attribute, schema, walk = made["attribute"], made["schema"], made["walk"]
    edit(curator, attribute, name="Colour", description="of it", is_required="on", minimum="", maximum="")
    assert (attribute.name, attribute.name_key, attribute.is_required) == ("Colour", "colour", True)
    assert Event.objects.filter(kind=kinds.ATTRIBUTES_CHANGED.name).latest("seq").actor_id == w.olga.pk
    text = edit(curator, attribute, name="Colour", description="", is_required="on", minimum="1", maximum="")
    assert attribute.minimum is None and 'class="error"' in text  # limits are those of numbers
    edit(curator, schema, name="leg", description="")
    assert (schema.name, schema.updated_by_id) == ("leg", w.olga.pk)
    concepts.create(actor=w.actor(w.olga), project=walk.project, name="run", roles=("segment",))
    fields = {"color": "", "description": "", "external_id": "", "segment_prefix": "w"}
    assert "already an activity type of this name" in edit(curator, walk, name="run", **fields)
    edit(curator, walk, name="stroll", **fields)
    assert (walk.name, walk.segment_prefix) == ("stroll", "w")


def delete(curator: Client, row: Any) -> tuple[str, list[str]]:
    """Delete a row from its list; return the page that asks first, and the messages on the one after it."""
    fields = {"action": "delete_selected", "_selected_action": [str(row.pk)]}
    asked = curator.post(address(type(row)), fields).content.decode()
    assert type(row).all_objects.filter(pk=row.pk).exists()
    after = curator.post(address(type(row)), fields | {"post": "yes"}, follow=True)
    return asked, [str(message) for message in after.context["messages"]]


def test_deletions_are_confirmed_and_go_through_services(w: World, curator: Client) -> None:
    made = make_all(w, 1)
    label = w.box(concept=made["concept"])
    value = attribute_values.Change(made["attribute"].pk, label.pk, "red 1")
    attribute_values.put_many(actor=w.actor(w.olga), media=label.media, changes=[value])
    delete(curator, AttributeBinding.all_objects.get())
    assert (
        not AttributeBinding.all_objects.exists() and AttributeValue.all_objects.filter(label=label).exists()
    )
    asked, after = delete(curator, made["attribute"])
    assert "color 1: 1 stored value" in asked and after == ["Successfully deleted 1 attribute."]
    assert not Attribute.all_objects.filter(pk=made["attribute"].pk).exists()
    assert not AttributeValue.all_objects.filter(label=label).exists()
    Label.all_objects.filter(pk=label.pk).update(keypoints=f'[{{"keypoint_class":"{made["point"]}"}}]')
    _, after = delete(curator, made["schema"])
    assert KeypointSchema.all_objects.exists()
    assert after == ["limb 1: 1 label has a point 'knee 1': delete those points first."]
    assert [entry.object_repr for entry in LogEntry.objects.order_by("pk")] == [
        "color 1 – thing 1",
        "color 1",
    ]
    Label.all_objects.filter(pk=label.pk).update(keypoints=None)
    delete(curator, KeypointBinding.all_objects.get())
    answer = curator.post(address(KeypointSchema, "delete", made["schema"].pk), {"post": "yes"}, follow=True)
    assert answer.status_code == 200 and not KeypointSchema.all_objects.exists()
    asked, _ = delete(curator, made["concept"])
    assert "thing 1: 1 label, 0 tags, 0 segments" in asked
    assert not Label.all_objects.exists() and not Concept.all_objects.filter(name="thing 1").exists()
    unused = make_class(w.project, "unused", 90)
    delete(curator, unused)
    assert Job.all_objects.get(kind="delete_class").artifact is not None  # undone from the page of jobs
    chosen = {"action": "delete_segments", "_selected_action": [str(made["segment"].pk)]}
    assert "1 segment deleted." in curator.post(address(Segment), chosen, follow=True).content.decode()
    assert not Segment.all_objects.exists()
    assert Event.objects.filter(kind="segments.changed").latest("seq").before is not None


def test_staff_without_the_right_reads_only(w: World) -> None:
    made = make_all(w, 1)
    User.objects.filter(pk=w.max.pk).update(is_staff=True)
    client = Client()
    client.force_login(w.max)
    assert client.get(address(Attribute)).status_code == 200
    assert client.post(address(Attribute, "delete", made["attribute"].pk), {"post": "yes"}).status_code == 403
    delete_all = {"action": "delete_selected", "_selected_action": [str(made["attribute"].pk)], "post": "yes"}
    client.post(address(Attribute), delete_all)
    client.post(address(Attribute, "change", made["attribute"].pk), {"name": "x"})
    assert Attribute.all_objects.get(pk=made["attribute"].pk).name == "color 1"
