"""Lists of assets as CSV files: what they hold, and reading one from a bucket or an address."""

from __future__ import annotations

import csv
import io
import uuid
from contextlib import closing
from typing import Any, NamedTuple

from django.conf import settings

from annotator.domain.errors import Invalid
from annotator.services import addresses, blobs
from annotator.services.buckets import reading
from annotator.services.media import url_import

MAX_BYTES = 32 * 1024 * 1024
_PATH, _ID = "path", "id"


class Row(NamedTuple):
    """A line of a list: the address of an image, the caller's own id and metadata."""

    path: str
    external_id: str
    metadata: dict[str, Any]


def check_path(workspace_id: uuid.UUID, path: str, preferred: uuid.UUID | None, *, field: str) -> None:
    """Raise Invalid unless an address is of a bucket of the workspace or one that may be asked."""
    if reading.find_path(workspace_id, path, preferred) is not None:
        return
    if not path.startswith(("http://", "https://")):
        name = field.rpartition(".")[2]
        message = f"{name} must be an http or https address, or a file of a bucket of this workspace."
        raise Invalid(message, field=field, code="unknown_bucket")
    addresses.check(path, field=field)


def read(workspace_id: uuid.UUID, path: str, preferred: uuid.UUID | None) -> list[Row]:
    """Return the lines of the list at an address. Raises Invalid in words, TooLarge."""
    file = reading.find_path(workspace_id, path, preferred)
    if file is None:
        sha256 = url_import.fetch(path, limit=MAX_BYTES).blob.sha256
    else:
        sha256 = reading.copy_into_store(file.bucket, file.key, limit=MAX_BYTES).sha256
    with closing(blobs.store().open(sha256)) as stream:
        return parse(stream.read())


def parse(content: bytes) -> list[Row]:
    """Return the lines of a list.

    Its first line names the columns: `path`, perhaps `id`, and metadata, whose values are texts; empty ones are left out.
    A list without a column `path` has one column, the paths. Raises Invalid naming the line.
    """
    try:
        lines = [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig")), strict=True) if any(row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid("The list must be a CSV file in UTF-8.", field="path") from error
    if not lines:
        raise Invalid("The list holds no paths.", field="path")
    if len(lines) > settings.MAX_ARCHIVE_FILES:
        raise Invalid(f"The list has more than {settings.MAX_ARCHIVE_FILES:,} lines.", field="path")
    head = [name.strip() for name in lines[0]]
    if _PATH not in head:
        if len(head) > 1:
            raise Invalid("The list has several columns, of which none is called path.", field="path")
        head, lines = [_PATH], [[], *lines]
    if len(set(head)) < len(head):
        raise Invalid("Two columns of the list have the same name.", field="path")
    return [_row(head, line, number) for number, line in enumerate(lines[1:], 2)]


def _row(head: list[str], line: list[str], number: int) -> Row:
    if len(line) > len(head):
        raise Invalid(f"Row {number:,} of the list has more columns than its first row.", field="path")
    values = dict(zip(head, line, strict=False))
    path = values.pop(_PATH, "").strip()
    if not path:
        raise Invalid(f"Row {number:,} of the list has no path.", field="path")
    external_id = values.pop(_ID, "").strip()
    return Row(path, external_id, {name: value for name, value in values.items() if name and value})
