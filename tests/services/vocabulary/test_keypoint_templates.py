"""Templates of keypoint schemas: what they hold, and schemas made from them."""

from __future__ import annotations

import pytest

from annotator.domain.errors import Denied, Invalid
from annotator.models import KeypointSchema
from annotator.services.vocabulary import keypoint_templates
from tests.world import World

COUNTS = {"coco_person_17": (17, 19), "hand_21": (21, 20), "face_68": (68, 63), "quadruped_17": (17, 17)}


def test_templates_are_complete_and_on_their_example() -> None:
    found = keypoint_templates.templates()
    assert {key: (len(one.points), len(one.edges)) for key, one in found.items()} == COUNTS
    for one in found.values():
        assert len({name for name, _, _ in one.points}) == len(one.points)
        assert all(0 <= x <= 1 and 0 <= y <= 1 for _, x, y in one.points)
        assert all(a != b and max(a, b) < len(one.points) for a, b in one.edges)


@pytest.mark.parametrize("key", COUNTS)
def test_a_schema_of_a_template_has_its_points_edges_and_classes(w: World, key: str) -> None:
    made = keypoint_templates.create(
        actor=w.actor(w.max), project=w.project, key=key, name="Body", concept_ids=[w.person.pk, w.car.pk]
    )
    template = keypoint_templates.templates()[key]
    points = [(one.name, one.editor_x, one.editor_y) for one in made.classes.order_by("order")]
    assert points == list(template.points) and made.template == key
    edges = made.edges.order_by("order").values_list("a__order", "b__order")
    assert [(int(a), int(b)) for a, b in edges] == list(template.edges)
    assert list(made.bindings.order_by("order").values_list("concept_id", flat=True)) == [
        w.person.pk,
        w.car.pk,
    ]


def test_unknown_templates_and_roles_write_nothing(w: World) -> None:
    common = {"project": w.project, "name": "Body", "concept_ids": []}
    with pytest.raises(Invalid):
        keypoint_templates.create(actor=w.actor(w.max), key="dragon", **common)
    with pytest.raises(Denied):
        keypoint_templates.create(actor=w.actor(w.ann), key="hand_21", **common)
    with pytest.raises(Invalid):
        keypoint_templates.create(
            actor=w.actor(w.max), project=w.project, key="hand_21", name="Hand", concept_ids=[w.sunny.pk]
        )
    assert not KeypointSchema.all_objects.exists()
