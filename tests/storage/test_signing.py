"""Signed addresses."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from annotator.storage import signing
from annotator.storage.signing import DAY

NOON = 20_000 * DAY + DAY // 2
PATH = signing.media_path("0190aaaa", "thumbnail", "r1-ab", "a b/Ünï 100%?#.jpg")


def parts(address: str) -> tuple[str, str, str]:
    split = urlsplit(address)
    query = parse_qs(split.query)
    return unquote(split.path), query["e"][0], query["s"][0]


def test_an_address_is_valid_until_its_day_ends() -> None:
    expiry = signing.expiry_of(NOON)
    path, given_expiry, given = parts(signing.sign(["k"], PATH, expiry=expiry))
    assert path == PATH == "/m/0190aaaa/thumbnail/r1-ab/Ünï 100%?#.jpg"
    assert signing.verify(["k"], path, expiry=given_expiry, given=given, now=NOON)
    assert signing.verify(["k"], path, expiry=given_expiry, given=given, now=expiry - 1)
    assert not signing.verify(["k"], path, expiry=given_expiry, given=given, now=expiry)


def test_the_same_address_all_day_and_a_day_to_spare() -> None:
    start = 20_000 * DAY
    assert {signing.expiry_of(start + second) for second in (0, 1, DAY // 2, DAY - 1)} == {start + 2 * DAY}
    assert signing.expiry_of(start + DAY) == start + 3 * DAY


@pytest.mark.parametrize("change", ["path", "expiry", "key", "signature", "empty"])
def test_nothing_of_it_can_be_changed(change: str) -> None:
    path, expiry, given = parts(signing.sign(["k"], PATH, expiry=NOON + DAY))
    keys = ["k"]
    if change == "path":
        path = path.replace("thumbnail", "original")
    elif change == "expiry":
        expiry = str(int(expiry) + 1)
    elif change == "key":
        keys = ["other"]
    elif change == "signature":
        given = ("A" if given[0] != "A" else "B") + given[1:]
    else:
        given = ""
    assert not signing.verify(keys, path, expiry=expiry, given=given, now=NOON)


@pytest.mark.parametrize("expiry", ["", "x", "-1", "1e9", "9" * 40, "٣", " 1"])
def test_nonsense_is_just_invalid(expiry: str) -> None:
    assert not signing.verify(["k"], PATH, expiry=expiry, given="ü", now=NOON)


def test_keys_rotate() -> None:
    path, expiry, given = parts(signing.sign(["old"], PATH, expiry=NOON + DAY))
    assert signing.verify(["new", "old"], path, expiry=expiry, given=given, now=NOON)
    assert not signing.verify(["new"], path, expiry=expiry, given=given, now=NOON)
    assert signing.sign(["new", "old"], PATH, expiry=NOON) == signing.sign(["new"], PATH, expiry=NOON)


@pytest.mark.parametrize(
    ("name", "part"),
    [("..", "file"), ("a/b/c.jpg", "c.jpg"), ("a\\b.jpg", "b.jpg"), ("a/", "file"), (".", "file")],
)
def test_a_name_is_one_segment(name: str, part: str) -> None:
    assert signing.last_part(name) == part
