"""Images uploaded together with their annotations: created unless the project has the same bytes, then tagged and labeled."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import DomainError, Invalid, TooLarge
from annotator.domain.shares import NormalizedBox, from_normalized
from annotator.models import Blob, Concept, Dataset, Media, Project
from annotator.services import blobs
from annotator.services.annotations import batches as annotation_batches, tags
from annotator.services.media import batches as media_batches, changes as media_changes, names as media_names
from annotator.services.media.rows import NewImage, Outcome
from annotator.storage import probe

_HEAD = 512


@dataclass(frozen=True, slots=True)
class Sample:
    """An uploaded image: its bytes in storage, or why there are none (`refusal`), and its annotations.

    `boxes` are (class id, normalized box), `tags` ids of tags, `texts` go into its metadata.
    """

    name: str
    blob: Blob | None
    refusal: DomainError | None = None
    tags: tuple[uuid.UUID, ...] = ()
    boxes: tuple[tuple[uuid.UUID, NormalizedBox], ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


def keep(
    *,
    name: str,
    chunks: Iterable[bytes],
    tags: Sequence[uuid.UUID] = (),
    boxes: Sequence[tuple[uuid.UUID, NormalizedBox]] = (),
    texts: Mapping[str, str] | None = None,
) -> Sample:
    """Store the bytes of an image and return it as a sample; a file that is too large gets a refusal.

    Without a name it is called "image", with the ending of what its first bytes are.
    """
    head = bytearray()
    blob, refusal = None, None
    try:
        blob = blobs.put_chunks(_noting(chunks, head), limit=settings.MAX_IMAGE_BYTES)
    except TooLarge as error:
        refusal = error
    if not name:
        endings = probe.EXTENSIONS.get(probe.sniff(bytes(head)), ("bin",))
        name = f"image.{endings[0]}"
    checked = media_changes.check_texts(texts or {})
    return Sample(media_names.below(name), blob, refusal, tuple(tags), tuple(boxes), checked)


def _noting(chunks: Iterable[bytes], head: bytearray) -> Iterator[bytes]:
    """Yield the chunks and note the first bytes."""
    for chunk in chunks:
        if len(head) < _HEAD:
            head += chunk[: _HEAD - len(head)]
        yield chunk


@dataclass(frozen=True, slots=True)
class SampleOutcome:
    """The outcome of a sample: its image (`is_known` when the project had these bytes), else why it was refused."""

    media: Media | None
    is_known: bool = False
    code: str = ""
    message: str = ""


def ingest(
    *, actor: Actor, project: Project, dataset: Dataset, samples: Sequence[Sample], client: str = ""
) -> list[SampleOutcome]:
    """Take samples into a dataset and return what became of each, in order.

    A name that exists in the dataset gets a number appended. Images are written first, then all annotations in one
    transaction; sent again after a failure in between, the images are known and get what is missing: equal tags and
    boxes are not added twice. Allowed with `media.upload`. Raises Invalid before anything is written for ids of the
    project's vocabulary that are none, and for boxes that do not lie inside an image.
    """
    policy.require(actor, project, "media.upload")
    _check(project, samples)
    outcomes = _create(actor, project, dataset, samples, client)
    _say(actor, project, samples, outcomes, client)
    return outcomes


def _check(project: Project, samples: Sequence[Sample]) -> None:
    """Raise Invalid for annotations that no image can have."""
    tag_ids = {key for sample in samples for key in sample.tags}
    classes = {key for sample in samples for key, _ in sample.boxes}
    rows = Concept.all_objects.filter(project=project, pk__in=tag_ids | classes)
    known = {row.pk: row for row in rows} if tag_ids or classes else {}
    for key in tag_ids:
        if key not in known or not known[key].on_media:
            raise tags.refusal(project.pk, key, field="tags")
    if any(key not in known or not known[key].on_region for key in classes):
        raise Invalid("There is no such class in this project.", field="regions", code="unknown_class")
    for sample in samples:
        for _, normalized in sample.boxes:
            from_normalized(normalized, 1, 1, field="regions")


def _create(
    actor: Actor, project: Project, dataset: Dataset, samples: Sequence[Sample], client: str
) -> list[SampleOutcome]:
    """Make the images that the project does not have yet, each content once."""
    content = {sample.blob.pk for sample in samples if sample.blob is not None}
    rows = Media.objects.filter(project=project, kind="image", width__gt=0, blob__in=content)
    known: dict[Any, Media] = {row.blob_id: row for row in rows.order_by("-pk")}
    news: dict[Any, NewImage] = {}
    for index, sample in enumerate(samples):
        key = index if sample.blob is None else sample.blob.pk
        if key not in known and key not in news:
            news[key] = NewImage(
                dataset, sample.name, sample.blob, metadata=dict(sample.texts), refusal=sample.refusal
            )
    made = media_batches.create_many(
        actor=actor,
        project=project,
        images=list(news.values()),
        on_clash="number",
        on_broken="refuse",
        client=client,
    )
    outcome_of = dict(zip(news, made, strict=True))
    results, seen = [], set[Any]()
    for index, sample in enumerate(samples):
        key = index if sample.blob is None else sample.blob.pk
        results.append(
            SampleOutcome(known[key], True)
            if key in known
            else _sample_outcome(outcome_of[key], is_known=key in seen)
        )
        seen.add(key)
    return results


def _sample_outcome(outcome: Outcome, *, is_known: bool) -> SampleOutcome:
    if outcome.media is None:
        return SampleOutcome(None, False, outcome.code, outcome.message)
    return SampleOutcome(outcome.media, is_known)


def _say(
    actor: Actor, project: Project, samples: Sequence[Sample], outcomes: Sequence[SampleOutcome], client: str
) -> None:
    boxes, pairs = [], []
    for sample, outcome in zip(samples, outcomes, strict=True):
        if outcome.media is None:
            continue
        pairs += [(outcome.media, key) for key in sample.tags]
        for key, normalized in sample.boxes:
            box = from_normalized(normalized, outcome.media.width, outcome.media.height, field="regions")
            boxes.append((outcome.media, {"concept": key, "box": box.as_tuple(), "tool": "api"}))
    if boxes:
        annotation_batches.create_labels(
            actor=actor, project=project, items=boxes, skip_equal=True, client=client
        )
    if pairs:
        annotation_batches.add_tags(actor=actor, project=project, pairs=pairs, client=client)
