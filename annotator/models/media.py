"""Media and their bytes: blobs, renditions, statuses, quality findings."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from annotator.db.fields import ByteOrderedField
from annotator.domain.text import name_key

from .base import Row, ScopedQuerySet, key, scoped, scoped_live, text, user_key
from .datasets import DatasetItem


class Damage(models.TextChoices):
    """What is wrong with the bytes of a blob."""

    MISSING = "missing"
    CHANGED = "changed"
    UNREADABLE = "unreadable"


class Blob(Row):
    """Bytes in storage, named by their content; shared by all rows that hold the same bytes.

    `checked_at`: when they were last compared with their name; `damage` what was found then, empty for sound bytes.
    """

    sha256 = text(64, unique=True)
    size = models.BigIntegerField()
    mime = text(100)
    checked_at = models.DateTimeField(null=True, blank=True)
    damage = text(10, choices=Damage.choices)
    damaged_at = models.DateTimeField(null=True, blank=True)

    class Meta(Row.Meta):
        indexes = [
            models.Index(fields=["checked_at"], name="blob_checked"),
            models.Index(fields=["damaged_at"], condition=Q(damaged_at__isnull=False), name="blob_damaged"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class MediaStatus(Row):
    """A status of a project: the seven that every project has, and its own."""

    BASES = ("NEW", "IN PROGRESS", "TO REVIEW", "DONE", "SKIPPED", "AUTO-LABELLED", "COMPLETED")

    project = key("annotator.Project", related_name="statuses", db_index=False)
    name = text(60)
    name_key = ByteOrderedField(max_length=120)
    base = text(20)
    color = text(9)
    order = models.FloatField(default=0)
    is_default = models.BooleanField(default=True)
    objects = scoped("project__workspace", "project")

    class Meta(Row.Meta):
        verbose_name_plural = "media statuses"
        constraints = [models.UniqueConstraint(fields=["project", "name_key"], name="media_status_once")]

    def __str__(self) -> str:
        return self.name


class MediaKind(models.TextChoices):
    IMAGE = "image"
    VIDEO = "video"
    URL = "url"
    TEXT = "text"
    AUDIO = "audio"


Ids = Collection[uuid.UUID]


#: The orders of media lists: name -> field, then the id in the same direction. Ids rise with time.
LIST_ORDERS = {
    "name": "list_key",
    "-name": "-list_key",
    "created": "id",
    "-created": "-id",
    "updated": "updated_at",
    "-updated": "-updated_at",
}


class MediaQuerySet(ScopedQuerySet):
    """The filters and the order of media lists; every filter takes alternatives, and all filters hold together.

    Lists stand in one of LIST_ORDERS, by default (list_key, id). With 100,000 media in a project each of these is answered
    from indexes in well under 0.2 s.
    """

    def in_list_order(self, order: str = "name") -> Self:
        field = LIST_ORDERS[order]
        return self.order_by(field, "-id" if field.startswith("-") else "id")

    def with_home(self) -> Self:
        """Add `name`, `dataset_id` and `dataset_name` of the home item to each medium, without a query of its own.

        By subqueries, not joins: counting leaves them out. For a slice deep in a list find the keys first
        (as api.common.pagination does): PostgreSQL computes the columns of skipped rows too.
        """
        home = DatasetItem.all_objects.filter(media=OuterRef("pk"), is_home=True)
        return self.annotate(
            name=Subquery(home.values("name")[:1]),
            dataset_id=Subquery(home.values("dataset_id")[:1], output_field=models.UUIDField()),
            dataset_name=Subquery(home.values("dataset__name")[:1]),
        )

    def with_path(self) -> Self:
        """Add `path` (where the bytes of each medium were read, else its name) and `dataset_id`, as `with_home` does."""
        home = DatasetItem.all_objects.filter(media=OuterRef("pk"), is_home=True)
        path = home.values_list(Coalesce("source_path", "name", output_field=models.CharField()))
        dataset_id = Subquery(home.values("dataset_id")[:1], output_field=models.UUIDField())
        return self.annotate(path=Subquery(path[:1]), dataset_id=dataset_id)

    def in_home(self, *, datasets: Ids | None = None, name_contains: str = "") -> Self:
        """Keep media whose home is one of `datasets` (None = any) and whose name there contains the text, in any case."""
        if datasets is None and not name_contains:
            return self
        home = DatasetItem.all_objects.filter(media=OuterRef("pk"), is_home=True)
        if datasets is not None:
            home = home.filter(dataset__in=datasets)
        if name_contains:
            home = home.filter(name_key__contains=name_key(name_contains))
        return self.filter(Exists(home))

    def in_statuses(self, statuses: Ids) -> Self:
        return self.filter(status__in=statuses)

    def in_batches(self, batches: Ids, *, or_none: bool = False) -> Self:
        """Keep media of the upload batches; `or_none` also those of no batch."""
        return self.filter(Q(batch__in=batches) | Q(batch__isnull=True) if or_none else Q(batch__in=batches))

    def with_labels_of(self, concepts: Ids) -> Self:
        """Keep media with a label of at least one of the concepts."""
        labels = self._rows_of("labels").filter(media=OuterRef("pk"), concept__in=concepts)
        return self.filter(Exists(labels))

    def with_tags_of(self, concepts: Ids) -> Self:
        """Keep media tagged with at least one of the concepts."""
        tags = self._rows_of("tags").filter(media=OuterRef("pk"), concept__in=concepts)
        return self.filter(Exists(tags))

    def with_segments_of(self, concepts: Ids) -> Self:
        """Keep media with a segment of at least one of the activities."""
        segments = self._rows_of("segments").filter(media=OuterRef("pk"), links__concept__in=concepts)
        return self.filter(Exists(segments))

    def with_annotations(self, concepts: Ids | None = None) -> Self:
        """Keep media with a label or a tag, of at least one of the concepts where they are given."""
        return self.filter(self._has_annotations(concepts))

    def without_annotations(self) -> Self:
        """Keep media with neither a label nor a tag."""
        return self.exclude(self._has_annotations(None))

    def with_missing_values(
        self, *, media_attributes: Ids, label_attributes: Ids, is_missing: bool = True
    ) -> Self:
        """Keep media that have no value of one of `media_attributes`, or a label that has none of one of `label_attributes`.

        A label needs a value of the attributes that are bound to its concept. `is_missing=False` keeps the others.
        """
        values = self._rows_of("attribute_values")
        labels = self._rows_of("labels").filter(media=OuterRef("pk"))
        conditions: list[Any] = [
            ~Exists(values.filter(attribute=attribute, media=OuterRef("pk")))
            for attribute in media_attributes
        ]
        for attribute in label_attributes:
            bound = labels.filter(concept__attribute_bindings__attribute=attribute)
            unvalued = ~Exists(values.filter(attribute=attribute, label=OuterRef("pk")))
            conditions.append(Exists(bound.filter(unvalued)))
        return self._with_any(conditions, is_missing)

    def with_missing_tags(self, groups: Ids, *, is_missing: bool = True) -> Self:
        """Keep media without a tag of one of the tag groups; `is_missing=False` keeps the others."""
        tags = self._rows_of("tags").filter(media=OuterRef("pk"))
        return self._with_any(
            [~Exists(tags.filter(concept__tag_group=group)) for group in groups], is_missing
        )

    def _rows_of(self, relation: str) -> Any:
        return self.model._meta.get_field(relation).related_model.all_objects

    def _has_annotations(self, concepts: Ids | None) -> Q:
        labels, tags = (self._rows_of(name).filter(media=OuterRef("pk")) for name in ("labels", "tags"))
        if concepts is not None:
            labels, tags = labels.filter(concept__in=concepts), tags.filter(concept__in=concepts)
        return Q(Exists(labels)) | Q(Exists(tags))

    def _with_any(self, conditions: list[Any], wanted: bool) -> Self:
        found = Q(pk__in=[])
        for condition in conditions:
            found |= Q(condition)
        return self.filter(found) if wanted else self.exclude(found)

    def changed_since(self, moment: datetime) -> Self:
        return self.filter(updated_at__gte=moment)

    def created_since(self, moment: datetime) -> Self:
        return self.filter(created_at__gte=moment)

    def status_since(self, moment: datetime) -> Self:
        """Keep media whose status was set at the moment or later: when they were created, if it never changed."""
        is_first = models.Q(status_at=None, created_at__gte=moment)
        return self.filter(is_first | models.Q(status_at__gte=moment))

    def before(self, media: Media, order: str = "name") -> Self:
        """Keep what stands before a medium in list order, whether or not it is in this list itself."""
        return self._beside(media, LIST_ORDERS[order], is_before=True)

    def after(self, media: Media, order: str = "name") -> Self:
        """Keep what stands after a medium in list order."""
        return self._beside(media, LIST_ORDERS[order], is_before=False)

    def _beside(self, media: Media, field: str, *, is_before: bool) -> Self:
        name = field.lstrip("-")
        value = getattr(media, name)
        near, far = ("lte", "gte") if field.startswith("-") is not is_before else ("gte", "lte")
        # Not written with OR: this form is one range of the index on both databases.
        return self.filter(**{f"{name}__{near}": value}).exclude(
            Q(**{f"id__{far}": media.pk}) & Q(**{name: value})
        )

    def position(self, media: Media, order: str = "name") -> int:
        """Return how many media of this list stand before a medium."""
        return self.order_by().before(media, order).count()

    def neighbours(
        self, media: Media, *, before: int, after: int, order: str = "name"
    ) -> tuple[list[Media], list[Media]]:
        """Return up to `before` media ahead of a medium and up to `after` behind it, both in list order."""
        ahead = self.before(media, order).in_list_order(order).reverse()[:before]
        return list(ahead)[::-1], list(self.after(media, order).in_list_order(order)[:after])


#: How `Media.source_url` begins for a medium whose bytes are in a bucket.
BUCKET_SCHEME = "bucket:"


class Media(Row):
    """One image or clip of a project. Names live on DatasetItem; `list_key` is the order of all lists.

    `width` and `height` are after applying the EXIF orientation; the original bytes are kept.
    `display_range`: [black, white] values of an image of more than 8 bits a channel, by which its renditions are made.
    `source_url`: where the bytes are when they are not stored here: an outside address, or BUCKET_SCHEME + key in `bucket`.
    `list_key` = key of the home dataset (its order and name) + natural key of the name, kept by services.
    `rejection` is why a reviewer sent it back last, null when they did not or it was finished since.
    """

    project = key("annotator.Project", related_name="media", db_index=False)
    kind = text(6, choices=MediaKind.choices, default=MediaKind.IMAGE)
    ref = text(128)
    number = models.BigIntegerField()
    list_key = ByteOrderedField(max_length=1400, default="")
    blob = key(Blob, models.PROTECT, null=True, blank=True, related_name="media")
    source_url = text(2000)
    bucket = key(
        "annotator.Bucket", models.RESTRICT, null=True, blank=True, related_name="media", db_index=False
    )
    status = key(MediaStatus, models.PROTECT, related_name="media", db_index=False)
    status_at = models.DateTimeField(null=True, blank=True)
    status_by = user_key()
    # Null, not "": so the upgrade adds a column and does not write the whole table again.
    rejection = text(1000, null=True, default=None)
    rejected_at = models.DateTimeField(null=True, blank=True)
    rejected_by = user_key()
    width = models.IntegerField(default=0)
    height = models.IntegerField(default=0)
    format = text(12)
    mode = text(12)
    frame_rate = models.FloatField(null=True, blank=True)
    duration_ms = models.BigIntegerField(null=True, blank=True)
    frame_count = models.BigIntegerField(null=True, blank=True)
    orientation = text(40)
    display_range = models.JSONField(null=True, blank=True)
    exif = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    health = text(12, default="OK")
    health_reason = text(500)
    phash = models.BigIntegerField(null=True, blank=True)
    is_prepared = models.BooleanField(default=False)
    is_frozen = models.BooleanField(default=False)
    external_id = text(500)
    batch = key(
        "annotator.UploadBatch", models.SET_NULL, null=True, blank=True, related_name="media", db_index=False
    )
    import_job = key(
        "annotator.Job", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_by = user_key()
    updated_by = user_key()
    content_at = models.DateTimeField(null=True, blank=True)
    trashed_at = models.DateTimeField(null=True, blank=True)
    trashed_by = user_key()
    objects = scoped_live(
        "project__workspace",
        "project",
        queryset=MediaQuerySet,
        trash_filter=Q(trashed_at__isnull=True, project__trashed_at__isnull=True),
    )

    class Meta(Row.Meta):
        verbose_name_plural = "media"
        constraints = [
            models.UniqueConstraint(fields=["project", "ref"], name="media_ref_once"),
            models.UniqueConstraint(fields=["project", "number"], name="media_number_once"),
        ]
        indexes = [
            models.Index(
                fields=["project", "list_key", "id"], condition=Q(trashed_at__isnull=True), name="media_list"
            ),
            models.Index(
                fields=["project", "id"], condition=Q(trashed_at__isnull=True), name="media_created"
            ),
            models.Index(
                fields=["project", "status", "list_key", "id"],
                condition=Q(trashed_at__isnull=True),
                name="media_by_status",
            ),
            models.Index(fields=["project", "updated_at"], name="media_updated"),
            models.Index(fields=["project", "phash"], condition=Q(phash__isnull=False), name="media_phash"),
            models.Index(
                fields=["import_job"], condition=Q(import_job__isnull=False), name="media_import_job"
            ),
            models.Index(fields=["bucket"], condition=Q(bucket__isnull=False), name="media_bucket"),
            models.Index(fields=["batch"], condition=Q(batch__isnull=False), name="media_batch"),
            models.Index(fields=["trashed_at"], condition=Q(trashed_at__isnull=False), name="media_trash"),
            models.Index(
                fields=["project", "trashed_at", "id"],
                condition=Q(trashed_at__isnull=False),
                name="media_project_trash",
            ),
            models.Index(fields=["project", "id"], condition=~Q(kind="image"), name="media_not_image"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def bucket_key(self) -> str | None:
        """Return the key of the bytes in `bucket`, None for a medium whose bytes are not in one."""
        return self.source_url.removeprefix(BUCKET_SCHEME) if self.bucket_id else None

    @property
    def is_sent_back(self) -> bool:
        """Return whether a reviewer's reason waits for a labeler: it was not submitted again. Reads the status."""
        return bool(self.rejection) and self.status.base in ("NEW", "IN PROGRESS")

    @classmethod
    def live_in(cls, project_id: uuid.UUID) -> Any:
        """Return the live media of a project that the caller has looked at already, as a MediaQuerySet.

        `objects` asks the project whether it is in the trash; that join keeps SQLite from walking the
        list in index order (100,000 media: 70 ms instead of 0.2 ms for the first window).
        """
        return type(cls.objects.none())(cls).filter(project_id=project_id, trashed_at__isnull=True)


class Rendition(Row):
    """An image made from a medium: thumbnail (fits 320), preview (fits 2048), fit200 or fit1024."""

    media = key(Media, related_name="renditions", db_index=False)
    variant = text(12)
    blob = key(Blob, models.PROTECT, related_name="renditions")
    # The bytes that it was made of: it is out of date when its medium has others. Keeps nothing alive, so no constraint.
    source = key(Blob, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    width = models.IntegerField()
    height = models.IntegerField()
    objects = scoped("media__project__workspace", "media__project")

    class Meta(Row.Meta):
        constraints = [models.UniqueConstraint(fields=["media", "variant"], name="rendition_once")]


class QualityIssue(Row):
    """A finding about the bytes of a medium, or about a source that did not become one of its `dataset`."""

    project = key("annotator.Project", related_name="quality_issues")
    dataset = key("annotator.Dataset", null=True, blank=True, related_name="quality_issues")
    media = key(Media, null=True, blank=True, related_name="quality_issues")
    severity = text(8, default="warning")
    code = text(40)
    source = text(1000)
    message = text(1000)
    objects = scoped("project__workspace", "project")
