"""Parameters of a query string as text, read alike by filtersets (lists) and query serializers (everything else)."""

from __future__ import annotations

from django.http import QueryDict

from annotator.domain import text
from annotator.domain.errors import Invalid

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def last_value(query: QueryDict, name: str) -> str | None:
    """Return the last value of a parameter that is not empty, None when there is none."""
    return next((value for value in reversed(query.getlist(name)) if value), None)


def all_values(query: QueryDict, *names: str) -> list[str]:
    """Return the values of a list parameter: comma-joined, repeated, or under `name[]`; `names` are all its names."""
    spellings = [spelling for name in names for spelling in (name, f"{name}[]")]
    parts = [part.strip() for key in spellings for value in query.getlist(key) for part in value.split(",")]
    return [part for part in parts if part]


def repeated_values(query: QueryDict, name: str) -> list[str]:
    """Return the values of a list parameter that is only repeated, as they are, without empty ones."""
    return [value for value in query.getlist(name) if value]


def parse_boolean(value: str) -> bool | None:
    """Return what true, false, 1 or 0 means, in any case; None for anything else."""
    return _BOOLEANS.get(value.lower())


def clean_line(value: str, limit: int) -> str:
    """Return one line of text. Invalid with a message that goes on after the parameter's name ("must be one line.")."""
    edges = value[: len(value) - len(value.lstrip())] + value[len(value.rstrip()) :]
    if not all(text.is_invisible(character) for character in edges):
        raise Invalid("must be one line.")
    try:
        return text.clean(value, field="\0", limit=limit, required=False)
    except Invalid as error:  # its message begins with the name of the field
        raise Invalid(error.message.removeprefix("\0 ")) from None
