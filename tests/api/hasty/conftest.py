"""Callers of the Hasty dialect, one for each of the cast; what its paths name; a keypoint schema; uploads with bytes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from annotator.models import Concept, Job, Upload
from annotator.services import blobs
from annotator.services.annotations import segments
from annotator.services.buckets import buckets
from annotator.services.exchange.exports import exports
from annotator.services.media import statuses, uploads
from annotator.services.media.selection import MediaSelection
from annotator.services.vocabulary import attributes, concepts, keypoint_schemas
from annotator.storage.base import put_bytes
from tests.api.client import Api
from tests.world import World, make_video

ANY = "0190b2c4-0000-7000-8000-000000000000"
MALFORMED = (
    "nonsense",
    "1234",
    "0190b2c4-0000-7000-8000-00000000000g",
    "%00",
    "0190b2c400007000800000000000000a",
)


def caller(token: str | None) -> Api:
    """Return a caller of /v1."""
    return Api("/v1", "X-Api-Key", token)


@dataclass(frozen=True, slots=True)
class Callers:
    """Olga owns, Max manages, Rosa reviews, Ann annotates, Vera views; Otto is a stranger."""

    olga: Api
    max: Api
    rosa: Api
    ann: Api
    vera: Api
    otto: Api


@pytest.fixture
def by(w: World) -> Callers:
    """One caller for each of the cast."""
    names = ("olga", "max", "rosa", "ann", "vera", "otto")
    return Callers(**{name: caller(w.token(getattr(w, name))) for name in names})


@pytest.fixture
def p(w: World) -> str:
    """The path of the cast's project below /v1."""
    return f"/projects/{w.project.pk}"


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """The folder `photos` below the one that the server has for buckets."""
    settings.BUCKET_ROOT, settings.HAS_BUCKET_ROOT = tmp_path, True
    made = tmp_path / "photos"
    made.mkdir()
    return made


@pytest.fixture
def body(w: World) -> Any:
    """A keypoint schema `body` with nose and left ear, linked to the class person."""
    names: list[dict[str, Any]] = [
        {"id": uuid.uuid4(), "name": "nose"},
        {"id": uuid.uuid4(), "name": "left ear"},
    ]
    actor = w.actor(w.max)
    schema = keypoint_schemas.create(
        actor=actor,
        project=w.project,
        name="body",
        kind="pose",
        classes=names,
        edges=[{"a": names[0]["id"], "b": names[1]["id"], "color": "#FF0000"}],
    )
    link = keypoint_schemas.Link(schema.pk, w.person.pk)
    keypoint_schemas.link(actor=actor, project=w.project, links=[link])
    return schema


@pytest.fixture
def named(w: World, body: Any, folder: Path) -> dict[str, str]:
    """An id for every parameter of Hasty's paths, all of the cast's project."""
    actor = w.actor(w.max)
    status = statuses.create(actor=actor, project=w.project, name="Odd")
    export = exports.start(
        actor=actor, project=w.project, format_name="json_coco", selection=MediaSelection()
    )
    attribute = attributes.create(actor=actor, project=w.project, changes={"name": "note", "kind": "TEXT"})
    run = labeling_run(w)
    activity = concepts.create(actor=actor, project=w.project, name="walking", roles=("segment",))
    video = make_video(w.dataset)
    segment = segments.create(actor=actor, media=video, start_ms=0, end_ms=9, concept_ids=[activity.pk])
    group = Concept.all_objects.get(pk=w.sunny.pk).project.tag_groups.get()
    bucket = buckets.create(
        actor=w.actor(w.olga),
        workspace=w.workspace,
        provider="dummy",
        description="f",
        fields={"secret": "photos"},
    )
    ids = {
        "bucket_id": bucket.pk, "workspace_id": w.workspace.pk, "project_id": w.project.pk, "dataset_id": w.dataset.pk, "image_id": w.images[0].pk,
        "label_id": w.box().pk, "label_class_id": w.car.pk, "tag_class_id": w.sunny.pk, "tag_group_id": group.pk,
        "keypoint_schema_id": body.pk, "status_id": status.pk, "export_id": export.pk,
        "attribute_id": attribute.pk, "job_id": run.pk,
        "video_id": video.pk, "segment_id": segment.pk, "activity_type_id": activity.pk,
    }  # fmt: skip
    return {name: str(key) for name, key in ids.items()}


def labeling_run(w: World, number: int = 900) -> Job:
    """A run of automated labeling that has ended, as a server with a model will keep it."""
    params = {
        "experiment_id": ANY, "confidence_threshold": 0.8, "max_detections_per_image": 100, "num_images": 0,
        "masker_threshold": 0.5, "min_size": 0,
    }  # fmt: skip
    return Job.all_objects.create(
        workspace=w.workspace, project=w.project, kind="automated_labeling", number=number, state="DONE", progress=1, params=params,
        result={"images": 3}, started_by=w.max,
    )  # fmt: skip


def send(upload_id: str, content: bytes) -> None:
    """Give a slot its bytes as the file view does."""
    uploads.store(Upload.objects.get(pk=upload_id).pk, put_bytes(blobs.store(), content), "image/jpeg")


@pytest.fixture
def slot(by: Callers, p: str) -> Callable[[bytes], str]:
    """Make an upload slot, give it bytes, return its id."""

    def make(content: bytes) -> str:
        key = str(by.max.get(f"{p}/uploads", "count=1")["items"][0]["id"])
        send(key, content)
        return key

    return make
