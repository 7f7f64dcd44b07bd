"""The parameter that names an iteration. There are none yet, only the live state of a project: each id is refused."""

from __future__ import annotations

import uuid
from typing import Any

from annotator.domain.errors import Missing
from api.common import fields
from api.common.filters import UUIDFilter, UUIDFormField
from api.common.serializers import QuerySerializer

HELP_TEXT = "Default the live state of the project."


def _missing() -> Missing:
    return Missing("There is no such iteration in this project.", code="NotFoundIteration")


class IterationField(fields.UUIDField):
    """The id of an iteration. Raises Missing for each one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "help_text": HELP_TEXT, **kwargs})

    def to_internal_value(self, data: Any) -> uuid.UUID:
        super().to_internal_value(data)
        raise _missing()


class IterationQuerySerializer(QuerySerializer):
    """The parameters of operations that read the live state."""

    iterationId = IterationField()


class _FormField(UUIDFormField):
    def parse(self, value: str) -> uuid.UUID:
        super().parse(value)
        raise _missing()


class IterationFilter(UUIDFilter):
    """The same for lists."""

    field_class = _FormField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"help_text": HELP_TEXT, **kwargs})
