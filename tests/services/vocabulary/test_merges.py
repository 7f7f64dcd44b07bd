"""Merging and deleting classes: what moves, what comes back by undo, and the new revision that makes old bases a conflict."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.domain.errors import Conflict, Denied, Invalid, Missing
from annotator.domain.ids import uuid7
from annotator.models import Concept, Event, Job, Label, Tag
from annotator.services.annotations import editing
from annotator.services.jobs.steps import Steps
from annotator.services.vocabulary import merges
from tests.world import World, make_box, make_class


def move(w: World, label: Label, base: int) -> dict[str, Any]:
    """Return the answer to a box moved by a page that last saw `base`."""
    op = {"op_id": str(uuid7()), "label_id": str(label.pk), "base": base, "patch": {"box": [5, 5, 15, 15]}}
    return editing.apply(actor=w.actor(w.ann), media=w.images[0], ops=[op])[0][0]


@pytest.mark.parametrize("is_large", [False, True])
def test_an_operation_from_before_a_merge_or_its_undo_is_a_conflict(
    w: World, monkeypatch: pytest.MonkeyPatch, is_large: bool, settings: Any
) -> None:
    if is_large:
        monkeypatch.setattr(merges, "AT_ONCE", 2)
        monkeypatch.setattr(merges, "CHUNK", 2)
        settings.JOB_RUNNER = "tests.web.test_classes.nothing"
    boxes = [make_box(w.images[0], w.car, (1, 2, 30, 40 + n)) for n in range(5)]
    untouched = make_box(w.images[0], w.person, (1, 2, 30, 40))
    actor, project, car_id = w.actor(w.max), w.project, w.car.pk

    def run(job: Job | None, runner: Any) -> None:
        if is_large:
            runner(actor=actor, project=project, job=job, steps=Steps(), progress=lambda *_: None)
            Job.all_objects.filter(pk=job.pk if job else None).update(state="DONE")

    job = merges.start(actor=actor, project=project, source=w.car, target=w.person)
    run(job, merges.run)
    merged = Label.all_objects.get(pk=boxes[0].pk)
    assert merged.concept_id == w.person.pk and merged.revision > 0
    assert move(w, boxes[0], 0)["status"] == "conflict"

    job.refresh_from_db()
    run(merges.undo(actor=actor, project=project, job=job), merges.run_undo)
    back = Label.all_objects.get(pk=boxes[0].pk)
    assert back.concept_id == car_id and back.revision > merged.revision
    assert move(w, boxes[0], merged.revision)["status"] == "conflict"
    assert move(w, boxes[0], back.revision)["status"] == "ok"
    assert move(w, untouched, 0)["status"] == "ok"
    assert set(Label.all_objects.exclude(revision=0).values_list("revision", flat=True)) <= set(
        Event.objects.filter(project=project).values_list("seq", flat=True)
    )


def tag(w: World, number: int, concept: Concept) -> Tag:
    return Tag.all_objects.create(
        project=w.project, media=w.images[number], concept=concept, created_by=w.ann
    )


def tags(w: World, concept: Concept) -> set[int]:
    return set(Tag.all_objects.filter(concept_id=concept.pk).values_list("media__number", flat=True))


@pytest.fixture
def rainy(w: World) -> Concept:
    return make_class(w.project, "rainy", 4, on_region=False, on_media=True)


def test_tags_that_both_have_are_kept_once_and_come_back(w: World, rainy: Concept) -> None:
    for number, concept in ((0, w.sunny), (1, w.sunny), (1, rainy), (2, rainy)):
        tag(w, number, concept)
    actor, sunny = w.actor(w.max), Concept.all_objects.get(pk=w.sunny.pk)
    assert merges.preview(source=w.sunny, target=rainy) == {"labels": 0, "tags": 2, "segments": 0, "both": 1}
    job = merges.start(actor=actor, project=w.project, source=w.sunny, target=rainy)
    assert (job.state, job.kind, job.params["name"]) == ("DONE", "merge", "sunny → rainy")
    assert tags(w, rainy) == {1, 2, 3} and not Concept.all_objects.filter(pk=sunny.pk).exists()
    assert merges.undo(actor=actor, project=w.project, job=job) is None
    assert (tags(w, sunny), tags(w, rainy)) == ({1, 2}, {2, 3})
    back = Concept.all_objects.get(pk=sunny.pk)
    assert (back.name, back.number, back.color) == (sunny.name, sunny.number, sunny.color)
    assert [(kind, payload.get("what") or payload.get("state")) for kind, payload in w.recorded()] == [
        ("bulk", "merge"), ("concepts.changed", None), ("job.changed", "DONE"),
        ("job.changed", "UNDONE"), ("bulk", "unmerge"), ("concepts.changed", None),
    ]  # fmt: skip


def test_a_merge_is_undone_once(w: World) -> None:
    actor = w.actor(w.max)
    job = merges.start(actor=actor, project=w.project, source=w.car, target=w.person)
    merges.undo(actor=actor, project=w.project, job=job)
    job.refresh_from_db()
    with pytest.raises(Missing, match="undone already"):
        merges.undo(actor=actor, project=w.project, job=job)
    assert Concept.all_objects.filter(project=w.project, name="car").count() == 1


def test_a_name_that_is_used_again_stands_against_the_undo(w: World) -> None:
    actor = w.actor(w.max)
    job = merges.start(actor=actor, project=w.project, source=w.car, target=w.person)
    make_class(w.project, "Car", 9)
    with pytest.raises(Conflict) as refusal:
        merges.undo(actor=actor, project=w.project, job=job)
    assert refusal.value.field == "name"
    job.refresh_from_db()
    assert "undone" not in job.result


def test_classes_that_are_not_merged(w: World) -> None:
    theirs = make_class(w.other_project(), "theirs", 1)
    for source, target in ((w.car, w.car), (w.car, theirs), (theirs, w.car)):
        with pytest.raises(Invalid) as refusal:
            merges.start(actor=w.actor(w.max), project=w.project, source=source, target=target)
        assert refusal.value.field == "target"
    with pytest.raises(Invalid):
        merges.find(w.project, theirs.pk)
    assert merges.find(w.project, w.car.pk) == w.car
    assert not Job.all_objects.exists() and w.recorded() == []


@pytest.mark.parametrize(("who", "error"), [("rosa", Denied), ("otto", Missing)])
def test_classes_are_merged_by_those_who_may(w: World, who: str, error: type[Exception]) -> None:
    project, actor = w.project, w.actor(getattr(w, who))
    job = merges.start(actor=w.actor(w.max), project=project, source=w.car, target=w.person)
    other = make_class(project, "tree", 9)
    recorded = w.recorded()
    for call in (
        lambda: merges.start(actor=actor, project=project, source=other, target=w.person),
        lambda: merges.undo(actor=actor, project=project, job=job),
        lambda: merges.delete(actor=actor, project=project, concept=other, role="region", count=0),
    ):
        with pytest.raises(error):
            call()
    assert Concept.all_objects.filter(pk=other.pk).exists() and w.recorded() == recorded


def test_an_unused_class_is_deleted_with_an_undo_and_a_used_one_by_its_count(w: World) -> None:
    actor, project, box, car_id = w.actor(w.max), w.project, w.box(concept=w.person), w.car.pk
    job = merges.delete(actor=actor, project=project, concept=w.car, role="region", count=0)
    assert job is not None and not Concept.all_objects.filter(pk=car_id).exists()
    assert merges.undo(actor=actor, project=project, job=job) is None
    assert Concept.all_objects.get(pk=car_id).name == "car"
    with pytest.raises(Conflict) as refusal:
        merges.delete(actor=actor, project=project, concept=w.person, role="region", count=0)
    assert refusal.value.field == "count" and Label.all_objects.get() == box
    assert merges.delete(actor=actor, project=project, concept=w.person, role="region", count=1) is None
    assert not Label.all_objects.exists() and not Concept.all_objects.filter(name="person").exists()


def test_many_labels_are_deleted_by_a_job_that_may_run_twice(
    w: World, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(merges, "AT_ONCE", 2)
    monkeypatch.setattr(merges, "CHUNK", 2)
    settings.JOB_RUNNER = "tests.web.test_classes.nothing"
    for n in range(3):
        w.box(at=(1, 2, 30, 40 + n))
    arguments: dict[str, Any] = {"actor": w.actor(w.max), "project": w.project}
    deleted = ("concept.deleted", {"id": str(w.car.pk), "name": "car"})
    job = merges.delete(**arguments, concept=w.car, role="region", count=3)
    assert job is not None and job.state == "QUEUED" and Label.all_objects.count() == 3
    steps: list[str] = []
    for _ in range(2):
        merges.run_delete(**arguments, job=job, steps=Steps(), progress=lambda _, text: steps.append(text))
    assert steps == ["2 of 3", "3 of 3"]
    assert not Label.all_objects.exists() and not Concept.all_objects.filter(name="car").exists()
    told = [("bulk", {"what": "labels", "count": count}) for count in (2, 1)]
    assert w.recorded()[1:] == [*told, deleted]
