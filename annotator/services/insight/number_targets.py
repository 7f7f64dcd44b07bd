"""Targets whose values are numbers: those of an attribute, and how many labels of a class an image has. Reads only."""

from __future__ import annotations

import math
import uuid
from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import Count, Exists, OuterRef, Subquery

from annotator.db.plain_rows import fetch, fetch_groups
from annotator.domain import bins
from annotator.models import AttributeValue, Label
from annotator.services.insight import contents
from annotator.services.insight.target_kinds import Images, NumberTarget, TargetBin, TargetValue

#: No image has so many labels; larger numbers may be none for the database.
_MANY = 1 << 40


class AttributeTarget(NumberTarget):
    """The numbers of an attribute of images."""

    __slots__ = ()

    def values_of(self, media: Collection[uuid.UUID]) -> dict[uuid.UUID, TargetValue]:
        rows = AttributeValue.all_objects.filter(attribute=self.key, media__in=media)
        return dict(rows.values_list("media", "value"))

    def images_between(self, start: float, end: float) -> Images:
        values = {"attribute": self.key, "media__isnull": False, "number__gte": start, "number__lt": end}
        columns = {f"attribute_values__{name}": value for name, value in values.items()}
        found: Images = contents.images_of_rows(self.project_id).filter(**columns)
        return found.order_by("attribute_values__media")

    def bins(self) -> list[TargetBin]:
        every = AttributeValue.all_objects.filter(attribute=self.key, number__isnull=False)
        live = contents.of_live_images(every.filter(media__isnull=False), self.project_id)
        rows = fetch(live.order_by("media").values_list("media", "number"))
        found = bins.integer_bins([number for _, number in rows])
        return [_bin(each, *rows[each.middle]) for each in found]


class CountTarget(NumberTarget):
    """How many labels of a class an image has: every image has such a number."""

    __slots__ = ()

    def values_of(self, media: Collection[uuid.UUID]) -> dict[uuid.UUID, TargetValue]:
        counted = self._labels().filter(media__in=media).values_list("media").annotate(number=Count("*"))
        found: dict[uuid.UUID, TargetValue] = dict.fromkeys(media, 0)
        return found | dict(counted)

    def images_between(self, start: float, end: float) -> Images:
        low, high = max(0, math.ceil(start)), math.ceil(end)
        found: Images = contents.images(self.project_id)
        if low >= _MANY or high <= low:
            return found.none()
        if low:
            found = found.filter(self._has(low))
        return found.filter(~self._has(high)) if high < _MANY else found

    def bins(self) -> list[TargetBin]:
        counts: dict[int, int] = {}
        first: dict[int, uuid.UUID] = {}
        for number, count, media_id in self._counted():
            counts[number], first[number] = count, media_id
        numbers = sorted(first, key=first.__getitem__)
        found = bins.integer_bins(numbers, [counts[number] for number in numbers])
        return [_bin(each, first[numbers[each.middle]], numbers[each.middle]) for each in found]

    def _counted(self) -> Iterator[tuple[int, int, uuid.UUID]]:
        """Return each number with how many images have it and the first of them; that of those without labels is read apart."""
        images = contents.images(self.project_id)
        total = images.order_by().values("project").annotate(count=Count("*")).values("count")
        labels = self._labels().exclude(media__in=contents.others(self.project_id)).values_list("media")
        # With the total in the same query, so that no image is written between.
        counted = labels.annotate(number=Count("*"), total=Subquery(total))
        groups = fetch_groups(counted, by=("number", "total"), least="media")
        rest = groups[0][1] if groups else images.count()
        for number, _, count, media_id in groups:
            yield number, count, uuid.UUID(media_id)
            rest -= count
        if rest and (media_id := images.filter(~self._has(1)).values_list("pk", flat=True).first()):
            yield 0, rest, media_id

    def _has(self, count: int) -> Exists:
        """Return the condition that an image has at least so many labels, which is at least one."""
        return Exists(self._labels().filter(media=OuterRef("pk")).values("pk")[count - 1 : count])

    def _labels(self) -> Any:
        # By the class alone: with the project SQLite takes an index that has no media.
        return Label.objects.filter(concept=self.key).listed().order_by()


def _bin(each: bins.Bin, media_id: Any, value: float) -> TargetBin:
    return TargetBin(each.count, uuid.UUID(str(media_id)), value, each.start, each.end)
