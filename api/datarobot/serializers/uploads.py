"""Forms that carry an archive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from annotator.domain.errors import Invalid
from api.common.fields import NameField
from api.common.files import FileParser

_ZIP = (b"PK\3\4", b"PK\5\6")


class ArchiveParser(FileParser):
    """One ZIP archive as the part `file` of a form, and the texts beside it."""

    media_type = "multipart/form-data"
    part_name = "file"
    max_files = 1
    text_parts = {"projectName": {"type": "string", "pattern": NameField.pattern, "maxLength": 200}}

    @classmethod
    def content(cls) -> dict[str, dict[str, Any]]:
        return {cls.media_type: super().content()[cls.media_type]}


def checked_archive(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of an archive. Raises Invalid when the first ones are not those of a ZIP archive."""
    head = b""
    for chunk in chunks:
        if len(head) < 4:
            head += bytes(chunk[: 4 - len(head)])
            if len(head) >= 4:
                _check(head)
        yield chunk
    _check(head)


def _check(head: bytes) -> None:
    if not head.startswith(_ZIP):
        message = "file must be a ZIP archive of images; the folder of an image is its class."
        raise Invalid(message, field="file", code="not_an_archive")
