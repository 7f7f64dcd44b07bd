"""What every target has: its value for each image, the images of a value, and bins over all values. Reads only."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

#: A class, a number, or the classes of an image that may have several.
TargetValue = str | float | int | list[str]
Images = QuerySet[Any]

IS_SHOWN = ~Q(media__health="ERROR") & Q(media__width__gt=0)


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

    @abstractmethod
    def values_of(self, media: Collection[uuid.UUID]) -> dict[uuid.UUID, TargetValue]:
        """Return the values of live images; those without one are left out. One query."""

    @abstractmethod
    def bins(self) -> list[TargetBin]:
        """Return the classes that occur, the most frequent first, or ranges of numbers in order.

        Raises Invalid for numbers beyond 2**53.
        """


@dataclass(frozen=True, slots=True)
class ClassTarget(Target):
    """A classification. `classes` are what rows hold for each class, by its name; `is_plural`: an image may have several."""

    classes: Mapping[str, Any] = None  # type: ignore[assignment]
    is_plural: bool = False

    @abstractmethod
    def images_with(self, names: Sequence[str]) -> Images:
        """Return the live images of all of these classes, in order of creation; a name that is no class has none."""


class NumberTarget(Target):
    """A regression."""

    __slots__ = ()

    @abstractmethod
    def images_between(self, start: float, end: float) -> Images:
        """Return the live images with start <= value < end, in order of creation."""
