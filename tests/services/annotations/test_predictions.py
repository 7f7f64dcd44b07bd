"""Predictions: written by model, accepted as labels of the same id, rejected and taken back, never labels themselves."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from annotator.domain.errors import Denied, Invalid, Missing, TooLarge
from annotator.domain.ids import uuid7
from annotator.formats import coco_results
from annotator.jobs import engine
from annotator.models import Concept, Event, Job, Label, Media, Prediction, Project
from annotator.services.annotations import editing, predictions
from annotator.services.annotations.predictions import Found
from annotator.services.exchange import predictions as imports
from annotator.services.exchange.exports import exports
from annotator.services.jobs.steps import Steps
from annotator.services.media.selection import MediaSelection
from annotator.services.projects import duplication, purging
from annotator.services.vocabulary import concepts, merges
from annotator.web.selectors import suggestions
from tests.world import World, make_dataset, make_images

pytestmark = pytest.mark.django_db


def car(w: World, x: float = 10.0, score: float = 0.8) -> Found:
    return Found(w.car.pk, x, 20.0, x + 50.5, 80.25, "box", None, None, score)


def predict(w: World, *found: Found, model: str = "Detector", **more: Any) -> int:
    call = {
        "actor": w.actor(w.max),
        "project": w.project,
        "model": model,
        "found": {w.images[0].pk: list(found)},
    }
    return predictions.replace(**(call | more))


def change(w: World, user: Any = None, media: Media | None = None, **op: Any) -> dict[str, Any]:
    ops = [{"op_id": str(uuid7()), **op}]
    return editing.apply(actor=w.actor(user or w.ann), media=media or w.images[0], ops=ops)[0][0]


def accept(w: World, row: Prediction) -> dict[str, Any]:
    box = [row.x0, row.y0, row.x1, row.y1]
    patch = {
        "concept": str(row.concept_id),
        "box": box,
        "tool": "object_detection",
        "origin": "model",
        "score": row.score,
    }
    return change(w, label_id=str(row.pk), base=None, patch=patch)


def shown(w: World) -> list[tuple[float, float, bool]]:
    return [(one["box"][0], one["score"], one["is_rejected"]) for one in suggestions.of_media(w.images[0])]


def test_a_run_replaces_what_the_model_found_before_but_no_decision(w: World) -> None:
    assert predict(w, car(w), car(w, 100), car(w, 200)) == 3
    assert predict(w, car(w, 5), model="Other") == 1
    first, second, third = Prediction.all_objects.filter(model="Detector").order_by("x0")
    assert change(w, prediction=str(first.pk), is_rejected=True)["status"] == "ok"
    assert accept(w, second)["status"] == "ok"
    # the first is found again with another score, the second and the third are not
    assert predict(w, car(w, score=0.9), car(w, score=0.9), car(w, 300)) == 1
    assert shown(w) == [(10.0, 0.9, True), (100.0, 0.8, False), (5.0, 0.8, False), (300.0, 0.8, False)]
    assert not Prediction.all_objects.filter(pk=third.pk).exists()
    payloads = [
        json.loads(row.after) for row in Event.all_objects.filter(kind="predictions.changed").order_by("seq")
    ]
    assert [(one["model"], one["count"]) for one in payloads] == [
        ("Detector", 3),
        ("Other", 1),
        ("", 1),
        ("Detector", 1),
    ]
    assert all(one["media"] == [str(w.images[0].pk)] for one in payloads)


def test_accepting_makes_a_label_of_its_person_once(w: World) -> None:
    predict(w, car(w))
    row = Prediction.all_objects.get()
    assert accept(w, row)["status"] == "ok"
    label = Label.objects.get()
    assert (label.pk, label.created_by, label.origin, label.score) == (row.pk, w.ann, "model", 0.8)
    assert (label.x0, label.x1, label.y1) == (10.0, 60.5, 80.25)
    assert accept(w, row)["code"] == "exists" and Label.objects.count() == 1
    # undone: the suggestion is open again
    assert change(w, label_id=str(row.pk), base=label.revision, patch=None)["status"] == "ok"
    assert accept(w, row)["status"] == "ok" and Label.objects.get().pk == row.pk


def test_who_may_and_what_is_refused(w: World) -> None:
    predict(w, car(w))
    row = Prediction.all_objects.get()
    for user, error in ((w.ann, Denied), (w.vera, Denied), (w.otto, Missing)):
        with pytest.raises(error):
            predict(w, car(w), actor=w.actor(user))
    assert change(w, w.vera, prediction=str(row.pk), is_rejected=True)["status"] == "rejected"
    for op in ({"prediction": "x", "is_rejected": True}, {"prediction": str(row.pk), "is_rejected": 1}):
        assert change(w, **op)["field"] == "prediction"
    # of another image, or gone: nothing to decide
    assert change(w, media=w.images[1], prediction=str(row.pk), is_rejected=True)["status"] == "ok"
    assert change(w, prediction=str(uuid7()), is_rejected=True)["status"] == "ok"
    assert not Prediction.all_objects.get().is_rejected
    with pytest.raises(TooLarge):
        predict(w, *(car(w, n / 10) for n in range(1001)))
    other = make_images(make_dataset(w.other_project(), "Theirs"), 1)[0]
    assert predict(w, found={other.pk: [car(w)]}) == 0
    for name in ("", " ", "a\0", "x" * 201, None):
        with pytest.raises(Invalid):
            predictions.check_model(name)


def test_predictions_are_in_no_list_count_or_export_of_labels(w: World) -> None:
    predict(w, car(w))
    assert not Label.all_objects.exists()
    assert concepts.count_annotations(concept=w.car)["labels"] == 0
    job = exports.start(
        actor=w.actor(w.max), project=w.project, format_name="json_coco", name="x", selection=MediaSelection()
    )
    assert engine.run(job.pk)
    assert Job.all_objects.get(pk=job.pk).result["labels"] == 0


def test_they_go_with_image_and_project_and_are_copied_with_their_labels(w: World) -> None:
    predict(w, car(w), car(w, 100))
    first = Prediction.all_objects.order_by("x0")[0]
    accept(w, first)
    target, job = duplication.start(actor=w.actor(w.olga), source=w.project)
    assert engine.run(job.pk)
    copies = Prediction.all_objects.filter(project=target).order_by("x0")
    assert [(one.x0, one.concept.name) for one in copies] == [(10.0, "car"), (100.0, "car")]
    assert Label.all_objects.get(project=target).pk == copies[0].pk
    purging.purge_media(lambda: Media.all_objects.filter(pk=w.images[0].pk))
    assert not Prediction.all_objects.filter(project=w.project).exists()
    purging.purge_media(lambda: Media.all_objects.filter(project=target))
    purging.purge_project(Project.all_objects.get(pk=target.pk))
    assert not Prediction.all_objects.exists()


def test_a_merged_class_takes_them_and_a_deleted_one_hides_them(w: World) -> None:
    predict(w, car(w))
    merges.start(actor=w.actor(w.max), project=w.project, source=w.car, target=w.person)
    assert Prediction.all_objects.get().concept_id == w.person.pk
    concepts.delete(actor=w.actor(w.max), concept=w.person)
    assert not Concept.all_objects.filter(pk=w.person.pk).exists() and Prediction.all_objects.count() == 1


def results(w: World, *items: dict[str, Any]) -> io.BytesIO:
    base = {"image_id": w.images[0].number, "category_id": w.car.number, "score": 0.5}
    return io.BytesIO(json.dumps([base | item for item in items]).encode())


def read(w: World, file: io.BytesIO) -> dict[str, Any]:
    return imports.run(
        actor=w.actor(w.max), project=w.project, model="Detector", file=file, steps=Steps(), progress=lambda *_: None
    )  # fmt: skip


def test_coco_results_become_suggestions(w: World) -> None:
    square = [[10, 10, 20, 10, 20, 20, 10, 20]]
    rle = {"size": [480, 640], "counts": [480 * 10 + 10, 5, 640 * 480 - 480 * 10 - 15]}
    facts = read(w, results(
        w, {"id": "x", "bbox": [600, 10, 100, 20], "score": 1}, {"segmentation": square}, {"segmentation": rle},
        {"bbox": [1, 2, 3, 4], "score": 1.5}, {"bbox": [1, 2, 3, 4], "score": None}, {"bbox": [1, 2, 3, 4], "image_id": 99},
        {"bbox": [1, 2, 3, 4], "category_id": 99}, {"segmentation": [[-5, 0, 20, 10, 20, 20]]}, {"bbox": [1, 2, 0, 4]},
        {"bbox": [700, 2, 3, 4]}, {"bbox": "x"},
    ))  # fmt: skip
    assert facts["suggestions"] == 3 and facts["counts"]["suggestions"]["left_out"] == 8
    found = {one["shape"]: one for one in suggestions.of_media(w.images[0])}
    assert found["box"]["box"] == (600.0, 10.0, 640.0, 30.0) and found["box"]["score"] == 1.0
    assert found["polygon"]["box"] == (10.0, 10.0, 20.0, 20.0)
    assert found["mask"]["box"] == (10.0, 10.0, 11.0, 15.0) and found["mask"]["mask"] == [1, 5]
    assert {line["field"] for line in facts["report"]} == {
        "annotations.score", "annotations.image_id", "annotations.category_id", "annotations.bbox",
    }  # fmt: skip
    # what can be read can be accepted
    for row in Prediction.all_objects.exclude(shape="box"):
        geometry = {
            "points": row.points and json.loads(row.points),
            "mask": found[row.shape]["mask"],
            "box": found[row.shape]["box"],
        }
        assert change(w, label_id=str(row.pk), base=None, patch={"concept": str(row.concept_id), "shape": row.shape, **geometry})["status"] == "ok"  # fmt: skip


def test_other_files_are_refused(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (
        b"",
        b"{}",
        b"[1]",
        b'{"annotations": 1}',
        b'[{"bbox": [1, 2, 3, 4]}]',
        b"[{",
        b"\xff",
        b"PK\3\4",
    ):
        with pytest.raises(Invalid):
            read(w, io.BytesIO(content))
    with pytest.raises(Invalid, match="none of the 1 results"):
        read(w, results(w, {"image_id": 99, "bbox": [1, 2, 3, 4]}))
    monkeypatch.setattr(coco_results, "MAX_BYTES", 100)
    with pytest.raises(TooLarge):
        read(w, results(w, {"bbox": [1, 2, 3, 4]}, {"bbox": [1, 2, 3, 4]}))


def test_the_surest_of_very_many_are_kept(w: World) -> None:
    facts = read(w, results(w, *({"bbox": [1, 2, 3 + n, 4], "score": n / 2000} for n in range(1001))))
    assert facts["suggestions"] == 1000
    assert min(Prediction.all_objects.values_list("score", flat=True)) == 1 / 2000
