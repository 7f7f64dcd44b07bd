"""The target of a project: its value for each image, the images of a value, and bins over all values. Reads only."""

from __future__ import annotations

import json
import uuid
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Exists, Min, OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast, Coalesce

from annotator.domain import attributes as rules, bins
from annotator.models import (
    Attribute,
    AttributeOption,
    AttributeValue,
    Concept,
    Label,
    Media,
    ModelingSetup,
    Project,
    Tag,
    TagGroup,
    TargetSource,
    TargetType,
)
from annotator.models.media import MediaQuerySet

#: A class, a number, or the classes of an image that may have several.
TargetValue = str | float | int | list[str]
Images = MediaQuerySet[Any]

_LIVE = Q(media__kind="image", media__trashed_at=None)
_IS_SHOWN = ~Q(media__health="ERROR") & Q(media__width__gt=0)
# Ids as text: PostgreSQL has no least UUID, and both databases have them in order so.
_ROW = Cast("media_id", CharField())


@dataclass(frozen=True, slots=True)
class TargetBin:
    """A class, or a range of numbers, with the number of its images and one that stands for them."""

    count: int
    media_id: uuid.UUID
    value: TargetValue
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Target(ABC):
    """A target that is there. `key` is the tag group, attribute or class that has its values, `name` what it is called."""

    project_id: uuid.UUID
    key: uuid.UUID
    name: str
    type: str
    positive_class: str = ""

    @property
    def is_classification(self) -> bool:
        return self.type != TargetType.REGRESSION

    @abstractmethod
    def values_of(self, media: Collection[uuid.UUID]) -> dict[uuid.UUID, TargetValue]:
        """Return the values of images; those without one are left out. One query."""

    @abstractmethod
    def bins(self) -> list[TargetBin]:
        """Return the classes that occur, the most frequent first, or ranges of numbers in order.

        Raises Invalid for numbers beyond 2**53.
        """

    def with_classes(self, media: Images, names: Sequence[str]) -> Images:
        """Keep the images that have all of these classes; a name that is no class keeps none."""
        raise NotImplementedError

    def between(self, media: Images, start: float, end: float) -> Images:
        """Keep the images with start <= value < end."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class ClassTarget(Target):
    """A classification. `classes` are what rows hold for each class, by its name; `is_plural`: an image may have several."""

    classes: Mapping[str, Any] = None  # type: ignore[assignment]
    is_plural: bool = False

    def with_classes(self, media: Images, names: Sequence[str]) -> Images:
        for name in names:
            if name not in self.classes:
                return media.none()
            media = self._with_class(media, self.classes[name])
        return media

    def bins(self) -> list[TargetBin]:
        """The image that stands for a class is the first that can be shown, else the first."""
        names = {self._stored(key): name for name, key in self.classes.items()}
        found = [
            TargetBin(count, uuid.UUID(row), names[key])
            for key, count, row in self._counted()
            if key in names
        ]
        return sorted(found, key=lambda each: (-each.count, str(each.value)))

    def _stored(self, key: Any) -> Any:
        """Return a class as `_counted` has it."""
        return key

    @abstractmethod
    def _with_class(self, media: Images, key: Any) -> Images:
        """Keep the images of a class."""

    @abstractmethod
    def _counted(self) -> Iterable[tuple[Any, int, str]]:
        """Return each class that occurs with the number of its images and the one that stands for it."""


def _count(rows: Any, key: str) -> Iterable[tuple[Any, int, str]]:
    counted = rows.values_list(key).annotate(
        count=Count("pk"), shown=Min(_ROW, filter=_IS_SHOWN), first=Min(_ROW)
    )
    return ((each, count, shown or first) for each, count, shown, first in counted.order_by())


class TagTarget(ClassTarget):
    """The tags of a group; without several for an image the one that was given last."""

    __slots__ = ()

    def values_of(self, media: Collection[uuid.UUID]) -> dict[uuid.UUID, TargetValue]:
        names = {key: name for name, key in self.classes.items()}
        rows = self._rows().filter(media__in=media).order_by("concept__media_order", "created_at", "pk")
        found: dict[uuid.UUID, Any] = {}
        for media_id, concept in rows.values_list("media", "concept"):
            if self.is_plural:
                found.setdefault(media_id, []).append(names[concept])
            else:
                found[media_id] = names[concept]
        return found

    def _with_class(self, media: Images, key: Any) -> Images:
        return media.with_tags_of([key])

    def _counted(self) -> Iterable[tuple[Any, int, str]]:
        return _count(self._rows(), "concept")

    def _rows(self) -> Any:
        return Tag.all_objects.filter(_LIVE, concept__in=list(self.classes.values()))


class ChoiceTarget(ClassTarget):
    """The values of an attribute of images: one of its options, several of them, or yes and no."""

    __slots__ = ()

    def values_of(self, media: Collection[uuid.UUID]) -> dict[uuid.UUID, TargetValue]:
        names = {key: name for name, key in self.classes.items()}
        found: dict[uuid.UUID, TargetValue] = {}
        for media_id, value in self._rows().filter(media__in=media).values_list("media", "value"):
            if self.is_plural:
                found[media_id] = [names[each] for each in value if each in names]
            elif value in names:
                found[media_id] = names[value]
        return found

    def _stored(self, key: Any) -> Any:
        return key if self.is_plural else json.dumps(key)

    def _with_class(self, media: Images, key: Any) -> Images:
        # The ids of options are unlike each other, so the text of one stands nowhere else in a list.
        text = {"text__contains" if self.is_plural else "text": json.dumps(key)}
        return media.filter(Exists(self._values().filter(media=OuterRef("pk"), **text)))

    def _counted(self) -> Iterable[tuple[Any, int, str]]:
        if not self.is_plural:
            return _count(self._rows(), "text")
        counts: dict[str, int] = {}
        first: dict[str, str] = {}
        shown: dict[str, str] = {}
        columns = (
            self._rows()
            .order_by("media")
            .annotate(row=_ROW)
            .values_list("row", "value", "media__health", "media__width")
        )
        for row, value, health, width in columns:
            for key in value:
                counts[key] = counts.get(key, 0) + 1
                first.setdefault(key, row)
                if health != "ERROR" and width > 0:
                    shown.setdefault(key, row)
        return [(key, count, shown.get(key) or first[key]) for key, count in counts.items()]

    def _rows(self) -> Any:
        return self._values().filter(_LIVE)

    def _values(self) -> Any:
        """Return the values of all images, also of those in the trash: without a join."""
        rows = AttributeValue.all_objects.filter(attribute=self.key)
        return rows.annotate(text=Cast("value", TextField()))


class NumberTarget(Target):
    """The numbers of an attribute of images."""

    __slots__ = ()

    def values_of(self, media: Collection[uuid.UUID]) -> dict[uuid.UUID, TargetValue]:
        return dict(self._rows().filter(media__in=media).values_list("media", "value"))

    def between(self, media: Images, start: float, end: float) -> Images:
        rows = self._values().filter(media=OuterRef("pk"), number__gte=start, number__lt=end)
        return media.filter(Exists(rows))

    def bins(self) -> list[TargetBin]:
        return _number_bins(list(self._rows().order_by("media").values_list("row", "number")))

    def _rows(self) -> Any:
        return self._values().filter(_LIVE)

    def _values(self) -> Any:
        """Return the values of all images, also of those in the trash: without a join."""
        rows = AttributeValue.all_objects.filter(attribute=self.key)
        return rows.annotate(row=_ROW)


class CountTarget(Target):
    """How many labels of a class an image has: every image has such a number."""

    __slots__ = ()

    def values_of(self, media: Collection[uuid.UUID]) -> dict[uuid.UUID, TargetValue]:
        counted = self._labels().filter(media__in=media).values_list("media").annotate(Count("pk"))
        found: dict[uuid.UUID, TargetValue] = dict.fromkeys(media, 0)
        return found | dict(counted)

    def between(self, media: Images, start: float, end: float) -> Images:
        counted = self._labels().filter(media=OuterRef("pk")).values("media").annotate(number=Count("pk"))
        number = Coalesce(Subquery(counted.values("number")), 0)
        return media.alias(target_value=number).filter(target_value__gte=start, target_value__lt=end)

    def bins(self) -> list[TargetBin]:
        counts = dict(self._labels().values_list("media").annotate(Count("pk")))
        images = (
            Media.live_in(self.project_id).filter(kind="image").order_by("pk").values_list("pk", flat=True)
        )
        return _number_bins([(key.hex, counts.get(key, 0)) for key in images])

    def _labels(self) -> Any:
        # By the class alone: with the project SQLite takes an index that has no media.
        return Label.objects.filter(concept=self.key).listed().order_by()


def _number_bins(rows: Sequence[tuple[str, float]]) -> list[TargetBin]:
    """Return the bins of (image, number) in order of creation."""
    return [
        TargetBin(each.count, uuid.UUID(rows[each.middle][0]), rows[each.middle][1], each.start, each.end)
        for each in bins.integer_bins([number for _, number in rows])
    ]


# --- which target ---


def of(project: Project) -> Target | None:
    """Return the target of a project; None when none is set, or what it was is deleted. Three queries at most."""
    return of_projects([project.pk]).get(project.pk)


def of_projects(projects: Collection[uuid.UUID]) -> dict[uuid.UUID, Target]:
    """Return the targets of projects that have one. One query where none has, seven at most."""
    found = {}
    setups = list(ModelingSetup.all_objects.filter(project__in=list(projects)))
    words = _words(setups)
    for setup in setups:
        target = words.get(setup.target_id) and make(
            words[setup.target_id], setup.target_type, setup.positive_class
        )
        if target:
            found[setup.project_id] = target
    return found


def _words(setups: Sequence[ModelingSetup]) -> dict[uuid.UUID, TagGroup | Attribute | Concept]:
    models = {
        TargetSource.TAG_GROUP: TagGroup,
        TargetSource.ATTRIBUTE: Attribute,
        TargetSource.COUNT: Concept,
    }
    found: dict[uuid.UUID, Any] = {}
    for source, model in models.items():
        keys = [setup.target_id for setup in setups if setup.source == source]
        if keys:
            found |= model.all_objects.in_bulk(keys)  # type: ignore[attr-defined]
    return found


def make(word: TagGroup | Attribute | Concept, target_type: str, positive_class: str = "") -> Target:
    """Return a word of the vocabulary as the target of its project. One query for a classification."""
    common: dict[str, Any] = {
        "project_id": word.project_id,
        "key": word.pk,
        "name": word.name,
        "type": target_type,
        "positive_class": positive_class,
    }
    if isinstance(word, Concept):
        return CountTarget(**common | {"name": count_name(word.name)})
    if isinstance(word, TagGroup):
        concepts = Concept.all_objects.filter(tag_group=word, on_media=True)
        classes = dict(concepts.order_by("media_order", "pk").values_list("name", "pk"))
        return TagTarget(**common, classes=classes, is_plural=word.kind != "SELECTION")
    if word.kind in rules.NUMBERS:
        return NumberTarget(**common)
    if word.kind == rules.BOOL:
        return ChoiceTarget(**common, classes={"true": True, "false": False})
    options = (
        AttributeOption.all_objects.filter(attribute=word).order_by("order", "pk").values_list("value", "pk")
    )
    return ChoiceTarget(
        **common, classes={value: str(key) for value, key in options}, is_plural=word.kind == rules.MULTIPLE
    )


def count_name(class_name: str) -> str:
    """Return what the number of labels of a class is called."""
    return f"count of {class_name}"
