"""Parses single values of a JSON file, and says in words where and why something is no JSON."""

from __future__ import annotations

import json
import math
import re
from typing import Any, BinaryIO

import orjson

from annotator.domain.errors import Invalid

#: What numbers that are not finite are read as, where Python has written them.
NOT_FINITE = frozenset(("NaN", "Infinity", "-Infinity"))
_PORTION = 256 * 1024
_NUL = re.compile(rb"\\(u0000|.)", re.DOTALL)
_SURROGATE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_TRAILING_COMMA = re.compile(rb",[ \t\r\n]*[}\]]")
TRAILING = "there is a comma before the closing bracket"
_PYTHON_WORD = re.compile(rb"(True|False|None)\b")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
#: What files that are no text begin with. Tar has its mark at byte 257.
_SIGNATURES = (
    (b"\x1f\x8b", "compressed with gzip"),
    (b"PK\3\4", "a ZIP archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ", "compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"PAR1", "a Parquet file"),
    (b"\x89HDF", "an HDF5 file"),
)


def place_of(file: BinaryIO, at: int) -> str:
    """Return "line 3, column 14" of a byte of a UTF-8 file, both from 1; a column is a character."""
    file.seek(0)
    line, column, left = 1, 1, at
    while left > 0 and (block := file.read(min(_PORTION, left))):
        left -= len(block)
        if lines := block.count(b"\n"):
            line, column = line + lines, 1
            block = block[block.rindex(b"\n") + 1 :]
        column += sum(byte & 0xC0 != 0x80 for byte in block)
    return f"line {line:,}, column {column:,}"


def describe(head: bytes) -> str | None:
    """Return a sentence on a file that is no JSON object by its first bytes that are not blank, None for one that may be."""
    for signature, words in _SIGNATURES:
        if head.startswith(signature):
            return f"The file is {words}, not a JSON object."
    if head[257:262] == b"ustar":
        return "The file is a tar archive, not a JSON object."
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in head[:4]:
        return "The file is UTF-16, UTF-32 or no text at all, not a JSON object. Save it as UTF-8."
    if not head:
        return "The file is empty, not a JSON object."
    if head.startswith(b"<"):
        is_page = re.match(rb"<(!doctype html|html|head|body|script)", head, re.IGNORECASE)
        kind = "a web page (HTML), perhaps one that asks to sign in," if is_page else "XML"
        return f"The file is {kind} and not a JSON object. Download or export it again as JSON."
    if head.startswith(b"["):
        return "The file is a JSON list, not a JSON object: it begins with [ instead of {."
    if head.startswith((b"//", b"/*", b"#")):
        return "The file is not a JSON object: it begins with a comment, which JSON does not have. Remove it."
    if _CONTROL.search(head[:64]):
        return "The file is not a JSON object: it is not text."
    if not head.startswith(b"{"):
        begin = head[:1].decode("latin-1") if head[0] < 128 else "another character"
        return f"The file is not a JSON object: it begins with {begin} instead of {{."
    return None


def explain(text: bytes, at: int, expected: str) -> str:
    """Return what is wrong at a byte of a text where JSON expects something else."""
    rest = text[at:].lstrip(b" \t\r\n")
    before = text[:at].rstrip(b" \t\r\n")
    if rest.startswith((b"//", b"/*", b"#")):
        return "there is a comment, which JSON does not have"
    if _TRAILING_COMMA.match(rest) or (before.endswith(b",") and rest[:1] in (b"}", b"]")):
        return TRAILING
    if rest.startswith(b"'"):
        return "there are single quotes where JSON takes double quotes"
    if word := _PYTHON_WORD.match(rest):
        return f"{word[1].decode()} is Python, not JSON (true, false, null)"
    return expected


def parse(text: bytes, where: str, file: BinaryIO, at: int) -> Any:
    """Return the value of a piece of the file that begins at a byte. Invalid, naming line and column, when it is no JSON.

    What Python's json.dump writes beyond JSON is read: NaN, Infinity and numbers too large for float64 become their
    text, so that whatever needs a number refuses them; half of a character pair becomes U+FFFD.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        words = _SURROGATE.sub(lambda found: b"\\ufffd" if found[1] else found[0], text).decode()
        return _DECODER.decode(words)
    except UnicodeDecodeError as error:
        raise not_utf8(file, at + error.start) from None
    except json.JSONDecodeError as error:
        place = len(error.doc[: error.pos].encode())
        reason = explain(text, place, f"{error.msg[:1].lower()}{error.msg[1:]}")
        message = f"{where} is not valid JSON: {reason} ({place_of(file, at + place)})."
        raise Invalid(message, field=where) from None
    except RecursionError:
        message = f"{where} is nested too deeply ({place_of(file, at)})."
        raise Invalid(message, field=where) from None


def not_utf8(file: BinaryIO, at: int) -> Invalid:
    """Return the refusal of a file with a byte that is no UTF-8."""
    return Invalid(f"The file is not UTF-8 text at {place_of(file, at)}. Save it as UTF-8.")


def storable(value: Any) -> Any:
    """Return a JSON value that is kept as it came, with U+FFFD for each NUL: no database column holds one."""
    text = orjson.dumps(value)
    if b"\\u0000" not in text:
        return value
    return orjson.loads(_NUL.sub(lambda found: b"\\ufffd" if found[1] == b"u0000" else found[0], text))


def _finite(digits: str) -> float | str:
    value = float(digits)
    return value if math.isfinite(value) else digits


def _integer(digits: str) -> int | float | str:
    """Read what is longer than 64 bits as orjson does, as a float."""
    value = int(digits) if len(digits) <= 20 else 2**64
    return value if -(2**63) <= value < 2**64 else _finite(digits)


_DECODER = json.JSONDecoder(parse_float=_finite, parse_int=_integer, parse_constant=str)
