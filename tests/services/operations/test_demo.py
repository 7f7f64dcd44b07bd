"""The demo is whole or not there."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.domain.actor import Actor
from annotator.models import Label, Media, MediaStatus, Project
from annotator.services.media import statuses
from annotator.services.operations import demo
from tests.world import World


def test_an_interrupted_demo_leaves_nothing_and_the_next_one_is_whole(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = Actor(user_id=w.max.pk, via="command")
    calls: list[str] = []

    def fail(**arguments: Any) -> None:
        calls.append(arguments["status"].name)
        if len(calls) == 4:
            raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(statuses, "set_status", fail)
        with pytest.raises(KeyboardInterrupt):
            demo.build(actor=actor, workspace=w.workspace)
    assert not Project.all_objects.filter(name=demo.NAME).exists()

    project = demo.build(actor=actor, workspace=w.workspace)
    states = MediaStatus.all_objects.filter(media__project=project).values_list("base", flat=True)
    assert sorted(states) == sorted(demo.STATES)
    shapes = Label.all_objects.filter(project=project).values_list("shape", flat=True)
    assert set(shapes) == {"box", "polygon", "mask", "keypoints"}
    assert all(Media.objects.filter(project=project).values_list("blob_id", flat=True))
