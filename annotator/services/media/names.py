"""Names of media within their dataset: what is allowed, which exist, the next free one."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from annotator.domain import listing, text
from annotator.domain.errors import Invalid
from annotator.models import Dataset, DatasetItem

LIMIT = 1000
MAX_BYTES = 2000  # what an index of PostgreSQL takes beside the dataset's id
NameKey = tuple[uuid.UUID, str]


def check(value: object, *, field: str = "name") -> str:
    """Return a name (folders with "/" allowed) or raise Invalid: empty, over 1,000 characters, or a path that climbs out."""
    name = text.clean(value, field=field, limit=LIMIT)
    if len(name.encode()) > MAX_BYTES:
        raise Invalid(f"{field} must have at most {MAX_BYTES:,} bytes in UTF-8.", field=field)
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or (len(parts[0]) == 2 and parts[0][1] == ":"):
        raise Invalid(
            f"{field} must be a file name or a path below the dataset, not {name[:80]!r}.", field=field
        )
    return name


def below(value: str, *, field: str = "name") -> str:
    """Return an imported path as an allowed name: what climbs out of the folder or starts at a root is left off."""
    parts = [part for part in value.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return check("/".join(parts[1:] if len(parts) > 1 and parts[0].endswith(":") else parts), field=field)


def columns(name: str) -> dict[str, str]:
    """Return the columns of a home item that follow from its name."""
    return {"name": name, "name_key": text.name_key(name)[:1000], "sort_key": text.sort_key(name)[:1200]}


def list_key(dataset: Dataset, name: str) -> str:
    """Return Media.list_key of a medium called `name` whose home is `dataset`."""
    return listing.list_key(listing.dataset_key(dataset.order, dataset.name), name)


def existing(keys: Iterable[NameKey]) -> dict[NameKey, uuid.UUID]:
    """Return those of the (dataset, name) keys that exist, with their media's ids. One query."""
    wanted = set(keys)
    datasets, names = {key[0] for key in wanted}, {key[1] for key in wanted}
    rows = DatasetItem.objects.filter(dataset__in=datasets, name__in=names, is_home=True)
    found = {
        (dataset_id, name): media_id
        for dataset_id, name, media_id in rows.values_list("dataset_id", "name", "media_id")
    }
    return {key: media for key, media in found.items() if key in wanted}


def free(dataset_id: uuid.UUID, name: str, also_used: Iterable[str] = ()) -> str:
    """Return `name`, or the first of "name (2).jpg", "name (3).jpg" ... that nothing in the dataset has."""
    stem, dot, extension = name.rpartition(".")
    if not dot or "/" in extension or not stem:
        stem, extension = name, ""
    ending = f".{extension}" if extension else ""
    rows = DatasetItem.objects.filter(dataset=dataset_id, is_home=True, name__startswith=stem[: LIMIT - 100])
    used = {*rows.values_list("name", flat=True), *also_used}
    number = 1
    while name in used:
        number += 1
        tail = f" ({number}){ending}"
        name = stem[: LIMIT - len(tail) - 20] + tail
    return name


def extension_of(name: str) -> str:
    """Return what follows the last dot of the last path segment, in lower case; empty when there is none."""
    last = name.rsplit("/", 1)[-1]
    return last.rpartition(".")[2].lower() if "." in last else ""
