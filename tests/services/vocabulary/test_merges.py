"""Merging classes: labels get a new revision, so that an operation made against the former class is a conflict."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.domain.ids import uuid7
from annotator.models import Event, Job, Label
from annotator.services.annotations import editing
from annotator.services.vocabulary import merges
from tests.world import World, make_box


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
            runner(actor=actor, project=project, job=job, progress=lambda *_: None)
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
