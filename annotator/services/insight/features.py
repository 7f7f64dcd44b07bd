"""The columns that images have: the image itself, its tags by group, its attributes, labels of a class by number and presence."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q

from annotator.db.plain_rows import fetch_groups
from annotator.domain import attributes as rules
from annotator.domain.text import name_key
from annotator.models import (
    Attribute,
    AttributeValue,
    Concept,
    Label,
    Project,
    Tag,
    TagGroup,
    TargetSource,
)
from annotator.services.insight import contents
from annotator.services.insight.targets import count_name, presence_name

IMAGE = "image"
CATEGORY, CATEGORIES, NUMBER, BOOLEAN, TEXT = "category", "categories", "number", "boolean", "text"
_KINDS = {
    rules.SELECTION: CATEGORY,
    rules.MULTIPLE: CATEGORIES,
    rules.INT: NUMBER,
    rules.FLOAT: NUMBER,
    rules.BOOL: BOOLEAN,
    rules.TEXT: TEXT,
}


@dataclass(frozen=True, slots=True)
class Feature:
    """A column. `source` and `key` say where its values are; the image has neither."""

    name: str
    kind: str
    source: str = ""
    key: uuid.UUID | None = None

    @property
    def number(self) -> int:
        """A number that stays the same: 0 for the image, else the low 48 bits of the id of the source.

        The highest of them is the other one for the presence of a class, whose source has a number of labels too.
        """
        is_presence = self.source == TargetSource.COUNT and self.kind == BOOLEAN
        return 0 if self.key is None else (self.key.int & ((1 << 48) - 1)) ^ (is_presence << 47)


@dataclass(frozen=True, slots=True)
class Profile:
    """How many values a feature has, and how many images have none."""

    unique: int
    missing: int


def list_features(project: Project) -> list[Feature]:
    """Return the features of a project: the image, tag groups, attributes of images, labels by class: their number and presence.

    Of several of one name, in any case, the first counts. Three queries.
    """
    found: dict[str, Feature] = {}
    for feature in _all_features(project):
        found.setdefault(name_key(feature.name), feature)
    return list(found.values())


def find(project: Project, name: str) -> Feature | None:
    """Return the feature of a name, None when there is none."""
    return next((each for each in list_features(project) if each.name == name), None)


def is_image_column(name: str) -> bool:
    """Return whether a name is that of a column of images, of which every project has one."""
    return name == IMAGE


def profile(project: Project, features: list[Feature]) -> dict[Feature, Profile]:
    """Return how many values each feature has and how many images have none. Five queries."""
    images = contents.images(project.pk).order_by()
    total = images.count()
    found = {feature: Profile(0, total) for feature in features}
    distinct = images.aggregate(blobs=Count("blob", distinct=True), rest=Count("pk", filter=Q(blob=None)))
    by_key = _of_groups(project) | _of_attributes(project) | _of_counts(project)
    for feature in features:
        if feature.key is None:
            found[feature] = Profile(distinct["blobs"] + distinct["rest"], 0)
        elif feature.source == TargetSource.COUNT:
            # An image without a label of the class has a number too, 0, or none is present.
            unique, rows = by_key.get(feature.key, (0, 0))
            present = int(rows > 0) if feature.kind == BOOLEAN else unique
            found[feature] = Profile(present + int(rows < total), 0)
        elif feature.key in by_key:
            unique, rows = by_key[feature.key]
            found[feature] = Profile(unique, total - rows)
    return found


def _all_features(project: Project) -> Iterator[Feature]:
    yield Feature(IMAGE, IMAGE)
    for group in TagGroup.all_objects.filter(project=project).order_by("order", "sort_key", "id"):
        kind = CATEGORY if group.kind == "SELECTION" else CATEGORIES
        yield Feature(group.name, kind, TargetSource.TAG_GROUP, group.pk)
    for attribute in Attribute.all_objects.filter(project=project, subject="IMAGE").order_by(
        "order", "name_key", "id"
    ):
        yield Feature(attribute.name, _KINDS[attribute.kind], TargetSource.ATTRIBUTE, attribute.pk)
    for concept in Concept.all_objects.filter(project=project, on_region=True).order_by("region_order", "id"):
        yield Feature(count_name(concept.name), NUMBER, TargetSource.COUNT, concept.pk)
        yield Feature(presence_name(concept.name), BOOLEAN, TargetSource.COUNT, concept.pk)


_Counts = dict[uuid.UUID | None, tuple[int, int]]


def _of_groups(project: Project) -> _Counts:
    tags = Tag.all_objects.filter(project=project, concept__tag_group__isnull=False)
    rows = contents.of_live_images(tags, project.pk)
    counted = rows.values_list("concept__tag_group").annotate(
        Count("concept", distinct=True), Count("media", distinct=True)
    )
    return {key: (unique, media) for key, unique, media in counted.order_by()}


def _of_attributes(project: Project) -> _Counts:
    values = AttributeValue.all_objects.filter(attribute__project=project, media__isnull=False)
    rows = contents.of_live_images(values, project.pk)
    counted = rows.values_list("attribute").annotate(Count("value", distinct=True), Count("pk"))
    return {key: (unique, media) for key, unique, media in counted.order_by()}


def _of_counts(project: Project) -> _Counts:
    classes = Concept.all_objects.filter(project=project, on_region=True).values("pk")
    labels = Label.objects.filter(concept__in=classes).listed().order_by()
    counted = labels.exclude(media__in=contents.others(project.pk)).values_list("concept", "media")
    found: _Counts = {}
    groups = fetch_groups(counted.annotate(number=Count("*")), by=("concept", "number"), least="media")
    for concept, _, images, _ in groups:
        key = uuid.UUID(str(concept))
        unique, media = found.get(key, (0, 0))
        found[key] = unique + 1, media + images
    return found
