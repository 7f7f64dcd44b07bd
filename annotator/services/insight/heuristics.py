"""The heuristics of active learning: ways to tell how unsure a model is of an image. The same in every project."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from annotator.models import Project

#: What models can do with an image, of what active learning can rank.
TASKS = ("instance_segmentation", "object_detection", "semantic_segmentation")
NAMES = ("Margin", "Entropy", "Least confidence", "Random")
DEFAULT = "Margin"
#: Under this name the settings of a project hold the heuristic that is chosen for each task.
SETTING = "active_heuristics"
_NAMESPACE = uuid.UUID("5f0d7c1e-5a0b-4c0e-9d8f-3c1b6f1d2a70")


@dataclass(frozen=True, slots=True)
class Heuristic:
    """One heuristic for one task; its id never changes."""

    id: uuid.UUID
    task: str
    name: str


HEURISTICS = tuple(
    Heuristic(uuid.uuid5(_NAMESPACE, f"{task}/{name}"), task, name) for task in TASKS for name in NAMES
)


def active(project: Project, task: str) -> Heuristic:
    """Return the heuristic that is chosen for a task in a project: Margin unless its settings name another."""
    chosen = project.settings.get(SETTING, {}).get(task, DEFAULT)
    found = {each.name: each for each in HEURISTICS if each.task == task}
    return found.get(chosen, found[DEFAULT])
