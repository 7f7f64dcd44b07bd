"""Copies of whole projects: vocabulary and datasets at once, media with all that is on them by a job, in steps; bytes are shared.

Rows keep what they say, also numbers and times; ids are new. The id of a copied row follows from that of its original and that
of the new project (`_ids`), so no table says which is which, and a step that was interrupted is simply done again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid, Missing
from annotator.models import (
    Attribute,
    AttributeBinding,
    AttributeOption,
    AttributeValue,
    Concept,
    Dataset,
    DatasetItem,
    Job,
    KeypointBinding,
    KeypointClass,
    KeypointSchema,
    Label,
    Media,
    MediaStatus,
    Prediction,
    Project,
    ProjectClock,
    QualityIssue,
    Rendition,
    Segment,
    SegmentConcept,
    SkeletonEdge,
    Tag,
    TagGroup,
    VideoFacts,
)
from annotator.services.jobs import jobs
from annotator.services.jobs.steps import Steps
from annotator.services.media import names as media_names
from annotator.services.projects import media_copies, projects
from annotator.services.projects.row_copies import Copier

JOB = "duplicate_project"
#: Media of a step, with all that is on them.
CHUNK = 25
#: CPU time of a worker that copies, measured on SQLite with 200 images and 4,000 labels; for those who wait.
MS_OF_MEDIUM, MS_OF_LABEL = 2.5, 0.3
#: What a project is made of besides media, in the order in which the rows can be written.
VOCABULARY: tuple[tuple[Any, str], ...] = (
    (MediaStatus, "project"),
    (TagGroup, "project"),
    (Concept, "project"),
    (Attribute, "project"),
    (AttributeOption, "attribute__project"),
    (AttributeBinding, "attribute__project"),
    (KeypointSchema, "project"),
    (KeypointClass, "schema__project"),
    (SkeletonEdge, "schema__project"),
    (KeypointBinding, "schema__project"),
    (Dataset, "project"),
)
_ON_MEDIA: tuple[tuple[Any, str], ...] = (
    (DatasetItem, "media"),
    (Rendition, "media"),
    (VideoFacts, "media"),
    (QualityIssue, "media"),
    (Tag, "media"),
    (Label, "media"),
    (Prediction, "media"),
    (Segment, "media"),
    (SegmentConcept, "segment__media"),
    (AttributeValue, "media"),
    (AttributeValue, "label__media"),
    (AttributeValue, "segment__media"),
)
_SALT = "annotator.services.projects.duplication"
Progress = Callable[[float, str], None]


def token_of(*, actor: Actor, project: Project) -> str:
    """Return a token that names a project for PROJECT_TOKEN_SECONDS, for `find`. Allowed with `export.create`."""
    policy.require(actor, project, "export.create")
    return signing.dumps(str(project.pk), salt=_SALT)


def find(*, actor: Actor, token: str) -> Project:
    """Return the project of a token. Raises Invalid (code import_token) unless the actor may export it: the token grants nothing."""
    wrong = Invalid(
        "This token is not valid, has expired, or is of a project that you cannot read.",
        field="token",
        code="import_token",
    )
    try:
        key = signing.loads(token, salt=_SALT, max_age=settings.PROJECT_TOKEN_SECONDS)
    except signing.BadSignature:
        raise wrong from None
    found: Project | None = Project.objects.visible_to(actor).select_related("workspace").filter(pk=key).first()  # fmt: skip
    if found is None:
        raise wrong
    policy.require(actor, found, "export.create")
    return found


def measure(project: Project) -> dict[str, int]:
    """Return how many "images", "tags" (classes and tags) and "regions" a copy would hold, and about how many "milliseconds" it takes."""
    images, labels = _media(project).count(), Label.objects.listed().filter(project=project).count()
    tags = Concept.all_objects.filter(Q(on_region=True) | Q(on_media=True), project=project).count()
    milliseconds = round(images * MS_OF_MEDIUM + labels * MS_OF_LABEL)
    return {"images": images, "tags": tags, "regions": labels, "milliseconds": milliseconds}


@transaction.atomic
def start(*, actor: Actor, source: Project, name: str = "") -> tuple[Project, Job]:
    """Make a copy of a project in its workspace, called as it unless there is a `name`, and start the job that fills it.

    The copy has vocabulary, statuses and datasets at once. Allowed with `export.create` in the source and `project.create` in
    its workspace. Raises Busy as `jobs.start` does.
    """
    policy.require(actor, source, "export.create")
    target = projects.create(
        actor=actor,
        workspace=source.workspace,
        name=name or source.name,
        description=source.description,
        content_type=source.content_type,
    )
    # What each project is born with is among what is copied.
    MediaStatus.all_objects.filter(project=target).delete()
    TagGroup.all_objects.filter(project=target).delete()
    copier = Copier(source, target).knowing(VOCABULARY, is_new=True)
    for model, path in VOCABULARY:
        rows: Any = model.objects if model is Dataset else model.all_objects
        copier.copy(rows.filter(**{path: source}))
    target.settings = copier.with_new_ids(source.settings)
    target.requires_review = source.requires_review
    target.save(update_fields=["settings", "requires_review", "updated_at"])
    clock = ProjectClock.objects.get(pk=source.pk)
    counters = {"media_number": clock.media_number, "concept_number": clock.concept_number}
    ProjectClock.objects.filter(pk=target.pk).update(**counters)
    params = {"source": str(source.pk), "name": source.name, "numbers": _last_number(source)}
    return target, jobs.start(actor=actor, project=target, kind=JOB, params=params)


def run(
    *, actor: Actor, job: Job, target: Project, steps: Steps, progress: Progress = lambda *_: None
) -> dict[str, int]:
    """Copy the media of the project that the job names, with all that is on them; return how many. Continues after its last step."""
    source = _source(Actor(user_id=actor.user_id, via=actor.via), job)
    policy.require(actor, target, "media.upload")
    # Later ones have numbers that the copy may have given to others by now.
    every = _media(source).filter(number__lte=job.params["numbers"])
    total = every.count()
    while True:
        after, done = steps.done.get("after"), steps.done.get("media", 0)
        progress(done / total if total else 1.0, f"{done:,} of {total:,}")
        rows = every.filter(pk__gt=uuid.UUID(after)) if after else every
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK])
        if not keys:
            return {"media": done, "labels": steps.done.get("labels", 0)}
        with steps.step():
            labels = _copy_media(actor, source, target, keys, job)
            steps.save(
                after=str(keys[-1]), media=done + len(keys), labels=steps.done.get("labels", 0) + labels
            )


def _source(reader: Actor, job: Job) -> Project:
    """Return the project that is copied. Raises Missing when it is gone, or the person who copies it may not any more."""
    found: Project | None = (
        Project.objects.visible_to(reader).filter(pk=uuid.UUID(job.params["source"])).first()
    )
    if found is None:
        raise Missing("The project that is copied is no longer there.")
    policy.require(reader, found, "export.create")
    return found


def _media(source: Project) -> QuerySet[Media]:
    """Return the media that are copied: those in a dataset that is not in the trash."""
    home = DatasetItem.objects.filter(
        media=OuterRef("pk"), is_home=True, dataset__project=source, dataset__trashed_at__isnull=True
    )
    found: QuerySet[Media] = Media.objects.filter(Exists(home), project=source)
    return found


def _last_number(project: Project) -> int:
    return Media.all_objects.filter(project=project).aggregate(last=Max("number", default=0))["last"]  # type: ignore[no-any-return]


def _copy_media(actor: Actor, source: Project, target: Project, keys: list[uuid.UUID], job: Job) -> int:
    """Copy media with all that is on them and return how many labels that were. Runs in the caller's transaction."""
    copier = Copier(source, target).knowing(VOCABULARY)
    items, media = _free_names(copier, keys)
    counts = media_copies.copy(
        actor=actor,
        job=job,
        copier=copier,
        keys=keys,
        tables=[model.all_objects.filter(**{f"{path}__in": keys}) for model, path in _ON_MEDIA],
        changes={DatasetItem: items, Media: media},
    )
    return counts[Label]


def _free_names(copier: Copier, keys: list[uuid.UUID]) -> tuple[media_copies.Changes, media_copies.Changes]:
    """Return free names for images whose names are in use in the copy by now: columns by item, and by image."""
    items = list(DatasetItem.all_objects.filter(media__in=keys, is_home=True).select_related("dataset"))
    taken = media_names.existing((copier.new_id(item.dataset_id), item.name) for item in items)
    found: dict[uuid.UUID, dict[str, str]] = {}
    media: dict[uuid.UUID, dict[str, str]] = {}
    for item in items:
        dataset_id = copier.new_id(item.dataset_id)
        if (dataset_id, item.name) in taken:
            used = [columns["name"] for columns in found.values()]
            name = media_names.free(dataset_id, item.name, used)
            found[item.pk] = media_names.columns(name)
            media[item.media_id] = {"list_key": media_names.list_key(item.dataset, name)}
    return found, media
