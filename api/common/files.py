"""Bodies that are files: parts of a form or bare bytes, read as a stream; what becomes of them is the services' to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from django.http.multipartparser import (
    RAW,
    ChunkIter,
    InputStreamExhausted,
    LazyStream,
    MultiPartParserError,
    Parser,
)
from django.utils.http import parse_header_parameters
from rest_framework.parsers import BaseParser

from annotator.domain.errors import Invalid, TooLarge

from .exceptions import UnsupportedMediaType

FORM = "multipart/form-data"
BYTES = "application/octet-stream"
_CHUNK = 64 * 1024
_MAX_BOUNDARY = 200
_MAX_TEXT = 64 * 1024


class FileParser(BaseParser):
    """Up to `max_files` parts of a form that are called `part_name`, or one file as bare bytes.

    A part is a file whether or not it has a file name: published clients send bytes without one.
    """

    media_type = "*/*"
    part_name: ClassVar[str]
    max_files: ClassVar[int]
    #: Parts that are text, as OpenAPI describes them; what they hold is in `texts` once the files were read.
    text_parts: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def parse(  # type: ignore[override]
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Iterator[tuple[str, Iterable[bytes]]]:
        """Return (file name or "", chunks) of the files in order; each must be consumed before the next.

        Raises UnsupportedMediaType at once; while it is read Invalid (code "malformed_form") for a form that cannot be
        parsed or ends early, TooLarge for too many files. Other parts of the form are ignored.
        """
        kind, options = parse_header_parameters(media_type or "")
        if kind == FORM:
            return self._parts(stream, options.get("boundary", ""))
        if kind == BYTES:
            return iter([("", iter(lambda: stream.read(_CHUNK), b""))])
        raise UnsupportedMediaType(f"Send {FORM} with parts called {self.part_name}, or {BYTES}.")

    @classmethod
    def content(cls) -> dict[str, dict[str, Any]]:
        """Return the bodies that are read, as OpenAPI describes them by media type."""
        file = {"type": "string", "format": "binary"}
        many = {"type": "array", "items": file, "minItems": 1, "maxItems": cls.max_files}
        parts = {cls.part_name: file if cls.max_files == 1 else many, **cls.text_parts}
        return {FORM: {"type": "object", "properties": parts, "required": [cls.part_name]}, BYTES: file}

    def _parts(self, stream: Any, boundary: str) -> Iterator[tuple[str, Iterable[bytes]]]:
        if not boundary or len(boundary) > _MAX_BOUNDARY or not boundary.isascii():
            raise Invalid("The form has no usable boundary.", code="malformed_form")
        count = 0
        chunks = LazyStream(ChunkIter(stream, _CHUNK))
        try:
            for kind, headers, content in Parser(chunks, boundary.encode()):
                name, file_name = _names(headers)
                if kind != RAW and name == self.part_name:
                    count += 1
                    if count > self.max_files:
                        raise TooLarge(f"At most {self.max_files:,} files at once.", field=self.part_name)
                    yield file_name, content
                elif kind != RAW and name in self.text_parts:
                    self.texts[name] = _text(content, name)
                for _ in content:  # what the reader left
                    pass
        except (MultiPartParserError, InputStreamExhausted) as error:
            raise Invalid("The form cannot be read.", code="malformed_form") from error
        if not count:
            raise Invalid(f"The form holds no file called {self.part_name}.", field=self.part_name)


def _text(content: Iterable[bytes], name: str) -> str:
    """Return the text of a part. Raises Invalid for one that is long or not UTF-8."""
    data = b""
    for block in content:
        data += block
        if len(data) > _MAX_TEXT:
            raise Invalid(f"{name} is too long.", field=name)
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Invalid(f"{name} must be text in UTF-8.", field=name) from None


def _names(headers: Any) -> tuple[str, str]:
    """Return the name of a part and that of its file, of which only the last part of a path is kept."""
    options = headers.get("content-disposition", ("", {}))[1]
    name, file_name = (options.get(key, b"").decode("utf-8", "replace") for key in ("name", "filename"))
    return name, file_name.replace("\\", "/").rsplit("/", 1)[-1]
