"""Activity types and segments of videos."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from annotator.models import AttributeValue, Concept, Media, Segment, SegmentConcept
from annotator.services.annotations import attribute_values
from annotator.services.projects import projects
from annotator.services.vocabulary import attributes, merges
from tests.api.hasty.conftest import ANY, Callers
from tests.api.queries import counted
from tests.world import World, make_dataset, make_project, make_video


@pytest.fixture
def clip(w: World) -> Media:
    """A video of ten seconds."""
    return make_video(w.dataset)


@pytest.fixture
def walk(by: Callers, p: str) -> str:
    """An activity type."""
    return str(by.max.post(f"{p}/activity_types", {"name": "walk"})["id"])


@pytest.fixture
def at(p: str, clip: Media) -> str:
    """The path of the video's segments."""
    return f"{p}/videos/{clip.pk}/segments"


def times(page: dict[str, Any]) -> list[tuple[int, int]]:
    assert page["meta"]["total"] == len(page["items"])
    return [(one["start_time_ms"], one["end_time_ms"]) for one in page["items"]]


def test_activity_types(w: World, by: Callers, p: str) -> None:
    at = f"{p}/activity_types"
    with counted("hasty activity types create"):
        made = by.max.post(at, {"name": "run", "color": "#ff00aa99", "prefix": "r"})
    assert made.keys() == {"id", "created_at", "name", "color", "prefix"}
    assert (made["name"], made["color"].lower(), made["prefix"]) == ("run", "#ff00aa99", "r")
    plain = by.max.post(at, {"name": "walk", "color": None, "prefix": None})
    assert (plain["color"], plain["prefix"]) == (None, None)
    with counted("hasty activity types list"):
        page = by.vera.get(at)
    assert (page["items"], page["meta"]["total"]) == ([made, plain], 2)
    assert by.vera.get(at, "offset=1&limit=1")["items"] == [plain]
    with counted("hasty activity types update"):
        renamed = by.max.put(f"{at}/{made['id']}", {"name": "sprint"})
    assert renamed == made | {"name": "sprint"} == by.vera.get(f"{at}/{made['id']}")
    cleared = by.max.put(f"{at}/{made['id']}", {"name": "sprint", "color": None, "prefix": None})
    assert (cleared["color"], cleared["prefix"]) == (None, None)
    by.max.post(at, {"name": "Walk"}, status=400)
    assert [one["name"] for one in by.vera.get(f"{p}/label_classes")["items"]] == ["car", "person"]
    by.max.post(f"{p}/label_classes", {"name": "walk"})  # a name is unique by role
    with counted("hasty activity types destroy"):
        by.max.delete(f"{at}/{made['id']}")
    by.vera.get(f"{at}/{made['id']}", status=404)


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"name": ""}, {"name": 1}, {"name": None}, {"name": "x" * 201}, {"name": "a", "color": "red"},
        {"name": "a", "color": 7}, {"name": "a", "prefix": 1}, {"name": "a", "prefix": "x" * 201}, [], "x",
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_activity_type(w: World, by: Callers, p: str, walk: str, wrong: Any) -> None:
    for call, path in ((by.max.post, "activity_types"), (by.max.put, f"activity_types/{walk}")):
        said = call(f"{p}/{path}", wrong, status=400)
        assert not isinstance(wrong, dict) or any(
            name in said["message"] for name in (list(wrong)[-1:] or ["name"])
        )
    assert [one["name"] for one in by.vera.get(f"{p}/activity_types")["items"]] == ["walk"]


def test_a_segment_comes_back_as_the_contract_says(
    w: World, by: Callers, p: str, clip: Media, at: str, walk: str
) -> None:
    run = by.max.post(f"{p}/activity_types", {"name": "run"})["id"]
    body = {
        "start_time_ms": 1000,
        "end_time_ms": 2000,
        "activities": [run, walk],
        "prediction_id": "any-text",
    }
    with counted("hasty segments create"):
        made = by.ann.post(at, body | {"video_id": str(clip.pk)})
    assert made | {"id": "", "created_at": ""} == body | {
        "id": "", "video_id": str(clip.pk), "created_by": str(w.ann.pk), "created_at": "",
    }  # fmt: skip
    with counted("hasty segments list"):
        page = by.vera.get(at)
    assert page["items"] == [made]
    with counted("hasty segments retrieve"):
        assert by.vera.get(f"{p}/segments/{made['id']}") == made
    changed = body | {"start_time_ms": 0, "end_time_ms": 10_000, "activities": [walk]}
    with counted("hasty segments update"):
        stored = by.ann.put(f"{p}/segments/{made['id']}", changed)
    assert stored == made | changed == by.vera.get(f"{p}/segments/{made['id']}")
    cleared = by.ann.put(f"{p}/segments/{made['id']}", changed | {"prediction_id": None})
    assert cleared["prediction_id"] is None
    with counted("hasty segments destroy"):
        by.ann.delete(f"{p}/segments/{made['id']}")
    by.vera.get(f"{p}/segments/{made['id']}", status=404)
    assert by.vera.get(at)["items"] == [] and not SegmentConcept.all_objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"start_time_ms": None}, "start_time_ms"), ({"end_time_ms": None}, "end_time_ms"), ({"activities": None}, "activities"),
        ({"start_time_ms": -1}, "start_time_ms"), ({"start_time_ms": "1"}, "start_time_ms"), ({"start_time_ms": 1.5}, "start_time_ms"),
        ({"start_time_ms": True}, "start_time_ms"), ({"end_time_ms": 2**70}, "end_time_ms"), ({"end_time_ms": "9"}, "end_time_ms"),
        ({"start_time_ms": 50, "end_time_ms": 50}, "end_time_ms"), ({"start_time_ms": 60, "end_time_ms": 50}, "end_time_ms"),
        ({"end_time_ms": 10_001}, "end_time_ms"), ({"activities": []}, "activities"), ({"activities": {}}, "activities"),
        ({"activities": [ANY]}, "activities"), ({"activities": ["x"]}, "activities"), ({"activities": "CAR"}, "activities"),
        ({"activities": ["CAR"]}, "activities"), ({"activities": [1]}, "activities"), ({"activities": [ANY] * 101}, "activities"),
        ({"video_id": ANY}, "video_id"), ({"video_id": "x"}, "video_id"), ({"prediction_id": 5}, "prediction_id"),
        ({"prediction_id": "x" * 201}, "prediction_id"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_segment(
    w: World, by: Callers, p: str, at: str, walk: str, wrong: dict[str, Any], field: str
) -> None:
    good = {"start_time_ms": 0, "end_time_ms": 100, "activities": [walk]}
    made = by.ann.post(at, good)
    if "CAR" in str(wrong):
        wrong = {"activities": [str(w.car.pk)]}  # a class of regions
    for call, path in ((by.ann.post, at), (by.ann.put, f"{p}/segments/{made['id']}")):
        assert field in call(path, good | wrong, status=400)["message"]
    for path in (f"{at}?replace_overlap=x", f"{at}?replace_overlap=true"):
        by.ann.post(path, good | wrong, status=400)
    assert by.vera.get(at)["items"] == [made]


def test_overlap_is_half_open_and_replaced_only_when_asked(by: Callers, at: str, walk: str) -> None:
    def make(start: int, end: int, query: str = "", status: int = 200) -> Any:
        body = {"start_time_ms": start, "end_time_ms": end, "activities": [walk]}
        return by.ann.post(at, body, query=query, status=status)

    for start, end in ((0, 100), (100, 200), (200, 300), (50, 250)):
        make(start, end)
    assert times(by.vera.get(at)) == [(0, 100), (50, 250), (100, 200), (200, 300)]
    with counted("hasty segments create replacing"):
        make(100, 200, "replace_overlap=True")  # as the package writes it
    assert times(by.vera.get(at)) == [(0, 100), (100, 200), (200, 300)]
    make(99, 201, "replace_overlap=1")
    assert times(by.vera.get(at)) == [(99, 201)]


def test_segments_of_a_project_may_exclude_each_other(
    w: World, by: Callers, p: str, at: str, walk: str
) -> None:
    projects.update(
        actor=w.actor(w.max), project=w.project, changes={"settings": {"segments_exclusive": True}}
    )
    body = {"start_time_ms": 100, "end_time_ms": 200, "activities": [walk]}
    first = by.ann.post(at, body)
    second = by.ann.post(at, body | {"start_time_ms": 200, "end_time_ms": 300})
    assert by.ann.post(at, body | {"start_time_ms": 199}, status=400)["code"] == "segment_overlap"
    said = by.ann.put(f"{p}/segments/{second['id']}", body | {"end_time_ms": 300}, status=400)
    assert said["code"] == "segment_overlap"
    by.ann.put(f"{p}/segments/{first['id']}", body | {"start_time_ms": 0})
    by.ann.post(at, body | {"start_time_ms": 50, "end_time_ms": 60}, query="replace_overlap=true")
    assert times(by.vera.get(at)) == [(50, 60), (200, 300)]


def test_segments_are_filtered(by: Callers, p: str, at: str, walk: str) -> None:
    run = by.max.post(f"{p}/activity_types", {"name": "run"})["id"]
    for start, activities in ((0, [walk]), (100, [run]), (200, [walk, run])):
        by.ann.post(at, {"start_time_ms": start, "end_time_ms": start + 100, "activities": activities})
    for query, wanted in (
        (f"activity_type_id={walk}", [0, 200]), (f"activity_type_id={run}", [100, 200]), (f"activity_type_id={ANY}", []),
        ("start_time_ms=100", [100, 200]), ("start_time_ms=99", [0, 100, 200]), ("end_time_ms=100", [0]), ("end_time_ms=101", [0, 100]),
        ("start_time_ms=100&end_time_ms=200", [100]), (f"start_time_ms=1&activity_type_id={run}&end_time_ms=150", [100]),
        ("start_time_ms=", [0, 100, 200]), ("start_time_ms=300", []),
    ):  # fmt: skip
        assert [start for start, _ in times(by.vera.get(at, query))] == wanted, query
    page = by.vera.get(at, f"offset=1&limit=1&activity_type_id={run}")
    assert (page["meta"]["total"], [one["start_time_ms"] for one in page["items"]]) == (2, [200])
    for query in (
        "activity_type_id=x", "start_time_ms=x", "end_time_ms=-1", "end_time_ms=1.5", "limit=-1", f"start_time_ms={2**70}",
    ):  # fmt: skip
        by.vera.get(at, query, status=400)


def test_a_video_that_is_read_still_takes_segments_of_any_length(
    w: World, by: Callers, p: str, walk: str
) -> None:
    body = {"start_time_ms": 0, "end_time_ms": 10**9, "activities": [walk]}
    fields: dict[str, Any] = {"duration_ms": None, "frame_count": None}
    reading = make_video(w.dataset, "new.mp4", health="PROCESSING", **fields)
    by.ann.post(f"{p}/videos/{reading.pk}/segments", body)
    broken = make_video(w.dataset, "bad.mp4", health="ERROR", health_reason="No pictures.", **fields)
    assert by.ann.post(f"{p}/videos/{broken.pk}/segments", body, status=400)["message"] == "No pictures."
    frozen = make_video(w.dataset, "frozen.mp4", is_frozen=True)
    said = by.ann.post(f"{p}/videos/{frozen.pk}/segments", body | {"end_time_ms": 9}, status=400)
    assert said["code"] == "image_locked"
    by.ann.post(f"{p}/videos/{w.images[0].pk}/segments", body, status=404)


def test_an_activity_type_goes_from_its_segments(
    w: World, by: Callers, p: str, clip: Media, at: str, walk: str
) -> None:
    run = by.max.post(f"{p}/activity_types", {"name": "run"})["id"]
    made = [
        by.ann.post(at, {"start_time_ms": start, "end_time_ms": start + 9, "activities": activities})
        for start, activities in ((0, [walk]), (10, [run, walk]), (20, [run]))
    ]
    attribute = attributes.create(
        actor=w.actor(w.max),
        project=w.project,
        changes={"name": "speed", "kind": "INT", "subject": "SEGMENT"},
    )
    changes = [
        attribute_values.Change(attribute.pk, None, 7, segment_id=uuid.UUID(one["id"])) for one in made
    ]
    for change in changes:
        attribute_values.put(actor=w.actor(w.ann), media=clip, change=change)
    by.max.delete(f"{p}/activity_types/{walk}")
    assert [one["activities"] for one in by.vera.get(at)["items"]] == [[run], [run]]
    assert {str(one.segment_id) for one in AttributeValue.all_objects.all()} == {made[1]["id"], made[2]["id"]}
    by.ann.delete(f"{p}/segments/{made[1]['id']}")
    assert [str(one.segment_id) for one in AttributeValue.all_objects.all()] == [made[2]["id"]]


def test_merged_activities_come_back(w: World, by: Callers, p: str, at: str, walk: str) -> None:
    run = by.max.post(f"{p}/activity_types", {"name": "run"})["id"]
    for start, activities in ((0, [run]), (10, [run, walk]), (20, [walk])):
        by.ann.post(at, {"start_time_ms": start, "end_time_ms": start + 9, "activities": activities})
    before = by.vera.get(at)["items"]
    who: dict[str, Any] = {"actor": w.actor(w.max), "project": w.project}
    source, target = Concept.all_objects.get(pk=run), Concept.all_objects.get(pk=walk)
    assert merges.preview(source=source, target=target)["segments"] == 2
    job = merges.start(**who, source=source, target=target)
    assert [one["activities"] for one in by.vera.get(at)["items"]] == [[walk]] * 3
    merges.undo(**who, job=job)
    assert by.vera.get(at)["items"] == before


def test_segments_go_with_their_video(w: World, by: Callers, p: str, clip: Media, at: str, walk: str) -> None:
    made = by.ann.post(at, {"start_time_ms": 0, "end_time_ms": 9, "activities": [walk]})
    by.max.delete(f"{p}/videos/{clip.pk}")
    for path in (at, f"{p}/segments/{made['id']}"):
        by.vera.get(path, status=404)
    assert Segment.all_objects.filter(pk=made["id"]).exists()  # it is in the trash with its video


def test_segments_of_another_project_are_not_here(w: World, by: Callers, p: str, at: str, walk: str) -> None:
    other = make_project(w.workspace, "Other", owner=w.olga)
    theirs = by.max.post(f"/projects/{other.pk}/activity_types", {"name": "walk"})["id"]
    good = {"start_time_ms": 0, "end_time_ms": 9}
    by.ann.post(at, good | {"activities": [walk, theirs]}, status=400)
    made = by.ann.post(at, good | {"activities": [walk]})
    video = make_video(make_dataset(other, "Theirs"))
    by.ann.put(f"/projects/{other.pk}/segments/{made['id']}", good | {"activities": [theirs]}, status=404)
    by.ann.post(f"{p}/videos/{video.pk}/segments", good | {"activities": [walk]}, status=404)
