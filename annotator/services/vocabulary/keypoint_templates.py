"""Templates of keypoint schemas (fixtures/keypoints), and schemas made from them."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from django.conf import settings
from django.db import transaction

from annotator.domain import palette
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.domain.ids import uuid7
from annotator.models import KeypointSchema, Project
from annotator.services.vocabulary import keypoint_schemas


@dataclass(frozen=True, slots=True)
class Template:
    """Points as (name, x, y), x and y from 0 to 1 on the example; edges as pairs of their indexes."""

    key: str
    name: str
    points: Sequence[tuple[str, float, float]]
    edges: Sequence[tuple[int, int]]


@functools.cache
def templates() -> dict[str, Template]:
    """Return all templates by key; read once per process."""
    found = {}
    for file in sorted((settings.BASE_DIR / "fixtures" / "keypoints").glob("*.json")):
        data = orjson.loads(file.read_bytes())
        points = tuple((one["name"], one["x"], one["y"]) for one in data["points"])
        edges = tuple((a, b) for a, b in data["edges"])
        found[file.stem] = Template(file.stem, data["name"], points, edges)
    return found


@transaction.atomic
def create(
    *, actor: Actor, project: Project, key: str, name: str, concept_ids: Sequence[uuid.UUID]
) -> KeypointSchema:
    """Make a schema with the points and edges of a template, and let these classes carry its points, in this order."""
    template = templates().get(key)
    if template is None:
        raise Invalid("There is no such template.", field="template")
    ids = [uuid7() for _ in template.points]
    classes = [
        {"id": own, "name": point, "editor_x": x, "editor_y": y}
        for own, (point, x, y) in zip(ids, template.points, strict=True)
    ]
    edges = [
        {"a": ids[a], "b": ids[b], "color": palette.palette_color(index)[:7]}
        for index, (a, b) in enumerate(template.edges)
    ]
    schema = keypoint_schemas.create(
        actor=actor, project=project, name=name, kind="pose", template=key, classes=classes, edges=edges
    )
    _link(actor, schema, concept_ids)
    return schema


@transaction.atomic
def create_empty(
    *, actor: Actor, project: Project, name: str, concept_ids: Sequence[uuid.UUID]
) -> KeypointSchema:
    """Make a schema without points for these classes, in this order."""
    schema = keypoint_schemas.create(actor=actor, project=project, name=name, kind="pose")
    _link(actor, schema, concept_ids)
    return schema


def _link(actor: Actor, schema: KeypointSchema, concept_ids: Sequence[uuid.UUID]) -> None:
    links = [keypoint_schemas.Link(schema.pk, key, float(index)) for index, key in enumerate(concept_ids)]
    keypoint_schemas.link(actor=actor, project=schema.project, links=links)
