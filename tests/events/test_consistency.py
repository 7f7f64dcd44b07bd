"""Applying the emitted events equals a fresh fetch, for every service that changes what a page shows."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable
from typing import Any, get_type_hints, is_typeddict

import pytest

from annotator.domain.ids import uuid7
from annotator.events.kinds import CATALOGUE, Effect
from annotator.models import Attribute, Event, Label, Media, MediaStatus, Prediction, Segment, Tag, TagGroup
from annotator.services.annotations import (
    attribute_values,
    batches as annotation_batches,
    editing,
    labels,
    metadata,
    predictions,
    segments,
    tags,
)
from annotator.services.exchange.imports import coco as coco_imports, removal
from annotator.services.insight import augmentation
from annotator.services.jobs import jobs
from annotator.services.jobs.steps import Steps
from annotator.services.media import (
    batches as media_batches,
    bulk,
    changes as media_changes,
    creation,
    status_edits,
    statuses,
)
from annotator.services.media.rows import NewImage
from annotator.services.projects import datasets, projects
from annotator.services.review import issues
from annotator.services.vocabulary import attributes, concepts, keypoint_edits, keypoint_schemas, merges
from tests.events.replica import Replica
from tests.world import World, keep, make_box, make_class, make_dataset, make_video, picture

Scenario = Callable[[World], Any]


def _status(w: World, base: str) -> MediaStatus:
    return MediaStatus.all_objects.get(project=w.project, base=base, is_default=True)


def _patch(w: World, *at: float) -> dict[str, Any]:
    return {"concept": str(w.car.pk), "box": list(at or (10, 10, 60.25, 40.5)), "tool": "bbox"}


def _max(w: World) -> dict[str, Any]:
    return {"actor": w.actor(w.max)}


def _in(w: World) -> dict[str, Any]:
    return {"actor": w.actor(w.max), "project": w.project}


def _on(w: World) -> dict[str, Any]:
    return {"actor": w.actor(w.ann), "media": w.images[0]}


# --- annotations ---


def create_labels(w: World) -> None:
    labels.create_many(**_on(w), patches=[_patch(w), _patch(w, 0, 0, 5, 5)])


def create_more_labels_than_events_carry(w: World) -> None:
    labels.create_many(**_on(w), patches=[_patch(w, n, 0, n + 5, 5) for n in range(201)])


def update_labels(w: World) -> None:
    label = w.box()
    labels.update_many(**_on(w), patches=[(label.pk, {"box": [1, 2, 3, 4]})])


def delete_labels(w: World) -> None:
    labels.delete_many(**_on(w), label_ids=[w.extra["label"].pk])


def edit_as_the_page_does(w: World) -> None:
    ops: list[dict[str, Any]] = [
        {"label_id": str(uuid7()), "base": None, "patch": _patch(w)},
        {"label_id": str(w.extra["label"].pk), "base": 0, "patch": {"concept": str(w.person.pk)}},
        {"tag": str(w.sunny.pk), "on": True},
    ]
    ops = [{"op_id": str(uuid7()), **op} for op in ops]
    results, *_ = editing.apply(actor=w.actor(w.ann), media=w.images[0], ops=ops, client="tab")
    assert {one["status"] for one in results} == {"ok"}


def add_tags(w: World) -> None:
    tags.add_many(**_on(w), concept_ids=[w.sunny.pk])


def remove_tags(w: World) -> None:
    tags.remove_many(**_on(w), concept_ids=[w.extra["tag"].pk])


def label_and_tag_many_images(w: World) -> None:
    items = [(image, {"concept": w.car.pk, "box": (1, 1, 9, 9), "tool": "api"}) for image in w.images]
    annotation_batches.create_labels(**_in(w), items=items)
    annotation_batches.add_tags(**_in(w), pairs=[(image, w.sunny.pk) for image in w.images])


def clear_many_images(w: World) -> None:
    annotation_batches.delete_labels(**_in(w), label_ids=[w.extra["label"].pk])
    annotation_batches.remove_tags(**_in(w), media=w.images, concept_ids=[w.extra["tag"].pk])


def import_coco(w: World) -> None:
    data = {
        "images": [{"id": 1, "file_name": "img 1.jpg", "width": 640, "height": 480}],
        "categories": [{"id": 40, "name": "lamp"}],
        "annotations": [{"id": 9, "image_id": 1, "category_id": 40, "bbox": [1, 1, 5, 5]}],
    }
    file = io.BytesIO(json.dumps(data).encode())
    coco_imports.run(**_in(w), dataset=w.dataset, file=file)
    assert Label.all_objects.filter(media=w.images[0], number=9).exists()


def undo_an_import(w: World) -> None:
    job = jobs.start(**_in(w), workspace=w.workspace, kind="import_coco")
    Label.all_objects.filter(pk=w.extra["label"].pk).update(import_job=job)
    assert removal.remove(job=job) == 1


# --- statuses and media ---


def set_status(w: World) -> None:
    statuses.set_status(**_in(w), media=[w.images[0]], status=_status(w, "TO REVIEW"))


def set_status_of_many(w: World) -> None:
    media_changes.set_status(**_in(w), media=[image.pk for image in w.images], status=_status(w, "SKIPPED"))


def send_back(w: World) -> None:
    for person, base, more in ((w.ann, "TO REVIEW", {}), (w.rosa, "IN PROGRESS", {"reason": "Too loose"})):
        ops = [{"op_id": str(uuid7()), "status": base, **more}]
        editing.apply(actor=w.actor(person), media=w.images[0], ops=ops, client="tab")


def require_review(w: World) -> None:
    projects.update(**_in(w), changes={"requires_review": True})


def make_and_change_statuses(w: World) -> None:
    made = statuses.create(**_in(w), name="Odd")
    statuses.update(**_max(w), status=made, changes={"name": "Odder"})
    statuses.delete(**_max(w), status=statuses.create(**_in(w), name="Short"))


def rename_the_status_of_the_image(w: World) -> None:
    made = statuses.create(**_in(w), name="Odd")
    statuses.set_status(**_in(w), media=[w.images[0]], status=made)
    statuses.update(**_max(w), status=made, changes={"name": "Odder", "color": "#ff0000"})


def create_image(w: World) -> None:
    creation.create_image(**_max(w), dataset=w.dataset, name="new.jpg", source=keep(picture(9)))


def create_images(w: World) -> None:
    images = [NewImage(w.dataset, f"{n}.jpg", keep(picture(n))) for n in (7, 8)]
    media_batches.create_many(**_in(w), images=images)


def replace_image(w: World) -> None:
    creation.replace_content(**_max(w), media=w.images[0], source=keep(picture(9, 300, 200)))


def prepare_images(w: World) -> None:
    Media.objects.filter(project=w.project).update(is_prepared=False, width=1, height=1)
    media_batches.prepare_pending(project=w.project, steps=Steps(), progress=lambda share, text: None)


def rename_image(w: World) -> None:
    media_changes.rename(**_max(w), media=w.images[0], name="other.jpg")


def move_image(w: World) -> None:
    evening = make_dataset(w.project, "Evening")
    media_changes.rename_or_move(**_max(w), media=w.images[0], name="other.jpg", dataset=evening)


def move_images(w: World) -> None:
    media_changes.move(
        **_in(w), media=[one.pk for one in w.images], dataset=make_dataset(w.project, "Evening")
    )


def freeze_images(w: World) -> None:
    media_changes.set_frozen(**_in(w), media=[one.pk for one in w.images], is_frozen=True)


def add_metadata(w: World) -> None:
    metadata.add(**_in(w), media=[w.images[0].pk], values={"city": "Bern"}, most=9)


def trash_image(w: World) -> None:
    media_changes.trash(**_in(w), media=[w.images[0].pk])


def trash_and_restore_images(w: World) -> None:
    keys = [one.pk for one in w.images]
    media_changes.trash(**_in(w), media=keys)
    media_changes.restore(**_in(w), media=keys)


def change_in_bulk_and_undo(w: World) -> None:
    for what, target in (
        ("status", _status(w, "SKIPPED").pk),
        ("move", make_dataset(w.project, "Evening").pk),
        ("delete", None),
    ):
        change = bulk.change_of(what, target)
        assert bulk.apply(**_in(w), change=change, media=[one.pk for one in w.images]).changed == 3
        assert bulk.undo_change(**_in(w), change_id=change.id, what=what) == 3


# --- datasets and projects ---


def make_and_rename_datasets(w: World) -> None:
    datasets.create(**_in(w), name="Evening")
    datasets.rename(**_max(w), dataset=w.dataset, name="Noon")


def trash_dataset(w: World) -> None:
    datasets.trash(**_max(w), dataset=w.dataset)


def trash_and_restore_dataset(w: World) -> None:
    datasets.trash(**_max(w), dataset=w.dataset)
    datasets.restore(**_max(w), dataset=w.dataset)


def change_project(w: World) -> None:
    projects.update(**_in(w), changes={"name": "Roads", "description": "x"})


def start_and_cancel_job(w: World) -> None:
    job = jobs.start(**_in(w), workspace=w.workspace, kind="export")
    jobs.cancel(**_max(w), job=job)


# --- vocabulary ---


def make_and_change_classes(w: World) -> None:
    made = concepts.create(**_in(w), name="tree", roles=("region",))
    concepts.update(**_max(w), concept=made, changes={"name": "bush", "color": "#00ff00"})
    concepts.give_role(**_max(w), concept=made, role="media")


def reorder_classes(w: World) -> None:
    concepts.reorder(**_in(w), ids=[w.person.pk, w.car.pk])


def delete_class_with_labels(w: World) -> None:
    concepts.delete(**_max(w), concept=w.car)


def delete_tag_with_its_marks(w: World) -> None:
    concepts.delete(**_max(w), concept=w.extra["tag"], role="media")


def merge_classes_by_job_and_undo(w: World) -> None:
    merge_classes_by_job(w)
    job = merges.start(**_in(w), source=w.person, target=make_class(w.project, "third", 33))
    merges.run(**_in(w), job=job, steps=Steps(), progress=lambda share, text: None)
    job.refresh_from_db()
    undo = merges.undo(**_in(w), job=job)
    if undo is not None:
        merges.run_undo(**_in(w), job=undo, steps=Steps(), progress=lambda share, text: None)


def merge_classes_by_job(w: World) -> None:
    job = merges.start(**_in(w), source=w.car, target=w.person)
    merges.run(**_in(w), job=job, steps=Steps(), progress=lambda share, text: None)
    assert Label.all_objects.get(pk=w.extra["label"].pk).concept_id == w.person.pk


def change_tag_groups(w: World) -> None:
    group = concepts.create_group(**_in(w), name="Weather")
    concepts.update_group(**_max(w), group=group, changes={"name": "Sky", "kind": "SELECTION"})
    concepts.delete_group(**_max(w), group=concepts.create_group(**_in(w), name="Short"))
    concepts.update(**_max(w), concept=w.sunny, changes={"group_id": group.pk}, role="media")
    rows = TagGroup.all_objects.filter(project=w.project).order_by("-order")
    concepts.reorder_groups(**_in(w), ids=[one.pk for one in rows])


def change_keypoint_schemas(w: World) -> None:
    names = [{"id": uuid.uuid4(), "name": "nose"}, {"id": uuid.uuid4(), "name": "ear"}]
    schema = keypoint_schemas.create(**_in(w), name="body", kind="pose", classes=names, edges=[])
    keypoint_schemas.update(**_max(w), schema=schema, changes={"name": "figure"})
    keypoint_schemas.link(**_in(w), links=[keypoint_schemas.Link(schema.pk, w.person.pk)])
    keypoint_schemas.unlink(**_in(w), pairs=[(schema.pk, w.person.pk)])
    kept = keypoint_edits.delete(**_max(w), schema=schema)
    fields = {"id": uuid.UUID(kept["id"]), "name": kept["name"], "kind": kept["kind"]}
    schema = keypoint_edits.restore(**_in(w), fields=fields, concept_ids=[w.person.pk])
    based_on = keypoint_edits.version(schema)
    keypoint_edits.save(**_max(w), schema=schema, based_on=based_on, changes={"name": "x"}, concept_ids=[])


def change_augmentation_lists(w: World) -> None:
    fields = {"name": "Flips", "probability": 0.5, "number_of_new_images": 1, "transformations": []}
    made = augmentation.create(**_in(w), fields=fields)
    augmentation.update(**_max(w), augmentation_list=made, changes={"is_initial": True})
    kept = augmentation.delete(**_max(w), augmentation_list=made)
    augmentation.restore(**_in(w), kept=kept)


def discuss_an_issue(w: World) -> None:
    issue = issues.create(
        actor=w.actor(w.ann), media=w.images[0], body="Whose car?", x=10, y=20.5, mentions=[w.max.pk]
    )
    issues.comment(**_max(w), issue=issue, body="Mine")
    issues.resolve(**_max(w), issue=issue, is_resolved=True)
    issues.resolve(actor=w.actor(w.ann), issue=issue, is_resolved=False)
    issues.delete(actor=w.actor(w.ann), issue=issue)


def predict(w: World) -> None:
    car = predictions.Found(w.car.pk, 10.0, 20.0, 60.0, 80.0, "box", None, None, 0.8)
    for _ in range(2):
        predictions.replace(**_in(w), model="Detector", found={w.images[0].pk: [car]})
    key = str(Prediction.all_objects.get().pk)
    op = {"op_id": str(uuid7()), "prediction": key, "is_rejected": True}
    assert editing.apply(**_on(w), ops=[op])[0][0]["status"] == "ok"


def replace_status(w: World) -> None:
    status = statuses.create(**_in(w), name="Blurred")
    statuses.set_status(**_in(w), media=w.images[:2], status=status)
    rows = MediaStatus.all_objects.filter(project=w.project).order_by("-order")
    status_edits.reorder(**_in(w), ids=[one.pk for one in rows])
    kept = status_edits.delete(**_max(w), status=status, target=_status(w, "DONE"))
    status_edits.restore(**_in(w), kept=kept)


def change_attributes(w: World) -> None:
    changes: dict[str, Any] = {"name": "color", "kind": "SELECTION", "options": [{"value": "red"}]}
    attribute = attributes.create(**_in(w), changes=changes)
    attributes.update(**_max(w), attribute=attribute, changes={"is_required": True})
    attributes.link(**_in(w), links=[attributes.Link(attribute.pk, w.car.pk)])
    attributes.unlink(**_in(w), pairs=[(attribute.pk, w.car.pk)])


def change_attribute_values(w: World) -> None:
    attribute = attributes.create(**_in(w), changes={"name": "note", "kind": "TEXT"})
    for subject in (w.extra["label"].pk, w.box().pk, None):
        for value in ("x", "y"):
            change = attribute_values.Change(attribute.pk, subject, value)
            attribute_values.put_many(**_on(w), changes=[change])
    attribute_values.put_many(**_on(w), changes=[attribute_values.Change(attribute.pk, None, None)])
    labels.delete_many(**_on(w), label_ids=[w.extra["label"].pk])


def delete_an_attribute_with_values(w: World) -> None:
    change_attribute_values(w)
    attributes.delete(**_max(w), attribute=Attribute.all_objects.get(project=w.project))


def change_segments(w: World) -> None:
    walk, run = (concepts.create(**_in(w), name=name, roles=("segment",)) for name in ("walk", "run"))
    video = make_video(w.dataset)
    on: dict[str, Any] = {"actor": w.actor(w.ann), "media": video}
    for start, key in ((0, walk.pk), (100, run.pk), (200, walk.pk)):
        segments.create(**on, start_ms=start, end_ms=start + 90, concept_ids=[key])
    first, second, third = Segment.all_objects.filter(media=video).order_by("start_ms")
    attribute = attributes.create(**_in(w), changes={"name": "speed", "kind": "INT", "subject": "SEGMENT"})
    values = [attribute_values.Change(attribute.pk, None, 3, segment_id=one.pk) for one in (first, third)]
    attribute_values.put_many(**on, changes=values)
    segments.update(
        actor=w.actor(w.ann), segment=second, changes={"end_ms": 195, "concept_ids": [run.pk, walk.pk]}
    )
    segments.create(**on, start_ms=50, end_ms=101, concept_ids=[walk.pk], replace_overlap=True)
    segments.delete_many(**on, segment_ids=[third.pk, w.car.pk])
    by_events: dict[str, Any] = {}
    for kind, before, after in Event.all_objects.order_by("seq").values_list("kind", "before", "after"):
        if kind == "segments.changed":
            for one in json.loads(before):
                assert by_events.pop(one["id"]) == one
            by_events |= {one["id"]: one for one in json.loads(after)}
    stored = Segment.all_objects.filter(media=video)
    assert by_events == {str(one.pk): segments.native(one, segments.activity_ids(one)) for one in stored}


def delete_an_activity(w: World) -> None:
    change_segments(w)
    for name in ("run", "walk"):
        concepts.delete(**_max(w), concept=w.project.concepts.get(name=name), role="segment")
    assert not Segment.all_objects.exists()


SCENARIOS: list[Scenario] = [
    create_labels, create_more_labels_than_events_carry, update_labels, delete_labels, edit_as_the_page_does, add_tags, remove_tags,
    label_and_tag_many_images, clear_many_images, import_coco, undo_an_import, set_status, set_status_of_many, send_back,
    require_review,
    make_and_change_statuses, rename_the_status_of_the_image, create_image, create_images, replace_image, prepare_images,
    rename_image, move_image, move_images, freeze_images, add_metadata, trash_image, trash_and_restore_images,
    change_in_bulk_and_undo, make_and_rename_datasets, trash_dataset, trash_and_restore_dataset, change_project,
    start_and_cancel_job, make_and_change_classes, reorder_classes, delete_class_with_labels, delete_tag_with_its_marks,
    merge_classes_by_job, merge_classes_by_job_and_undo, change_tag_groups, change_keypoint_schemas, replace_status, change_augmentation_lists,
    discuss_an_issue, predict,
    change_attributes, change_attribute_values, delete_an_attribute_with_values, change_segments, delete_an_activity,
]  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.__name__)
def test_events_equal_a_fresh_fetch(w: World, scenario: Scenario) -> None:
    w.extra["label"] = make_box(w.images[0], w.car, (100, 100, 200, 200))
    w.extra["tag"] = make_class(w.project, "rainy", 20, on_region=False, on_media=True, tag_group=_group(w))
    Tag.all_objects.create(project=w.project, media=w.images[0], concept=w.extra["tag"])
    page = Replica(w.actor(w.ann), w.images[0])
    scenario(w)
    events = page.catch_up()
    assert events, "a change that no event tells is not seen by anybody"
    check_payloads(w)
    assert page.vocabulary == page.fetch_vocabulary()
    if Media.objects.filter(pk=page.media_id).exists():
        assert not page.is_gone and page.state == page.fetch_state()
    else:
        assert page.is_gone


def _group(w: World) -> TagGroup:
    found: TagGroup = TagGroup.all_objects.get(project=w.project, is_default=True)
    return found


def check_payloads(w: World) -> None:
    """Assert that the payload of each event is what its kind says."""
    for kind, before, after in Event.objects.filter(project=w.project).values_list("kind", "before", "after"):
        conform(CATALOGUE[kind].payload, after, kind)
        conform(CATALOGUE[kind].before_payload, before, kind)


def conform(payload: Any, text: str | None, kind: str) -> None:
    if text is None:
        return
    assert payload is not None, f"{kind} has no such payload"
    value = json.loads(text)
    assert isinstance(value, dict if is_typeddict(payload) else payload), kind
    if is_typeddict(payload):
        unknown = set(value) - set(get_type_hints(payload))
        assert not unknown and payload.__required_keys__ <= set(value), (kind, value)


def test_what_events_apply_needs_no_fetch(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels and tags of others appear by their events alone."""
    page = Replica(w.actor(w.ann), w.images[0])
    monkeypatch.setattr(page, "_refetch", lambda: pytest.fail("a fetch for what the event says"))
    create_labels(w)
    add_tags(w)
    page.catch_up()
    assert page.state == page.fetch_state()
    assert all(Effect.REFETCH not in CATALOGUE[kind].effects for kind in ("labels.changed", "tags.changed"))
