"""A copy of a project says the same under other ids, whatever happens to either meanwhile."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson
import pytest

from annotator.domain.errors import Denied, Invalid
from annotator.domain.ids import uuid7
from annotator.jobs import engine
from annotator.models import (
    Attribute,
    AttributeBinding,
    AttributeOption,
    AttributeValue,
    Concept,
    DatasetItem,
    Event,
    Job,
    KeypointBinding,
    KeypointClass,
    KeypointSchema,
    Label,
    Media,
    MediaStatus,
    Project,
    ProjectClock,
    Segment,
    SegmentConcept,
    SkeletonEdge,
    Tag,
    TagGroup,
)
from annotator.services.exchange.exports import exports
from annotator.services.media import changes
from annotator.services.media.selection import MediaSelection
from annotator.services.projects import duplication
from tests.world import World, actor, make_box, make_class, make_dataset, make_images


def filled(w: World) -> dict[str, Any]:
    """Put something into every table of the project; return ids that are written inside of columns."""
    project = w.project
    own = MediaStatus.all_objects.create(project=project, name="Odd", name_key="odd", base="DONE", order=9, is_default=False)  # fmt: skip
    group = TagGroup.all_objects.create(project=project, name="Sky", name_key="sky", sort_key="sky", kind="SELECTION", order=2)  # fmt: skip
    Concept.all_objects.filter(pk=w.sunny.pk).update(tag_group=group)
    Concept.all_objects.filter(pk=w.car.pk).update(parent=make_class(project, "vehicle", 90))
    attribute = Attribute.all_objects.create(
        project=project, name="color", name_key="color", kind="SELECTION"
    )
    option = AttributeOption.all_objects.create(attribute=attribute, value="red")
    Attribute.all_objects.filter(pk=attribute.pk).update(default=str(option.pk))
    AttributeBinding.all_objects.create(attribute=attribute, concept=w.car)
    schema = KeypointSchema.all_objects.create(project=project, name="arm", name_key="arm")
    points = [KeypointClass.all_objects.create(schema=schema, name=n, name_key=n) for n in ("a", "b")]
    SkeletonEdge.all_objects.create(schema=schema, a=points[0], b=points[1])
    KeypointBinding.all_objects.create(schema=schema, concept=w.person)
    labels = [make_box(image, w.car, (1, 1, 5, 5 + n)) for n, image in enumerate(w.images)]
    point = {"id": str(uuid7()), "keypoint_class": str(points[1].pk), "x": 1.0, "y": 2.0, "visible": True, "order": 0.0}  # fmt: skip
    texts = orjson.dumps([point]).decode()
    Label.all_objects.filter(pk=labels[0].pk).update(keypoints=texts, shape="keypoints")
    AttributeValue.all_objects.create(attribute=attribute, label=labels[0], value=str(option.pk))
    AttributeValue.all_objects.create(attribute=attribute, media=w.images[1], value=[str(option.pk)])
    Tag.all_objects.create(project=project, media=w.images[0], concept=w.sunny, created_by=w.ann)
    segment = Segment.all_objects.create(project=project, media=w.images[2], start_ms=1, end_ms=5)
    SegmentConcept.all_objects.create(segment=segment, concept=w.car)
    Media.all_objects.filter(pk=w.images[0].pk).update(status=own, metadata={"place": "Bern"}, ref=str(w.images[0].pk))  # fmt: skip
    Project.objects.filter(pk=project.pk).update(settings={"target": str(w.car.pk), "n": 1}, requires_review=True)  # fmt: skip
    return {"option": option, "point": points[1]}


def copy(w: World, name: str = "") -> tuple[Project, Job]:
    project, job = duplication.start(actor=actor(w.max), source=Project.objects.get(pk=w.project.pk), name=name)  # fmt: skip
    assert engine.run(job.pk)
    job.refresh_from_db()
    assert job.state == "DONE", job.error
    return Project.objects.get(pk=project.pk), job


def facts(project: Project) -> list[Any]:
    """Return all rows of a project with ids replaced by what they name."""
    names: dict[str, str] = {str(project.pk): "project"}
    rows: list[tuple[str, dict[str, Any]]] = []
    tables = [(Media, "project"), *duplication.VOCABULARY, *duplication._ON_MEDIA]
    for model, path in tables:
        path = path if path.endswith("project") else f"{path}__project"
        for place, row in enumerate(model.all_objects.filter(**{path: project}).order_by("pk").values()):
            names[str(row["id"])] = f"{model.__name__} {place}"
            rows.append((model.__name__, row))

    def named(value: Any) -> str:
        return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", lambda found: names.get(found[0], found[0]), str(value))

    return [
        (name, sorted((column, named(value)) for column, value in row.items() if column != "updated_at"))
        for name, row in rows
    ]


def test_everything_is_there(w: World) -> None:
    inside = filled(w)
    project, job = copy(w, "Copy")
    for copied, original in zip(facts(project), facts(w.project), strict=True):
        assert copied == original
    assert job.result == {"media": 3, "labels": 3} and project.name == "Copy"
    car = Concept.all_objects.get(project=project, name="car")
    assert (project.settings, project.requires_review) == ({"target": str(car.pk), "n": 1}, True)
    written = json.dumps(list(Label.all_objects.filter(project=project).values_list("keypoints", flat=True)))
    values = AttributeValue.all_objects.filter(attribute__project=project).values_list("value", flat=True)
    assert str(inside["point"].pk) not in written
    assert str(inside["option"].pk) not in json.dumps([*values, Attribute.all_objects.get(project=project).default])  # fmt: skip
    assert {m.blob_id for m in Media.objects.filter(project=project)} == {m.blob_id for m in w.images}
    before, after = (ProjectClock.objects.get(pk=each.pk) for each in (w.project, project))
    assert (after.media_number, after.concept_number) == (before.media_number, before.concept_number)
    bulk = Event.all_objects.filter(project=project, kind="bulk").get()
    assert json.loads(bulk.after or "")["count"] == 3


def test_exports_of_both_are_equal(w: World, tmp_path: Any) -> None:
    filled(w)
    project, _ = copy(w, w.project.name)
    found = []
    for each in (w.project, project):
        path = tmp_path / f"{each.pk}.zip"
        exports.write_file(
            actor=actor(w.max), project=each, path=path, progress=lambda *_: None, format_name="json_coco", selection=MediaSelection()
        )  # fmt: skip
        found.append(path.stat().st_size)
    assert found[0] == found[1]


def test_what_changes_while_it_runs(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Vocabulary that came later or is gone is left out with what refers to it; a name that is taken gets a number."""
    monkeypatch.setattr(duplication, "CHUNK", 1)
    filled(w)
    project, job = duplication.start(actor=actor(w.max), source=w.project)
    late, late_status = make_class(w.project, "late", 91), MediaStatus.all_objects.create(
        project=w.project, name="Late", name_key="late", base="DONE", order=11
    )  # fmt: skip
    label = make_box(w.images[0], late, (1, 1, 2, 2))
    attribute = Attribute.all_objects.get(project=w.project)
    AttributeValue.all_objects.create(attribute=attribute, label=label, value="x")
    Media.all_objects.filter(pk=w.images[1].pk).update(status=late_status)
    make_images(make_dataset(w.project, "Later"), 1, start=50)
    changes.trash(actor=actor(w.max), project=w.project, media=[w.images[2].pk])
    theirs = project.datasets.get(name=w.dataset.name)
    (taken,) = make_images(theirs, 1, start=1)
    Media.all_objects.filter(pk=taken.pk).update(number=500)
    assert engine.run(job.pk)
    job.refresh_from_db()
    assert job.state == "DONE", job.error
    copies = Media.objects.filter(project=project).exclude(pk=taken.pk)
    items = DatasetItem.objects.filter(media__in=copies)
    assert sorted(items.values_list("name", flat=True)) == ["img 1 (2).jpg", "img 2.jpg"]
    assert Label.all_objects.filter(project=project, concept__name="late").count() == 0
    assert Label.all_objects.filter(project=project).count() == 2
    assert {m.status.project_id for m in copies} == {project.pk}


def test_who_may_copy(w: World) -> None:
    token = duplication.token_of(actor=actor(w.max), project=w.project)
    assert duplication.find(actor=actor(w.rosa), token=token) == w.project
    for wrong in ("", "x", token[:-1], token + "x"):
        with pytest.raises(Invalid):
            duplication.find(actor=actor(w.max), token=wrong)
    with pytest.raises(Invalid):
        duplication.find(actor=actor(w.otto), token=token)
    with pytest.raises(Denied):
        duplication.token_of(actor=actor(w.ann), project=w.project)
    with pytest.raises(Denied):
        duplication.start(actor=actor(w.rosa), source=w.project)
    assert Project.objects.count() == 1


def test_a_token_expires(w: World, settings: Any) -> None:
    token = duplication.token_of(actor=actor(w.max), project=w.project)
    settings.PROJECT_TOKEN_SECONDS = -1
    with pytest.raises(Invalid, match="expired"):
        duplication.find(actor=actor(w.max), token=token)


def test_a_person_who_lost_access_copies_no_more(w: World) -> None:
    _, job = duplication.start(actor=actor(w.max), source=w.project)
    Project.objects.filter(pk=w.project.pk).update(trashed_at="2020-01-01T00:00Z")
    assert engine.run(job.pk)
    job.refresh_from_db()
    assert (job.state, "no longer there" in job.error) == ("FAILED", True)
