"""Starting what needs a model. Everything that is asked is checked; then it is refused, because no model can be installed yet."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import NoReturn

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid, NoModel
from annotator.models import Concept, Dataset, JobState, Project
from annotator.services import addresses
from annotator.services.insight import heuristics
from annotator.services.jobs import jobs
from annotator.services.media import uploads

LABELING = "automated_labeling"
_NEEDS = {
    "object_detection": "finds objects",
    "instance_segmentation": "finds objects with their masks",
    "semantic_segmentation": "divides images into classes",
    "attribute_prediction": "predicts attributes",
    "training": "can be trained",
    "similarity": "compares images",
    "search": "finds images by what is on them",
    "query": "answers questions about images",
    "classification": "classifies images",
    "embedding": "places images by their likeness",
    "activation_map": "shows which parts of an image decide",
}


def no_model(task: str) -> NoModel:
    """Return the refusal of what a model would have to do."""
    message = f"There is no model installed on this server that {_NEEDS[task]}, so nothing can be computed."
    return NoModel(message)


def start_session(
    *,
    actor: Actor,
    project: Project,
    task: str | None = None,
    heuristic_id: uuid.UUID | None = None,
    dataset_ids: Sequence[uuid.UUID] = (),
) -> NoReturn:
    """Rank the images of datasets (none: of all) by how unsure a model is of them. Allowed with `project.manage`.

    Without a heuristic it is the active one of the task, without a task that of the heuristic. Raises Invalid for
    a heuristic that does not exist or is another task's, for datasets of elsewhere, and as there is no model.
    """
    policy.require(actor, project, "project.manage")
    if heuristic_id is not None:
        found = next((each for each in heuristics.HEURISTICS if each.id == heuristic_id), None)
        if found is None:
            raise Invalid("There is no such heuristic.", field="heuristic_id")
        if task not in (None, found.task):
            raise Invalid("heuristic_id names a heuristic of another model family.", field="heuristic_id")
        task = found.task
    _check_datasets(project, dataset_ids, field="dataset_ids")
    raise no_model(task or "object_detection")


def start_labeling(*, actor: Actor, project: Project, dataset_id: uuid.UUID | None = None) -> NoReturn:
    """Have a model label new images of a dataset (None: of all). Allowed with `project.manage`.

    Raises Invalid for a dataset of elsewhere, while another run is under way, and as there is no model.
    """
    policy.require(actor, project, "project.manage")
    _check_datasets(project, [] if dataset_id is None else [dataset_id], field="dataset_id")
    states = (JobState.QUEUED, JobState.RUNNING)
    if jobs.visible(actor=actor, project=project, kind=LABELING, states=states).exists():
        raise Invalid("Automated labeling is running in this project already.", code="already_running")
    raise no_model("object_detection")


def predict(
    *,
    actor: Actor,
    project: Project,
    task: str,
    upload_id: uuid.UUID | None = None,
    image_url: str | None = None,
    boxes: Sequence[Sequence[float]] = (),
    url_field: str = "image_url",
) -> NoReturn:
    """Have a model predict what is on one image, an upload or an address; nothing is stored. Allowed with `label.write`.

    `url_field` is what the caller calls the address.

    Raises Invalid unless exactly one image is named, for boxes that hold nothing, and as there is no model. The
    upload can be used again; the address is not fetched.
    """
    policy.require(actor, project, "label.write")
    if (upload_id is None) == (image_url is None):
        raise Invalid("Name one image: upload_id or image_url.", field="upload_id")
    if upload_id is not None:
        uploads.find(project=project, upload_id=upload_id)
    if image_url is not None:
        addresses.parse(image_url, field=url_field)
    for index, (left, top, right, bottom) in enumerate(boxes):
        if right <= left or bottom <= top:
            message = (
                f"bboxes[{index}] must be [left, top, right, bottom] with right > left and bottom > top."
            )
            raise Invalid(message, field="bboxes")
    raise no_model(task)


def predict_file(*, actor: Actor, project: Project, task: str) -> NoReturn:
    """Have a model predict what is on an image of the project or on one just received. Allowed with `label.write`.

    Raises Invalid, as there is no model.
    """
    policy.require(actor, project, "label.write")
    raise no_model(task)


def search(*, actor: Actor, project: Project, task: str, action: str = "project.read") -> NoReturn:
    """Have a model look through images of a project. Allowed with `action`. Raises Invalid, as there is no model."""
    policy.require(actor, project, action)
    raise no_model(task)


def train(*, actor: Actor, project: Project, concepts: Sequence[uuid.UUID] = ()) -> NoReturn:
    """Train a model with classes and tags (none: all) of the project. Allowed with `project.manage`.

    Raises Invalid for ids that are no classes or tags of the project, and as there is no model.
    """
    policy.require(actor, project, "project.manage")
    known = set(concepts)
    if known and Concept.all_objects.filter(project=project, pk__in=known).count() != len(known):
        message = "selectedTags names something that is no tag of this project."
        raise Invalid(message, field="selectedTags", code="unknown_tag")
    raise no_model("training")


def _check_datasets(project: Project, wanted: Sequence[uuid.UUID], *, field: str) -> None:
    """Raise Invalid unless all datasets are of the project. One query where some are named."""
    known = set(wanted)
    if known and Dataset.objects.filter(project=project, pk__in=known).count() != len(known):
        raise Invalid(f"{field} names no dataset of this project.", field=field, code="unknown_dataset")
