"""The filters of image lists as Custom Vision names them; the selection of media is the domain's, names and values are translated here."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

from annotator.domain.errors import Invalid
from annotator.services.media.selection import MediaSelection
from api.common.filters import ChoiceFilter, SelectionFilterSet, TextFilter, TextFormField, UUIDListFilter

from .iterations import IterationFilter

MAX_TAGS = 20
TAGGING_STATUSES = {"All": None, "Tagged": True, "Untagged": False}
NEWEST, OLDEST = "Newest", "Oldest"


class _UnsupportedField(TextFormField):
    def parse(self, value: str) -> Any:
        super().parse(value)
        raise Invalid(
            "Filters by metadata are not supported.", field="$filter", code="BadRequestNotSupported"
        )


class _UnsupportedFilter(TextFilter):
    field_class = _UnsupportedField
    schema = {"maxLength": 0}


class _OrderedFilterSet(SelectionFilterSet):
    """Lists in the order of creation."""

    orderBy = ChoiceFilter(choices=(NEWEST, OLDEST), initial=NEWEST)

    def filter_queryset(self, queryset: Any) -> Any:
        sign = "" if self.applied.get("orderBy") == OLDEST else "-"
        return super().filter_queryset(queryset).order_by(f"{sign}created_at", f"{sign}id")


class UntaggedImageCountFilterSet(SelectionFilterSet):
    """Images with neither a tag nor a region."""

    is_annotated: ClassVar[bool | None] = False
    iterationId = IterationFilter()

    def get_selection(self) -> MediaSelection:
        return dataclasses.replace(super().get_selection(), is_annotated=self.is_annotated)


class TaggedImageCountFilterSet(UntaggedImageCountFilterSet):
    """Images with a tag or a region: the class of a region counts as a tag of its image."""

    is_annotated = True
    tagIds = UUIDListFilter(field_name="concepts", max_values=MAX_TAGS, help_text="With any of these tags.")


class ImageCountFilterSet(TaggedImageCountFilterSet):
    """All images."""

    taggingStatus = ChoiceFilter(choices=tuple(TAGGING_STATUSES), initial="All")

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        found = super().get_filters()
        found["$filter"] = _UnsupportedFilter(field_name="$filter", help_text="Not supported; refused.")
        return found

    def get_selection(self) -> MediaSelection:
        is_annotated = TAGGING_STATUSES[self.applied.get("taggingStatus", "All")]
        return dataclasses.replace(super().get_selection(), is_annotated=is_annotated)


class UntaggedImageFilterSet(UntaggedImageCountFilterSet, _OrderedFilterSet):
    """Images with neither a tag nor a region, in order."""


class TaggedImageFilterSet(TaggedImageCountFilterSet, _OrderedFilterSet):
    """Images with a tag or a region, in order."""


class ImageFilterSet(ImageCountFilterSet, _OrderedFilterSet):
    """All images, in order."""
