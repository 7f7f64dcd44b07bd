"""Merging and deleting classes with all their annotations: small ones at once, large ones by a job in short transactions; both undone."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotator import events, policy
from annotator.domain.actor import Actor
from annotator.domain.chunks import chunks
from annotator.domain.errors import Conflict, Invalid, Missing
from annotator.domain.text import counted
from annotator.events import kinds, payloads
from annotator.models import (
    AttributeBinding,
    Blob,
    Concept,
    Job,
    KeypointBinding,
    Label,
    Prediction,
    Project,
    Tag,
    TagGroup,
)
from annotator.services import naming
from annotator.services.jobs import jobs, reverse_files
from annotator.services.jobs.steps import Steps
from annotator.services.vocabulary import activities, concepts

# Up to so many labels are changed while the person waits; more would hold the database too long.
AT_ONCE = 500
CHUNK = 500
Progress = Callable[[float, str], None]
#: What `concepts.count_annotations` counts for a role.
ANNOTATIONS = {"region": "labels", "media": "tags", "segment": "segments"}


def preview(*, source: Concept, target: Concept) -> dict[str, int]:
    """Return how many labels, tags and segments a merge would move, and how many tags the target has already."""
    counts = concepts.count_annotations(concept=source)
    has_target = Tag.all_objects.filter(concept=target).values("media_id")
    return {**counts, "both": Tag.all_objects.filter(concept=source, media_id__in=has_target).count()}


def start(*, actor: Actor, project: Project, source: Concept, target: Concept) -> Job:
    """Move all annotations of `source` to `target`; return the job, which is done already when there were few.

    Raises Denied, and Invalid when the two are not different classes of this project.
    """
    policy.require(actor, project, "vocabulary.write")
    if source.pk == target.pk or {source.project_id, target.project_id} != {project.pk}:
        raise Invalid("Choose another class of this project to merge into.", field="target")
    reverse = _reverse(source, target)
    blob = reverse_files.write(reverse)
    params = {
        "source": str(source.pk),
        "target": str(target.pk),
        "name": f"{source.name} → {target.name}",
        "count": len(reverse["labels"]),
    }
    if len(reverse["labels"]) > AT_ONCE:
        return _start_job(actor, project, "merge", params, blob)
    with transaction.atomic():
        _merge(actor=actor, source=source, target=target)
        result = {"labels": len(reverse["labels"])}
        return reverse_files.record_done(
            actor=actor, project=project, kind="merge", params=params, result=result, artifact=blob
        )


def run(*, actor: Actor, project: Project, job: Job, steps: Steps, progress: Progress) -> dict[str, Any]:
    """Do the merge of a job: labels in chunks, then what is left and the class itself. Harmless to repeat."""
    rows = Concept.all_objects.filter(project=project)
    source, target = (
        rows.filter(pk=job.params["source"]).first(),
        rows.filter(pk=job.params["target"]).first(),
    )
    if target is None:
        raise Missing("The class to merge into is no longer there.")
    moved, total = int(steps.done.get("labels", 0)), max(1, int(job.params.get("count", 1)))
    while source is not None:
        of_source = Label.all_objects.filter(project=project, concept=source)
        keys = list(of_source.values_list("pk", flat=True)[:CHUNK])
        if not keys:
            break
        with steps.step():
            _move_chunk(actor, project, keys, source.pk, target.pk)
            moved += len(keys)
            steps.save(labels=moved)
        progress(min(1.0, moved / total), f"{moved:,} of {total:,} objects")
    if source is not None:
        with steps.step():
            _merge(actor=actor, source=source, target=target)
    return {"labels": total}


def undo(*, actor: Actor, project: Project, job: Job) -> Job | None:
    """Undo a merge or the deletion of an unused class; return the job that does it, None when it is done already."""
    policy.require(actor, project, "vocabulary.write")
    reverse = reverse_files.read(job)
    _check_free(project, reverse)
    if len(reverse["labels"]) > AT_ONCE:
        with transaction.atomic():
            reverse_files.take(job)
            params = {"of": str(job.pk), "name": job.params.get("name", ""), "count": len(reverse["labels"])}
            return jobs.start(
                actor=actor, workspace=project.workspace, project=project, kind="merge_undo", params=params
            )
    with transaction.atomic():
        reverse_files.take(job)
        _restore(actor, project, reverse)
    return None


def run_undo(*, actor: Actor, project: Project, job: Job, steps: Steps, progress: Progress) -> dict[str, Any]:
    """Undo a large merge: the class first, then its labels in chunks, from where an earlier attempt stopped."""
    original = Job.all_objects.get(pk=job.params["of"], project=project)
    reverse = reverse_files.read(original, is_taken=True)
    keys, concept_id = reverse["labels"], reverse["concept"]["id"]
    if not Concept.all_objects.filter(pk=concept_id).exists():
        with steps.step():
            _restore(actor, project, {**reverse, "labels": []})
    done = int(steps.done.get("labels", 0))
    for some in chunks(keys[done:], CHUNK):
        with steps.step():
            _move_chunk(actor, project, some, reverse["target"], concept_id)
            done += len(some)
            steps.save(labels=done)
        progress(done / len(keys), f"{done:,} of {len(keys):,} objects")
    if not steps.done.get("is_recorded"):
        with steps.step():
            after = payloads.BulkPayload(what="unmerge", count=len(keys))
            events.record(actor=actor, kind=kinds.BULK, project_id=project.pk, after=after)
            steps.save(is_recorded=True)
    return {"labels": len(keys)}


def delete(*, actor: Actor, project: Project, concept: Concept, role: str, count: int) -> Job | None:
    """Take a role from a class. Unused: at once, and the job returned undoes it. Used: `count` must be the number of annotations.

    Annotations are deleted for good; many of them by a job. None when a used class went at once.
    """
    policy.require(actor, project, "vocabulary.write")
    annotations = concepts.count_annotations(concept=concept)[ANNOTATIONS[role]]
    if annotations != count:
        raise Conflict(
            f"{concept.name} has {counted(annotations, 'annotation', 'annotations')} now. Look again before deleting them.",
            field="count",
        )
    params = {"concept": str(concept.pk), "role": role, "name": concept.name, "count": annotations}
    if annotations > AT_ONCE:
        return _start_job(actor, project, "delete_class", params, None)
    if annotations or not _is_only_role(concept, role):
        concepts.delete(actor=actor, concept=concept, role=role)
        return None
    blob = reverse_files.write(_reverse(concept, concept))
    with transaction.atomic():
        concepts.delete(actor=actor, concept=concept, role=role)
        return reverse_files.record_done(
            actor=actor, project=project, kind="delete_class", params=params, result={}, artifact=blob
        )


def run_delete(
    *, actor: Actor, project: Project, job: Job, steps: Steps, progress: Progress
) -> dict[str, Any]:
    """Delete the annotations of a class in chunks and then its role. Harmless to repeat."""
    concept = Concept.all_objects.filter(project=project, pk=job.params["concept"]).first()
    role, total = job.params["role"], max(1, int(job.params["count"]))
    gone = int(steps.done.get("labels", 0))
    while concept is not None:
        with steps.step():
            count = _delete_some(actor, concept, role)
            gone += count
            steps.save(labels=gone)
        progress(min(1.0, gone / total), f"{gone:,} of {total:,}")
        if count < CHUNK:
            break
    if concept is not None:
        with steps.step():
            concepts.delete(actor=actor, concept=concept, role=role)
    return {"labels": total}


def _delete_some(actor: Actor, concept: Concept, role: str) -> int:
    """Delete CHUNK annotations of a class in one of its roles, with their event, and return how many there were."""
    if role == "segment":
        count = activities.remove(concept, most=CHUNK)
    else:
        model = Tag if role == "media" else Label
        rows = model.all_objects.filter(project=concept.project_id, concept=concept)
        keys = list(rows.values_list("pk", flat=True)[:CHUNK])
        model.all_objects.filter(pk__in=keys).delete()
        count = len(keys)
    if count:
        what: payloads.BulkPayload = {"what": "segments" if role == "segment" else "labels", "count": count}
        events.record(actor=actor, kind=kinds.BULK, project_id=concept.project_id, after=what)
    return count


def _start_job(
    actor: Actor, project: Project, kind: str, params: dict[str, Any], artifact: Blob | None
) -> Job:
    with transaction.atomic():
        job = jobs.start(actor=actor, workspace=project.workspace, project=project, kind=kind, params=params)
        if artifact is not None:
            Job.all_objects.filter(pk=job.pk).update(artifact=artifact)
    return job


@transaction.atomic
def _move_chunk(
    actor: Actor, project: Project, keys: Sequence[uuid.UUID], source: uuid.UUID | str, target: uuid.UUID
) -> None:
    """Give some labels another class, with the event that is their new revision."""
    revision = events.next_seq(project_id=project.pk)
    _move_labels(keys, source, target, actor=actor, revision=revision)
    after = payloads.BulkPayload(what="labels", count=len(keys))
    events.record(actor=actor, kind=kinds.BULK, project_id=project.pk, after=after, seq=revision)


@transaction.atomic
def _merge(*, actor: Actor, source: Concept, target: Concept) -> None:
    """Move all annotations of `source` to `target` and remove `source`. Both must be of one project.

    Tags that the target has already on a medium are dropped; the reverse file of the job names them.
    """
    policy.require(actor, source.project, "vocabulary.write")
    if source.project_id != target.project_id or source.pk == target.pk:
        raise Invalid("Choose another class of the same project to merge into.", field="target")
    labels = list(
        Label.all_objects.filter(project_id=source.project_id, concept=source).values_list("pk", flat=True)
    )
    has_target = set(Tag.all_objects.filter(concept=target).values_list("media_id", flat=True))
    revision = events.next_seq(project_id=target.project_id)
    _move_labels(labels, source.pk, target.pk, actor=actor, revision=revision)
    Tag.all_objects.filter(concept=source).exclude(media_id__in=has_target).update(concept=target)
    Tag.all_objects.filter(concept=source).delete()
    Prediction.all_objects.filter(project_id=source.project_id, concept=source).update(concept=target)
    activities.move(source, target)
    for role, column in concepts.ROLES.items():
        if getattr(source, column) and not getattr(target, column):
            setattr(target, column, True)
            setattr(target, f"{role}_order", getattr(source, f"{role}_order"))
    Concept.all_objects.filter(parent=source).exclude(pk=target.pk).update(parent=target)
    source.delete()
    target.save()
    events.record(
        actor=actor,
        kind=kinds.BULK,
        project_id=target.project_id,
        after=payloads.BulkPayload(what="merge", into=str(target.pk), count=len(labels)),
        seq=revision,
    )
    concepts.record_changed(actor, target.project, target)


@transaction.atomic
def _unmerge(*, actor: Actor, project: Project, undo: dict[str, Any]) -> Concept:
    """Undo `_merge`: the class comes back with its id, and the labels it had that still have the target's class."""
    policy.require(actor, project, "vocabulary.write")
    columns = undo["concept"]
    if str(columns["project_id"]) != str(project.pk):
        raise Invalid("This merge belongs to another project.", field="undo")
    if Concept.all_objects.filter(project=project, name_key=columns["name_key"]).exists():
        raise Conflict(f"There is a class {columns['name']!r} again.", field="name")
    if Concept.all_objects.filter(project=project, ref=columns["ref"]).exists():
        columns = {
            **columns,
            "ref": naming.free_ref(Concept.all_objects.filter(project=project), columns["name"], "concept"),
        }
    fields = {field.attname: field for field in Concept._meta.concrete_fields}
    concept = Concept.all_objects.create(
        **{name: fields[name].to_python(value) for name, value in columns.items()}
    )
    revision = events.next_seq(project_id=project.pk)
    keys = [uuid.UUID(key) for key in undo["labels"]]
    _move_labels(keys, undo["target"], concept.pk, actor=actor, revision=revision)
    moved = [uuid.UUID(tag["media"]) for tag in undo["tags"] if not tag["kept"]]
    Tag.all_objects.filter(project=project, media_id__in=moved, concept_id=undo["target"]).update(
        concept=concept
    )
    kept = [uuid.UUID(tag["media"]) for tag in undo["tags"] if tag["kept"]]
    Tag.all_objects.bulk_create(
        Tag(project=project, media_id=key, concept=concept, created_by_id=actor.user_id) for key in kept
    )
    activities.move_back(rows=undo.get("segments", ()), concept=concept, target=undo["target"])
    events.record(
        actor=actor,
        kind=kinds.BULK,
        project_id=project.pk,
        after=payloads.BulkPayload(what="unmerge", count=len(keys)),
        seq=revision,
    )
    concepts.record_changed(actor, project, concept, created=True)
    return concept


def _move_labels(
    keys: Sequence[uuid.UUID], source: uuid.UUID | str, target: uuid.UUID, *, actor: Actor, revision: int
) -> None:
    """Give labels of class `source` the class `target`, inside the caller's transaction.

    `revision` is the sequence number of the event that tells of it (`events.next_seq`): an operation that was based
    on the former class is a conflict. Labels that have another class meanwhile stay.
    """
    now = timezone.now()
    for some in chunks(keys, 500):
        Label.all_objects.filter(pk__in=some, concept_id=source).update(
            concept_id=target, updated_at=now, updated_by_id=actor.user_id, revision=revision
        )


def _reverse(source: Concept, target: Concept) -> dict[str, Any]:
    """Return all that brings `source` back: its row, its annotations, what was bound to it."""
    left_out = {"created_at", "updated_at"}
    columns = {
        f.attname: getattr(source, f.attname)
        for f in Concept._meta.concrete_fields
        if f.attname not in left_out
    }
    tags = list(Tag.all_objects.filter(concept=source).values_list("media_id", flat=True))
    has_target = set(
        Tag.all_objects.filter(concept=target, media_id__in=tags).values_list("media_id", flat=True)
    )
    return {
        "concept": columns,
        "target": target.pk,
        "labels": list(
            Label.all_objects.filter(project_id=source.project_id, concept=source).values_list(
                "pk", flat=True
            )
        ),
        "tags": [{"media": key, "kept": key in has_target} for key in tags],
        "segments": activities.reverse(source, target),
        "children": list(Concept.all_objects.filter(parent=source).values_list("pk", flat=True)),
        "keypoints": list(KeypointBinding.all_objects.filter(concept=source).values("schema_id", "order")),
        "attributes": list(
            AttributeBinding.all_objects.filter(concept=source).values(
                "attribute_id", "attribute_order", "concept_order"
            )
        ),
    }


def _check_free(project: Project, reverse: dict[str, Any]) -> None:
    columns = reverse["concept"]
    if str(columns["project_id"]) != str(project.pk):
        raise Missing("There is nothing to undo in this project.")
    roles = [column for column in concepts.ROLES.values() if columns[column]]
    rows = Concept.all_objects.filter(project=project, name_key=columns["name_key"])
    if any(rows.filter(**{role: True}).exists() for role in roles):
        raise Conflict(f"There is a class {columns['name']!r} again. Rename it first.", field="name")


def _restore(actor: Actor, project: Project, reverse: dict[str, Any]) -> None:
    columns = reverse["concept"]
    if not Concept.all_objects.filter(project=project, pk=columns["parent_id"]).exists():
        columns["parent_id"] = None
    if not TagGroup.all_objects.filter(project=project, pk=columns["tag_group_id"]).exists():
        columns["tag_group_id"] = None
    concept = _unmerge(actor=actor, project=project, undo=reverse)
    Concept.all_objects.filter(project=project, pk__in=reverse["children"]).update(parent=concept)
    KeypointBinding.all_objects.bulk_create(
        KeypointBinding(concept=concept, **row) for row in reverse["keypoints"]
    )
    AttributeBinding.all_objects.bulk_create(
        AttributeBinding(concept=concept, **row) for row in reverse["attributes"]
    )


def _is_only_role(concept: Concept, role: str) -> bool:
    return [name for name, column in concepts.ROLES.items() if getattr(concept, column)] == [role]


def find(project: Project, concept_id: uuid.UUID, *, field: str = "target") -> Concept:
    """Return a concept of the project or raise Invalid naming the field."""
    found = Concept.all_objects.filter(project=project, pk=concept_id).first()
    if found is None:
        raise Invalid("There is no such class in this project.", field=field)
    return found
