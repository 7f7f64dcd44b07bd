"""The filters of lists as django-filter has them, with the strictness that all dialects share.

Parameters are named and typed by a FilterSet; messages go on after the parameter's name, see api.common.exceptions.
Of a scalar parameter that is repeated the last value counts; empty text is absent.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import uuid
from typing import Any, ClassVar

import django_filters
from django import forms
from django_filters.fields import BaseCSVField
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

from annotator.domain import ids
from annotator.domain.errors import Invalid
from annotator.models import Project, Workspace
from annotator.services.media.selection import MediaSelection

from . import parameters
from .fields import LineField

#: Most values of one list parameter.
MAX_VALUES = 1_000


class FilterBackend(DjangoFilterBackend):
    """Filters lists by the viewset's FilterSet, which gets the scope and is kept as `view.filterset`."""

    def get_filterset_kwargs(self, request: Request, queryset: Any, view: Any) -> dict[str, Any]:
        return {**super().get_filterset_kwargs(request, queryset, view), "scope": view.scope}

    def get_filterset_class(self, view: Any, queryset: Any = None) -> Any:
        return view.filterset_classes.get(view.action) or super().get_filterset_class(view, queryset)

    def get_filterset(self, request: Request, queryset: Any, view: Any) -> Any:
        view.filterset = super().get_filterset(request, queryset, view)
        return view.filterset


class _SharedFilters(dict[str, Any]):
    """The filters of a filterset class; instances get shallow copies of them.

    A filter is only told its model and filterset. django-filter's deep copies cost more than all the rest of a list.
    """

    def __deepcopy__(self, memo: Any) -> dict[str, Any]:
        found = {name: copy.copy(each) for name, each in self.items()}
        for each in found.values():
            each.method = each.method  # bound to the copy, whose filterset has the method
        return found


class FilterSet(django_filters.FilterSet):
    """The base of all filtersets: `scope` is the project or workspace of the path."""

    def __init__(self, *args: Any, scope: Project | Workspace | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        return _SharedFilters(super().get_filters())

    def get_form_class(self) -> Any:
        return _form_class(type(self))  # type: ignore[arg-type]

    @property
    def applied(self) -> dict[str, Any]:
        """The filters that the query string holds, under their names there, with their values."""
        values = self.form.cleaned_data
        return {name: value for name, value in values.items() if value is not None and value != []}


@functools.cache
def _form_class(filterset_class: type[FilterSet]) -> Any:
    """Return the form class of a filterset, which Django would build for each request."""
    form_fields = {name: each.field for name, each in filterset_class.base_filters.items()}
    return type(f"{filterset_class.__name__}Form", (filterset_class._meta.form,), form_fields)


# --- form fields: text of a query string to values ---


class _LastValue(forms.Widget):
    """The last value that is not empty."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        return parameters.last_value(data, name)


class TextFormField(forms.Field):
    """One line of text."""

    widget = _LastValue
    default_error_messages = {"required": "is required."}

    def to_python(self, value: str | None) -> Any:
        return None if value is None else self.parse(value)

    def parse(self, value: str) -> Any:
        """Return the value of a parameter that is there."""
        try:
            return parameters.clean_line(value, 1_000)
        except Invalid as error:
            raise forms.ValidationError(error.message, code="invalid") from None


class UUIDFormField(TextFormField):
    def parse(self, value: str) -> uuid.UUID:
        found = ids.parse_uuid(value)
        if found is None:
            raise forms.ValidationError("must be a UUID.", code="invalid")
        return found


class _Boolean(TextFormField):
    def parse(self, value: str) -> bool:
        found = parameters.parse_boolean(value)
        if found is None:
            raise forms.ValidationError("must be true or false.", code="invalid")
        return found


class _Choice(TextFormField):
    def __init__(self, *, choices: Any = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = [value for value, _ in choices]

    def parse(self, value: str) -> str:
        if value not in self.choices:
            raise forms.ValidationError(f"must be one of {', '.join(self.choices)}.", code="invalid")
        return value


class _AllValues(forms.Widget):
    """All values: comma-joined, repeated, under `name[]`, or under one of `aliases`."""

    aliases: tuple[str, ...] = ()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return parameters.all_values(data, name, *self.aliases)


class _List(BaseCSVField):
    """Values of the other base's kind; an empty list where there are none."""

    max_values = MAX_VALUES

    def _get_widget_class(self, widget: Any) -> Any:
        return _AllValues()

    def clean(self, value: list[str]) -> list[Any]:
        if len(value) > self.max_values:
            message = f"may have at most {self.max_values:,} values, not {len(value):,}."
            raise forms.ValidationError(message, code="too_large")
        if not value and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [self.to_python(each) for each in value]


# --- filters ---


class TextFilter(django_filters.CharFilter):
    """One line of text of at most 1,000 characters; `schema` is what OpenAPI says of a value."""

    field_class = TextFormField
    schema: ClassVar[dict[str, Any]] = {"pattern": LineField.pattern, "maxLength": 1_000}


class UUIDFilter(django_filters.UUIDFilter):
    """A hyphenated UUID of 36 characters."""

    field_class = UUIDFormField


class BooleanFilter(django_filters.BooleanFilter):
    """true, false, 1 or 0, in any case."""

    field_class = _Boolean


class ChoiceFilter(django_filters.ChoiceFilter):
    """One of some words."""

    field_class = _Choice

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, choices=[(value, value) for value in choices], **kwargs)


class ListFilter(django_filters.BaseCSVFilter):
    """A list of at most `max_values` values; `aliases` are other names of the same parameter."""

    base_field_class = _List

    def __init__(
        self, *args: Any, aliases: tuple[str, ...] = (), max_values: int = MAX_VALUES, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"lookup_expr": "in", "help_text": "", **kwargs})
        self.aliases, self.max_values = aliases, max_values

    @property
    def field(self) -> Any:
        found = super().field
        found.max_values, found.widget.aliases = self.max_values, self.aliases
        return found


class UUIDListFilter(ListFilter, UUIDFilter):
    """A list of UUIDs."""


class TextListFilter(ListFilter, TextFilter):
    """A list of texts."""


# --- which media are meant ---


_CONDITIONS = frozenset(field.name for field in dataclasses.fields(MediaSelection))


class SelectionFilterSet(FilterSet):
    """Lists of media: a filter whose `field_name` is a condition of MediaSelection fills it, the selection filters the list.

    What needs more than its value (names for ids, two parameters for one condition) a subclass adds in `get_selection`.
    """

    def get_selection(self) -> MediaSelection:
        """Return the selection that the query string describes."""
        applied = self.applied
        conditions: dict[str, Any] = {
            each.field_name: tuple(applied[name]) if isinstance(applied[name], list) else applied[name]
            for name, each in self.filters.items()
            if name in applied and each.field_name in _CONDITIONS
        }
        return MediaSelection(**conditions)

    def filter_queryset(self, queryset: Any) -> Any:
        return self.get_selection().apply(queryset, self.project.pk)

    @property
    def project(self) -> Project:
        """The project of the path."""
        assert isinstance(self.scope, Project)
        return self.scope
