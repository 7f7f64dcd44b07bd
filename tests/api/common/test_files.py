"""Bodies of files: parts with and without file names, bare bytes, and what cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.test import RequestFactory

from annotator.domain.errors import Invalid, TooLarge
from api.common.exceptions import UnsupportedMediaType
from api.common.files import FileParser

CRLF = b"\r\n"


class PhotoParser(FileParser):
    part_name = "photo"
    max_files = 2


def parse(request: Any) -> Iterator[tuple[str, Iterable[bytes]]]:
    return PhotoParser().parse(request, request.META["CONTENT_TYPE"])


def part(head: str, content: bytes) -> bytes:
    return b"--b" + CRLF + f"Content-Disposition: form-data; {head}".encode() + CRLF * 2 + content + CRLF


def read(body: bytes, kind: str = "multipart/form-data; boundary=b") -> list[tuple[str, bytes]]:
    request: Any = RequestFactory().post("/", body, content_type=kind)
    return [(name, b"".join(chunks)) for name, chunks in parse(request)]


def test_parts_come_in_order_whatever_they_hold() -> None:
    binary = bytes(range(256)) * 1000 + b"\r\n--other\r\n"
    body = (
        part('name="photo"; filename="a.jpg"', binary)
        + part('name="note"', b"x")
        + part('name="photo"', b"\xff\x00")
    )
    assert read(body + b"--b--" + CRLF) == [("a.jpg", binary), ("", b"\xff\x00")]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="C:\\\\x\\\\y.jpg"', "y.jpg"),
        ("filename*=UTF-8''caf%C3%A9.jpg", "café.jpg"),
        ('filename=""', ""),
    ],
)
def test_of_a_path_only_the_last_part_counts(given: str, kept: str) -> None:
    assert read(part(f'name="photo"; {given}', b"x") + b"--b--") == [(kept, b"x")]


def test_bare_bytes_are_one_file() -> None:
    assert read(b"abc" * 100_000, "application/octet-stream") == [("", b"abc" * 100_000)]


def test_what_a_reader_leaves_of_a_part_is_passed_over() -> None:
    request: Any = RequestFactory().post(
        "/",
        part('name="photo"; filename="a"', b"x" * 300_000)
        + part('name="photo"; filename="b"', b"y")
        + b"--b--",
        content_type="multipart/form-data; boundary=b",
    )
    found = parse(request)
    name, chunks = next(found)
    assert name == "a" and next(iter(chunks))[:1] == b"x"
    assert [name for name, _ in found] == ["b"]


def test_too_many_and_none() -> None:
    with pytest.raises(TooLarge):
        read(part('name="photo"; filename="a"', b"x") * 3 + b"--b--")
    for body in (b"", b"nonsense", part('name="other"; filename="a"', b"x") + b"--b--"):
        with pytest.raises(Invalid):
            read(body or b"--b--")


@pytest.mark.parametrize("kind", ["application/json", "image/jpeg", "multipart/mixed; boundary=b", "x"])
def test_other_kinds_of_bodies(kind: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        read(b"x", kind)


@pytest.mark.parametrize("boundary", ["", "boundary=", "boundary=" + "b" * 201])
def test_a_boundary_that_is_none(boundary: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(b"x", f"multipart/form-data; {boundary}")
    assert refused.value.code == "malformed_form"


def test_headers_that_never_end() -> None:
    with pytest.raises(Invalid):
        read(b"--b\r\nContent-Disposition: form-data; name=" + b"x" * 200_000)
