"""Images uploaded together with their annotations: created unless the project has the same bytes, then tagged and labeled."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import DomainError, Invalid, TooLarge
from annotator.domain.shares import NormalizedBox, from_normalized
from annotator.models import Blob, Concept, Dataset, Media, Project
from annotator.services import blobs
from annotator.services.annotations import batches as annotation_batches, metadata, tags
from annotator.services.media import batches as media_batches, names as media_names, url_import
from annotator.services.media.rows import NewImage, Outcome
from annotator.services.projects import datasets
from annotator.services.workspaces.quotas import quotas
from annotator.storage import probe

_HEAD = 512


@dataclass(frozen=True, slots=True)
class Sample:
    """An image as sent, with its annotations; nothing of it is stored yet.

    Without a name it is called "image", with the ending of what its first bytes are. `boxes` are (class id,
    normalized box), `tags` ids of tags, `texts` go into its metadata. With `url` its bytes are at that address, and it is
    called like the last part of it.
    """

    name: str
    chunks: Iterable[bytes] = ()
    tags: Collection[uuid.UUID] = ()
    boxes: Sequence[tuple[uuid.UUID, NormalizedBox]] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    url: str | None = None


@dataclass(frozen=True, slots=True)
class _Stored:
    """The bytes of a sample in storage, or why there are none (`refusal`)."""

    name: str
    blob: Blob | None
    texts: Mapping[str, str]
    refusal: DomainError | None = None


def _store(sample: Sample) -> _Stored:
    """Store the bytes of an image; a file that is too large gets a refusal."""
    head = bytearray()
    blob, refusal = None, None
    try:
        blob = blobs.put_chunks(_noting(sample.chunks, head), limit=settings.MAX_IMAGE_BYTES)
    except TooLarge as error:
        refusal = error
    name = sample.name
    if not name:
        endings = probe.EXTENSIONS.get(probe.sniff(bytes(head)), ("bin",))
        name = f"image.{endings[0]}"
    return _Stored(media_names.below(name), blob, metadata.check(sample.texts), refusal)


def _noting(chunks: Iterable[bytes], head: bytearray) -> Iterator[bytes]:
    """Yield the chunks and note the first bytes."""
    for chunk in chunks:
        if len(head) < _HEAD:
            head += chunk[: _HEAD - len(head)]
        yield chunk


@dataclass(frozen=True, slots=True)
class SampleOutcome:
    """The outcome of a sample: its image (`is_known` when the project had these bytes), else why it was refused."""

    name: str
    media: Media | None
    is_known: bool = False
    code: str = ""
    message: str = ""


def check(*, project: Project, samples: Iterable[Sample]) -> frozenset[uuid.UUID]:
    """Return the ids of the classes and tags of samples, which `ingest` takes. Does not read their bytes.

    Raises Invalid for ids that are no classes or tags of the project, for boxes that do not lie inside an image, and
    for names and texts that no image can have.
    """
    tag_ids, classes = set[uuid.UUID](), set[uuid.UUID]()
    for sample in samples:
        if sample.name:
            media_names.below(sample.name)
        metadata.check(sample.texts)
        tag_ids.update(sample.tags)
        for key, normalized in sample.boxes:
            classes.add(key)
            from_normalized(normalized, 1, 1, field="regions")
    rows = Concept.all_objects.filter(project=project, pk__in=tag_ids | classes)
    known = {row.pk: row for row in rows} if tag_ids or classes else {}
    for key in tag_ids:
        if key not in known or not known[key].on_media:
            raise tags.refusal(project.pk, key, field="tags")
    if any(key not in known or not known[key].on_region for key in classes):
        raise Invalid("There is no such class in this project.", field="regions", code="unknown_class")
    return frozenset(known)


def ingest(
    *,
    actor: Actor,
    project: Project,
    home: str,
    samples: Iterable[Sample],
    known: frozenset[uuid.UUID],
    client: str = "",
) -> list[SampleOutcome]:
    """Take samples into the dataset called `home`, which is made when missing; return what became of each, in order.

    `samples` is read once, the bytes of each before the next; those at addresses are fetched together. `known` is what `check` returned for their annotations.
    A name that exists in the dataset gets a number appended. Images are written first, then all annotations in one
    transaction; sent again after a failure in between, the images are known and get what is missing: equal tags and
    boxes are not added twice. Allowed with `media.upload`.
    """
    policy.require(actor, project, "media.upload")
    quotas.check_bytes(project.workspace_id, 0)
    kept = _store_all(_covered(samples, known))
    dataset = datasets.ensure(actor=actor, project=project, name=home)
    outcomes = _create(actor, project, dataset, [stored for _, stored in kept], client)
    _say(actor, project, [sample for sample, _ in kept], outcomes, client)
    return outcomes


def _store_all(samples: Iterable[Sample]) -> list[tuple[Sample, _Stored]]:
    """Return samples with their bytes, in order."""
    kept = [(sample, _store(sample) if sample.url is None else None) for sample in samples]
    fetched = iter(url_import.fetch_many([each.url for each, _ in kept if each.url is not None]))
    return [(sample, stored or _fetched(sample, next(fetched))) for sample, stored in kept]


def _fetched(sample: Sample, found: url_import.Fetched | DomainError) -> _Stored:
    """Return what came from the address of a sample."""
    texts = metadata.check(sample.texts)
    if isinstance(found, DomainError):
        return _Stored("image", None, texts, found)
    try:
        name = media_names.below(found.name)
    except Invalid:  # what an address ends in need not be a name
        name = "image"
    return _Stored(name, found.blob, texts)


def _covered(samples: Iterable[Sample], known: frozenset[uuid.UUID]) -> Iterator[Sample]:
    for sample in samples:
        if not known.issuperset([*sample.tags, *(key for key, _ in sample.boxes)]):
            raise ValueError("a sample has annotations that were not checked")
        yield sample


def _create(
    actor: Actor, project: Project, dataset: Dataset, samples: Sequence[_Stored], client: str
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
            SampleOutcome(sample.name, known[key], True)
            if key in known
            else _sample_outcome(sample.name, outcome_of[key], is_known=key in seen)
        )
        seen.add(key)
    return results


def _sample_outcome(name: str, outcome: Outcome, *, is_known: bool) -> SampleOutcome:
    if outcome.media is None:
        return SampleOutcome(name, None, False, outcome.code, outcome.message)
    return SampleOutcome(name, outcome.media, is_known)


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
