"""Bodies that are files: parts of a form or bare bytes, read as a stream; what becomes of them is the services' to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.multipartparser import (
    RAW,
    ChunkIter,
    InputStreamExhausted,
    LazyStream,
    MultiPartParserError,
    Parser,
)
from django.utils.http import parse_header_parameters

from annotator.domain.errors import Invalid, TooLarge

from .errors import WrongMediaType

FORM = "multipart/form-data"
BYTES = "application/octet-stream"
_CHUNK = 64 * 1024
_MAX_BOUNDARY = 200


@dataclass(frozen=True, slots=True)
class Files:
    """Up to `most` parts of a form that are called `name`, or one file as bare bytes.

    A part is a file whether or not it has a file name: published clients send bytes without one.
    """

    name: str
    most: int

    def read(self, request: HttpRequest) -> Iterator[tuple[str, Iterable[bytes]]]:
        """Return (file name or "", chunks) of the files in order; each must be consumed before the next.

        Raises WrongMediaType at once; while it is read Invalid (code "malformed_form") for a form that cannot be
        parsed or ends early, TooLarge for too many files. Other parts of the form are ignored.
        """
        kind, options = parse_header_parameters(request.META.get("CONTENT_TYPE", ""))
        if kind == FORM:
            return self._parts(request, options.get("boundary", ""))
        if kind == BYTES:
            return iter([("", iter(lambda: request.read(_CHUNK), b""))])
        raise WrongMediaType(f"Send {FORM} with parts called {self.name}, or {BYTES}.")

    def _parts(self, request: HttpRequest, boundary: str) -> Iterator[tuple[str, Iterable[bytes]]]:
        if not boundary or len(boundary) > _MAX_BOUNDARY or not boundary.isascii():
            raise Invalid("The form has no usable boundary.", code="malformed_form")
        count = 0
        stream = LazyStream(ChunkIter(request, _CHUNK))
        try:
            for kind, headers, content in Parser(stream, boundary.encode()):
                name, file_name = _names(headers)
                if kind != RAW and name == self.name:
                    count += 1
                    if count > self.most:
                        raise TooLarge(f"At most {self.most:,} files at once.", field=self.name)
                    yield file_name, content
                for _ in content:  # what the reader left
                    pass
        except (MultiPartParserError, InputStreamExhausted) as error:
            raise Invalid("The form cannot be read.", code="malformed_form") from error
        if not count:
            raise Invalid(f"The form holds no file called {self.name}.", field=self.name)


def _names(headers: Any) -> tuple[str, str]:
    """Return the name of a part and that of its file, of which only the last part of a path is kept."""
    options = headers.get("content-disposition", ("", {}))[1]
    name, file_name = (options.get(key, b"").decode("utf-8", "replace") for key in ("name", "filename"))
    return name, file_name.replace("\\", "/").rsplit("/", 1)[-1]
