"""HTTP of file views, the same from the disk and from a bucket: ranges, conditions, HEAD, and security headers."""

from __future__ import annotations

import contextlib
import email
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest
from PIL import Image

from tests import servers
from tests.files.site import Site, site
from tests.storage import pictures

DATA = pictures.encoded(Image.effect_noise((1100, 900), 90), "PNG")  # more than is sent in one go
SIZE = len(DATA)


@pytest.fixture(scope="module", params=["disk", "bucket"])
def here(request: pytest.FixtureRequest) -> Iterator[Site]:
    with contextlib.ExitStack() as stack:
        variables = stack.enter_context(servers.s3()).variables if request.param == "bucket" else {}
        yield stack.enter_context(site(**variables))


@pytest.fixture(scope="module")
def url(here: Site) -> str:
    return str(here.image("a.png", DATA)["url"])


def parts_of(answer: servers.Answer) -> list[tuple[str, bytes]]:
    """Return (Content-Range, bytes) of a multipart answer."""
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + answer.body)
    assert message.is_multipart() and not message.defects
    found = []
    for part in message.get_payload():
        assert part.get_content_type() == "image/png"  # type: ignore[union-attr]
        found.append((part["Content-Range"], part.get_payload(decode=True)))  # type: ignore[union-attr, index]
    return found  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-9", 5, 10),
        ("Bytes= 5-9 ", 5, 10),
        ("bytes=100-", 100, SIZE),
        ("bytes=-50", SIZE - 50, SIZE),
        (f"bytes=-{SIZE * 2}", 0, SIZE),
        ("bytes=0-999999999999999999", 0, SIZE),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE),
        ("bytes=0-9,5-19", 0, 20),
        ("bytes=10-19, 0-9", 0, 20),
        ("bytes=0-9,-0", 0, 10),
        (f"bytes=0-9,{SIZE}-", 0, 10),
        ("bytes=0-,5-9,-1", 0, SIZE),
    ],
)
def test_one_range(here: Site, url: str, asked: str, start: int, end: int) -> None:
    answer = here.get(url, Range=asked)
    assert (answer.status, answer.headers["content-range"]) == (206, f"bytes {start}-{end - 1}/{SIZE}")
    assert answer.headers["content-length"] == str(end - start)
    assert answer.body == DATA[start:end]


def test_several_ranges(here: Site, url: str) -> None:
    answer = here.get(url, Range="bytes=1000-1009,0-4,-7,3-9,500000-700000")
    assert answer.status == 206 and answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-length"] == str(len(answer.body)) and "content-range" not in answer.headers
    wanted = [(0, 10), (1000, 1010), (500000, 700001), (SIZE - 7, SIZE)]
    assert parts_of(answer) == [(f"bytes {start}-{end - 1}/{SIZE}", DATA[start:end]) for start, end in wanted]


@pytest.mark.parametrize(
    "asked",
    ["items=0-9", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=9-5", "bytes=0-9,x", "bytes=1-2-3", "bytes=+1-5", "bytes=0x1-5",
     "bytes=\u0664-9", "bytes=0-99999999999999999999", "bytes=" + ",".join(f"{at}-{at}" for at in range(0, 200, 2))],
)  # fmt: skip
def test_invalid_ranges_are_ignored(here: Site, url: str, asked: str) -> None:
    answer = here.server.request("GET", url.removeprefix(here.server.url), headers={"Range": asked.encode()})  # type: ignore[dict-item]
    assert (answer.status, answer.body == DATA, "content-range" in answer.headers) == (200, True, False)


@pytest.mark.parametrize(
    "asked", [f"bytes={SIZE}-", "bytes=-0", "bytes=999999999-9999999999", f"bytes={SIZE}-,-0"]
)
def test_ranges_outside(here: Site, url: str, asked: str) -> None:
    answer = here.get(url, Range=asked)
    assert (answer.status, answer.headers["content-range"], answer.body) == (416, f"bytes */{SIZE}", b"")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_if_range(here: Site, url: str) -> None:
    head = here.get(url).headers
    later = format_datetime(parsedate_to_datetime(head["last-modified"]) + timedelta(days=1), usegmt=True)
    for given, status in [
        (head["etag"], 206),
        (head["last-modified"], 206),
        ("W/" + head["etag"], 200),
        ('"other"', 200),
        (later, 200),
        ("nonsense", 200),
    ]:
        assert here.get(url, Range="bytes=0-9", If_Range=given).status == status, given


def test_conditions(here: Site, url: str) -> None:
    head = here.get(url).headers
    when = parsedate_to_datetime(head["last-modified"])
    earlier, later = (format_datetime(when + timedelta(days=days), usegmt=True) for days in (-1, 1))
    for given, status in [
        ({"If_None_Match": head["etag"]}, 304),
        ({"If_None_Match": f'"x", W/{head["etag"]}'}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"x"'}, 200),
        ({"If_None_Match": '"x"', "If_Modified_Since": later}, 200),
        ({"If_Modified_Since": head["last-modified"]}, 304),
        ({"If_Modified_Since": later}, 304),
        ({"If_Modified_Since": earlier}, 200),
        ({"If_Modified_Since": "yesterday"}, 200),
        ({"If_Modified_Since": "Sat, 99 Foo 99999 99:99:99 GMT"}, 200),
        ({"If_None_Match": head["etag"], "Range": "bytes=0-9"}, 304),
    ]:
        answer = here.get(url, **given)
        assert answer.status == status, given
        if status == 304:
            assert answer.body == b"" and answer.headers["etag"] == head["etag"]
            assert answer.headers["cache-control"].startswith("private, max-age=")


def test_head(here: Site, url: str) -> None:
    path = url.removeprefix(here.server.url)
    whole = here.server.request("HEAD", path)
    assert (whole.status, whole.body, whole.headers["content-length"]) == (200, b"", str(SIZE))
    assert whole.headers["etag"] == here.get(url).headers["etag"]
    part = here.server.request("HEAD", path, headers={"Range": "bytes=5-9"})
    assert (part.status, part.body, part.headers["content-length"]) == (206, b"", "5")
    several = here.server.request("HEAD", path, headers={"Range": "bytes=0-1,5-9"})
    assert (several.status, several.body) == (206, b"")


def test_missing_files(here: Site) -> None:
    image = here.image("gone.jpg", pictures.jpeg(31, 17))
    sha256 = here.get(image["url"]).headers["etag"].strip('"')
    here.server.query("UPDATE annotator_blob SET sha256 = %s WHERE sha256 = %s", "0" * 64, sha256)
    address = here.call("GET", f"/v1/projects/{here.project}/images/{image['id']}")["url"]
    for asked in ({}, {"Range": "bytes=0-9"}, {"Range": "bytes=0-9,20-29"}):
        answer = here.get(address, **asked)
        assert (answer.status, answer.json()["code"]) == (404, "file_missing"), asked
    assert here.server.request("HEAD", address.removeprefix(here.server.url)).status == 404


def check_harmless(answer: servers.Answer) -> None:
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer" and "set-cookie" not in answer.headers


def test_every_variant_is_harmless(here: Site) -> None:
    image = here.image("b.png", DATA)
    crop = here.call("GET", f"/v1/projects/{here.project}/images/{image['id']}")
    addresses = [value for key, value in crop.items() if key.endswith("url") and value]
    assert len(addresses) > 1
    for address in addresses:
        answer = here.get(address)
        check_harmless(answer)
        assert answer.status == 200 and answer.headers["cache-control"].endswith("immutable")
    refused = here.get(addresses[0] + "x")
    check_harmless(refused)
    assert (refused.status, refused.headers["cache-control"]) == (403, "no-store")


@pytest.mark.parametrize(
    "name",
    ['a"b;c.jpg', "100%.jpg", "a%2Fb%00.jpg", "q?x=1#y.jpg", "\u200fgpj.exe", "漢字🎉 ä.jpg", "+&=,'.jpg", "x.html", "x.svg", "dir/deep/y.jpg",
     "back\\slash.jpg", "n" * 900 + ".jpg", "e\u0301.jpg"],
)  # fmt: skip
def test_hostile_names(here: Site, name: str) -> None:
    image = here.image(name, pictures.jpeg(40, 30, quality=80))
    answer = here.get(image["url"])
    check_harmless(answer)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
    kind, _, value = answer.headers["content-disposition"].partition("; filename*=utf-8''")
    assert kind == "inline" and set(value) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%_.-~"
    )


def test_odd_addresses_are_refused_and_never_redirected(here: Site, url: str) -> None:
    path, query = url.removeprefix(here.server.url).split("?")
    for odd in (
        f"{path}/?{query}", f"{path}?{query}0", f"{path.upper()}?{query}", f"/{path}?{query}", f"{path}%2f..?{query}", "/m/%00/x/y/z?" + query,
        "/m/%ff/%fe/%fd/%fc?" + query, "/m/..%2f..%2fetc/passwd?" + query, f"{path}?e=99999999999999999999&s=a", f"{path}?e=%00&s=%00",
        f"{path}?s=%F0%9F%98%80&e=1999999999", "/u/%00", "/x/%00/a", "/m/" + "a/" * 3000,
    ):  # fmt: skip
        for method in ("GET", "HEAD", "PUT", "POST"):
            assert here.server.request(method, odd, b"").status in (400, 403, 404, 405), (method, odd[:80])
