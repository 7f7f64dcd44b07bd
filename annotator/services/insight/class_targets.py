"""Targets whose values are classes: tags of a group, choices of an attribute, presence of labels of a class. Reads only."""

from __future__ import annotations

import json
import uuid
from abc import abstractmethod
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import CharField, Count, Exists, Min, OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast

from annotator.models import AttributeValue, Concept, Label, Tag
from annotator.services.insight import contents
from annotator.services.insight.target_kinds import IS_SHOWN, ClassTarget, Images, TargetBin, TargetValue

# Ids as text: PostgreSQL has no least UUID, and both databases have them in order so.
_ROW = Cast("media_id", CharField())


class CountedTarget(ClassTarget):
    """A classification whose bins are counts of the classes' rows."""

    __slots__ = ()

    def images_with(self, names: Sequence[str]) -> Images:
        if any(name not in self.classes for name in names):
            nothing: Images = contents.images(self.project_id).none()
            return nothing
        return self._images_with([self.classes[name] for name in names])

    def bins(self) -> list[TargetBin]:
        """The image that stands for a class is the first that can be shown, else the first."""
        names = {self._stored(key): name for name, key in self.classes.items()}
        found = [
            TargetBin(count, uuid.UUID(str(row)), names[key])
            for key, count, row in self._counted()
            if key in names
        ]
        return sorted(found, key=lambda each: (-each.count, str(each.value)))

    def _stored(self, key: Any) -> Any:
        """Return a class as `_counted` has it."""
        return key

    def _live(self, rows: Any) -> Any:
        return contents.of_live_images(rows, self.project_id)

    @abstractmethod
    def _images_with(self, keys: Sequence[Any]) -> Images:
        """Return the live images of all of these classes, at least one, in order of creation."""

    @abstractmethod
    def _counted(self) -> Iterable[tuple[Any, int, Any]]:
        """Return each class that occurs with the number of its images and the one that stands for it."""


class TagTarget(CountedTarget):
    """The tags of a group; without several for an image the one that was given last."""

    __slots__ = ()

    def values_of(self, media: Collection[uuid.UUID]) -> dict[uuid.UUID, TargetValue]:
        names = {key: name for name, key in self.classes.items()}
        tags = Tag.all_objects.filter(concept__in=list(names), media__in=media)
        rows = tags.order_by("concept__media_order", "created_at", "pk")
        found: dict[uuid.UUID, Any] = {}
        for media_id, concept in rows.values_list("media", "concept"):
            if self.is_plural:
                found.setdefault(media_id, []).append(names[concept])
            else:
                found[media_id] = names[concept]
        return found

    def _images_with(self, keys: Sequence[Any]) -> Images:
        found: Images = contents.images_of_rows(self.project_id).filter(tags__concept=keys[0])
        found = found.order_by("tags__media")
        for key in keys[1:]:
            found = found.filter(Exists(Tag.all_objects.filter(media=OuterRef("pk"), concept=key)))
        return found

    def _counted(self) -> Iterable[tuple[Any, int, Any]]:
        rows = self._live(Tag.all_objects.filter(concept=OuterRef("pk")))
        count = rows.order_by().values("concept").annotate(count=Count("*")).values("count")
        first = rows.order_by("media").values("media")
        columns = (Subquery(count), Subquery(first.filter(IS_SHOWN)[:1]), Subquery(first[:1]))
        classes = Concept.all_objects.filter(pk__in=list(self.classes.values())).order_by()
        found = classes.values_list("pk", *columns)
        return ((key, count, shown or first) for key, count, shown, first in found if count)


class ChoiceTarget(CountedTarget):
    """The values of an attribute of images: one of its options, several of them, or yes and no."""

    __slots__ = ()

    def values_of(self, media: Collection[uuid.UUID]) -> dict[uuid.UUID, TargetValue]:
        names = {key: name for name, key in self.classes.items()}
        found: dict[uuid.UUID, TargetValue] = {}
        rows = AttributeValue.all_objects.filter(attribute=self.key, media__in=media)
        for media_id, value in rows.values_list("media", "value"):
            if self.is_plural:
                found[media_id] = [names[each] for each in value if each in names]
            elif value in names:
                found[media_id] = names[value]
        return found

    def _stored(self, key: Any) -> Any:
        return key if self.is_plural else json.dumps(key)

    def _images_with(self, keys: Sequence[Any]) -> Images:
        found: Images = contents.images(self.project_id)
        for key in keys:
            # The ids of options are unlike each other, so the text of one stands nowhere else in a list.
            text = {"text__contains" if self.is_plural else "text": json.dumps(key)}
            found = found.filter(Exists(self._values().filter(media=OuterRef("pk"), **text)))
        return found

    def _counted(self) -> Iterable[tuple[Any, int, Any]]:
        if not self.is_plural:
            return self._counted_choices()
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

    def _counted_choices(self) -> Iterable[tuple[Any, int, Any]]:
        rows = self._rows().values_list("text")
        counted = rows.annotate(
            count=Count("pk"), shown=Min(_ROW, filter=IS_SHOWN), first=Min(_ROW)
        ).order_by()
        return ((key, count, shown or first) for key, count, shown, first in counted)

    def _rows(self) -> Any:
        return self._live(self._values())

    def _values(self) -> Any:
        """Return the values of all images, also of those in the trash."""
        rows = AttributeValue.all_objects.filter(attribute=self.key, media__isnull=False)
        return rows.annotate(text=Cast("value", TextField()))


class PresenceTarget(CountedTarget):
    """Whether an image has a label of a class: every image is true or false."""

    __slots__ = ()

    def values_of(self, media: Collection[uuid.UUID]) -> dict[uuid.UUID, TargetValue]:
        found: dict[uuid.UUID, TargetValue] = dict.fromkeys(media, "false")
        labeled = self._labels().filter(media__in=media).values_list("media", flat=True)
        return found | dict.fromkeys(labeled.distinct(), "true")

    def _images_with(self, keys: Sequence[Any]) -> Images:
        found: Images = contents.images(self.project_id)
        is_there = Exists(self._labels().filter(media=OuterRef("pk")))
        for key in keys:
            found = found.filter(is_there if key else ~is_there)
        return found

    def _counted(self) -> Iterable[tuple[Any, int, str]]:
        row = Cast("pk", CharField())
        is_shown = ~Q(health="ERROR") & Q(width__gt=0)
        for key in self.classes.values():
            images = self._images_with([key]).order_by()
            found = images.aggregate(count=Count("pk"), shown=Min(row, filter=is_shown), first=Min(row))
            if found["count"]:
                yield key, found["count"], found["shown"] or found["first"]

    def _labels(self) -> Any:
        # By the class alone: with the project SQLite takes an index that has no media.
        return Label.objects.filter(concept=self.key).listed().order_by()
