"""Every format of the demo project is read back by the reader its users use, and compared label by label."""

from __future__ import annotations

from pathlib import Path

from annotator.models import Label
from annotator.services.operations import demo
from tests.services.exchange.exports.readback import Scene
from tests.world import World


def test_every_format_of_the_demo_is_read_back(w: World, tmp_path: Path) -> None:
    scene = Scene.of(w.actor(w.max), demo.build(actor=w.actor(w.max), workspace=w.workspace))
    count = Label.all_objects.filter(project=scene.project).count()
    assert count > 30 and len(scene.images) == len(demo.STATES)
    for format_name, options in (
        ("json_v1.1", {}),
        ("json_coco", {}),
        ("pascal", {}),
        ("yolo", {}),
        ("semantic_png", {"semantic_format": "gs_asc"}),
        ("semantic_png", {"semantic_format": "gs_desc"}),
        ("semantic_png", {"semantic_format": "class_color"}),
        ("images", {}),
    ):
        folder = tmp_path / f"{format_name}-{options.get('semantic_format', '')}"
        folder.mkdir()
        assert scene.compare(format_name, folder, **options) == count, format_name
