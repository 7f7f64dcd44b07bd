"""The demo project: drawn scenes, labeled with what was drawn; a part is left for people to try."""

from __future__ import annotations

from collections.abc import Callable

from annotator.domain.actor import Actor
from annotator.domain.ids import uuid7
from annotator.domain.text import counted
from annotator.ml import scenes
from annotator.models import (
    Concept,
    Dataset,
    KeypointBinding,
    KeypointClass,
    KeypointSchema,
    Media,
    Project,
    SkeletonEdge,
    Workspace,
)
from annotator.services import blobs
from annotator.services.annotations import labels, tags
from annotator.services.jobs.steps import Steps
from annotator.services.media import batches as media_batches, rows as media_rows, statuses
from annotator.services.projects import datasets, projects
from annotator.services.vocabulary import concepts

NAME = "Street scenes"
# The status of each scene, in order; NEW ones have no labels.
STATES = (
    "DONE",
    "DONE",
    "DONE",
    "TO REVIEW",
    "TO REVIEW",
    "IN PROGRESS",
    "IN PROGRESS",
    "SKIPPED",
    "NEW",
    "NEW",
    "NEW",
    "NEW",
)


def build(
    *,
    actor: Actor,
    workspace: Workspace,
    report_progress: Callable[[str], None] = lambda words: None,
    steps: Steps | None = None,
) -> Project:
    """Make the demo project in a workspace of the actor (who may do everything there) and return it.

    All or nothing, in one step: half a demo, left by a process that was killed, would later pass for a complete one.
    """
    steps = steps or Steps()
    drawn = [scenes.draw_scene(seed) for seed in range(len(STATES))]
    report_progress(f"Drew {counted(len(drawn), 'scene', 'scenes')}.")
    with steps.step():
        project = _write(actor, workspace, drawn)
        steps.save(project=str(project.pk))
    return project


def _write(actor: Actor, workspace: Workspace, drawn: list[scenes.Scene]) -> Project:
    project = projects.create(
        actor=actor,
        workspace=workspace,
        name=NAME,
        description="Drawn scenes with exact labels. Try everything here.",
    )
    classes = {name: concepts.create(actor=actor, project=project, name=name) for name in scenes.CLASSES}
    times = {name: _tag(actor, project, name) for name in (scenes.DAY, scenes.EVENING)}
    points = _keypoint_schema(actor, project, classes["Person"])
    dataset = datasets.create(actor=actor, project=project, name="Main street")
    made = _create_images(actor, dataset, drawn)
    for scene, medium, state in zip(drawn, made, STATES, strict=True):
        if state == "NEW":
            continue
        patches = [
            scenes.native_patch(truth, str(classes[truth.label].pk), points, uuid7) for truth in scene.truths
        ]
        if state == "IN PROGRESS":
            patches = patches[: len(patches) // 2]
        if state != "SKIPPED":
            labels.create_many(actor=actor, media=medium, patches=patches)
        tags.add_many(actor=actor, media=medium, concept_ids=[times[name].pk for name in scene.tags])
        statuses.set_status(
            actor=actor,
            project=project,
            media=[medium],
            status=statuses.find(project_id=project.pk, name=state),
        )
    return project


def _create_images(actor: Actor, dataset: Dataset, drawn: list[scenes.Scene]) -> list[Media]:
    images = [
        media_rows.NewImage(dataset, scene.name, blobs.put_bytes(scene.jpeg(), mime="image/jpeg"))
        for scene in drawn
    ]
    outcomes = media_batches.create_many(actor=actor, project=dataset.project, images=images)
    made = [outcome.media for outcome in outcomes if outcome.media is not None]
    return list(
        Media.objects.select_related("project", "status")
        .filter(pk__in=[medium.pk for medium in made])
        .in_list_order()
    )


def _tag(actor: Actor, project: Project, name: str) -> Concept:
    group = project.tag_groups.filter(name="Time of day").first() or concepts.create_group(
        actor=actor, project=project, name="Time of day", kind="SELECTION"
    )
    return concepts.create(actor=actor, project=project, name=name, roles=("media",), tag_group=group)


def _keypoint_schema(actor: Actor, project: Project, person: Concept) -> dict[str, str]:
    """Make the drawn person's schema and return the ids of its keypoint classes by name."""
    schema = KeypointSchema.all_objects.create(
        project=project,
        name="Drawn person",
        name_key="drawn person",
        kind="pose",
        created_by_id=actor.user_id,
    )
    rows = {
        name: KeypointClass(
            schema=schema, name=name, name_key=name, order=float(order), editor_x=0.5 + x, editor_y=1 + y
        )
        for order, (name, (x, y)) in enumerate(scenes.PERSON.items())
    }
    KeypointClass.all_objects.bulk_create(rows.values())
    SkeletonEdge.all_objects.bulk_create(
        SkeletonEdge(schema=schema, a=rows[a], b=rows[b], color="#4862ED", order=order)
        for order, (a, b) in enumerate(scenes.BONES)
    )
    KeypointBinding.all_objects.create(schema=schema, concept=person)
    return {name: str(row.pk) for name, row in rows.items()}
