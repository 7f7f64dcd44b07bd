"""Names and refs that are unique within a parent; used by the services that make named rows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from typing import Any

from annotator.domain import text
from annotator.domain.errors import Invalid

_NOT_REF = re.compile(r"[^a-z0-9._-]+")
MAX_REF = 128


def slug(name: str, fallback: str) -> str:
    """Return a short ASCII ref made from `name`; `fallback` when nothing of it is left."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NOT_REF.sub("-", ascii_name).strip("-.")[:60] or fallback


def free_ref(rows: Any, name: str, fallback: str) -> str:
    """Return a ref that no row of the queryset has: the slug, or the slug with the next number."""
    base = slug(name, fallback)
    used = set(rows.filter(ref__startswith=base).values_list("ref", flat=True))
    if base not in used:
        return base
    number = 2
    while f"{base}-{number}" in used:
        number += 1
    return f"{base}-{number}"


def check_ref(value: object) -> str:
    """Return a ref given by a person or vendor, or raise Invalid."""
    ref = text.clean(value, field="ref", limit=MAX_REF)
    if "/" in ref:
        raise Invalid("ref must not hold a slash.", field="ref")
    return ref


def new_ref(rows: Any, value: object) -> str:
    """Return a ref given by a person or vendor that no row of the queryset has, or raise Invalid (code "ref_taken")."""
    ref = check_ref(value)
    if rows.filter(ref=ref).exists():
        raise Invalid(f"The id {ref!r} is in use already.", field="ref", code="ref_taken")
    return ref


def named(value: object, *, field: str = "name", limit: int = 200) -> dict[str, str]:
    """Return the columns name, name_key and sort_key of a checked name."""
    name = text.clean(value, field=field, limit=limit)
    return {"name": name, "name_key": text.name_key(name), "sort_key": text.sort_key(name)}


def next_order(rows: Any, column: str, first: float = 1.0) -> float:
    """Return an order after all rows of the queryset."""
    last = (
        rows.filter(**{f"{column}__isnull": False})
        .order_by(f"-{column}")
        .values_list(column, flat=True)
        .first()
    )
    return first if last is None else float(last) + 1.0


def free_name(rows: Any, name: str) -> str:
    """Return `name`, or `name 2`, `name 3` … until no row of the queryset has its key."""
    return free_among(set(rows.values_list("name_key", flat=True)), name)


def free_among(used: Container[str], name: str, *, limit: int = 200) -> str:
    """Return `name`, or `name 2`, `name 3` … until its key is not in `used`; cut before the number to fit `limit`."""
    number, candidate = 2, name
    while text.name_key(candidate) in used:
        tail = f" {number}"
        candidate, number = name[: limit - len(tail)].rstrip() + tail, number + 1
    return candidate
