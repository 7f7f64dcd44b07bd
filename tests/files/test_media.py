"""Media from the real server: signatures, caching, ranges, missing renditions, clients that do not read."""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from annotator.storage import signing
from tests.files.site import Site, site
from tests.storage import pictures

DATA = pictures.jpeg(1200, 900, quality=95)
KEY = "media key of the tests: long enough"
OLD_KEY = "an older media key: long enough as well"


@pytest.fixture(scope="module")
def here() -> Iterator[Site]:
    with site(ANNOTATOR_MEDIA_KEYS=f"{KEY},{OLD_KEY}") as running:
        yield running


@pytest.fixture(scope="module")
def image(here: Site) -> dict[str, str]:
    return here.image("Ünï 1.jpg", DATA)


def signed(path: str, key: str = KEY, expiry: int | None = None) -> str:
    return signing.sign([key], path, expiry=expiry or signing.expiry_of(time.time()))


def test_the_original_comes_back_as_it_was_sent(here: Site, image: dict[str, str]) -> None:
    answer = here.get(image["public_url"])
    assert answer.status == 200 and answer.body == DATA
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (
        "sandbox" in answer.headers["content-security-policy"]
        and "default-src 'none'" in answer.headers["content-security-policy"]
    )
    assert answer.headers["content-disposition"] == "inline; filename*=utf-8''%C3%9Cn%C3%AF%201.jpg"
    assert "immutable" in answer.headers["cache-control"] and "private" in answer.headers["cache-control"]
    assert "set-cookie" not in answer.headers


def test_the_url_is_the_same_all_day(here: Site, image: dict[str, str]) -> None:
    again = here.call("GET", f"/v1/projects/{here.project}/images/{image['id']}")
    assert (again["url"], again["thumbnail_url"]) == (image["url"], image["thumbnail_url"])


def test_not_modified(here: Site, image: dict[str, str]) -> None:
    etag = here.get(image["url"]).headers["etag"]
    assert here.get(image["url"], If_None_Match=f'"x", W/{etag}').status == 304
    assert here.get(image["url"], If_None_Match='"x"').status == 200


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, None),
        ("bytes=-50", -50, None),
        ("bytes=0-9999999", 0, None),
    ],
)
def test_ranges(here: Site, image: dict[str, str], asked: str, start: int, end: int | None) -> None:
    answer = here.get(image["url"], Range=asked)
    assert (answer.status, answer.body) == (206, DATA[start:end])
    assert answer.headers["content-range"].endswith(f"/{len(DATA)}")


def test_odd_ranges(here: Site, image: dict[str, str]) -> None:
    assert here.get(image["url"], Range=f"bytes={len(DATA)}-").status == 416
    assert here.get(image["url"], Range="bytes=0-9", If_Range='"other"').status == 200
    etag = here.get(image["url"]).headers["etag"]
    assert here.get(image["url"], Range="bytes=0-9", If_Range=etag).status == 206
    head = here.server.request("HEAD", image["url"].removeprefix(here.server.url))
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(DATA)))


def test_nothing_without_a_valid_signature(here: Site, image: dict[str, str]) -> None:
    path = image["url"].removeprefix(here.server.url)
    bare = path.split("?")[0]
    for wrong in (
        bare,
        path[:-1] + ("A" if path[-1] != "A" else "B"),
        path.replace("e=", "e=1"),
        path.replace("/original/", "/thumbnail/"),
        bare + "?e=x&s=y",
    ):
        answer = here.get(wrong)
        assert (answer.status, answer.json()["code"]) == (403, "signature"), wrong
    assert here.get(path, X_Api_Key="nonsense").status == 200  # the address is the right, and nothing else


def test_keys_rotate_and_urls_expire(here: Site, image: dict[str, str]) -> None:
    path = signing.media_path(image["id"], "original", image["url"].split("/")[-2], "Ünï 1.jpg")
    assert here.get(signed(path)).status == 200
    assert here.get(signed(path, key=OLD_KEY)).status == 200
    assert here.get(signed(path, key="no key of ours")).status == 403
    assert here.get(signed(path, expiry=int(time.time()) - 1)).status == 403


def test_what_is_not_there(here: Site, image: dict[str, str]) -> None:
    version = image["url"].split("/")[-2]
    unknown = signing.media_path("01a20167-4645-72d1-9637-9a3c5a5c387f", "original", version, "x.jpg")
    odd = signing.media_path("no-id", "original", version, "x.jpg")
    variant = signing.media_path(image["id"], "huge", f"r2-{version}", "x.jpg")
    for path in (unknown, odd, variant):
        answer = here.get(signed(path))
        assert answer.status == 404 and answer.json()["message"], path
    assert here.server.request("POST", signed(unknown)).status == 405
    assert here.server.request("GET", "/m/x").status == 404


def test_a_thumbnail_that_is_missing_is_made_and_kept(here: Site) -> None:
    image = here.image("t.jpg", pictures.turned_jpeg(6, 1000, 500))
    key = here.key(image["id"])
    here.server.query("DELETE FROM annotator_rendition WHERE media_id = %s", key)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: here.get(image["thumbnail_url"]), range(8)))
    assert {answer.status for answer in answers} == {200}
    assert Image.open(io.BytesIO(answers[0].body)).size == (160, 320)
    assert len({answer.body for answer in answers}) == 1
    assert len(here.server.query("SELECT id FROM annotator_rendition WHERE media_id = %s", key)) == 1


def test_a_thumbnail_whose_bytes_were_lost_is_made_again(here: Site) -> None:
    image = here.image("lost.jpg", pictures.jpeg(500, 400))
    rows = here.server.query(
        "SELECT b.sha256 FROM annotator_rendition r JOIN annotator_blob b ON b.id = r.blob_id WHERE r.media_id = %s",
        here.key(image["id"]),
    )
    sha256 = rows[0][0]
    file = here.server.folder / "data" / "media" / sha256[:2] / sha256[2:4] / sha256
    whole = file.read_bytes()
    file.write_bytes(b"")
    assert here.get(image["thumbnail_url"]).body == whole


def test_a_preview_of_a_large_image_and_of_one_that_browsers_cannot_show(here: Site) -> None:
    deep = here.image("deep.tif", pictures.encoded(pictures.gradient(), "TIFF"))
    path = signing.media_path(deep["id"], "preview", "r2-" + deep["url"].split("/")[-2], "preview.jpg")
    answer = here.get(signed(path))
    assert answer.status == 200 and Image.open(io.BytesIO(answer.body)).format == "JPEG"
    assert here.get(deep["url"]).headers["content-type"] == "image/tiff"


def test_a_crop(here: Site, image: dict[str, str]) -> None:
    version = "r2-" + image["url"].split("/")[-2]
    answer = here.get(signed(signing.media_path(image["id"], "crop_100_50_260.5_130", version, "crop.jpg")))
    assert answer.status == 200 and Image.open(io.BytesIO(answer.body)).size == (161, 80)
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["content-disposition"].startswith("inline; filename*=")
    for nonsense in ("crop_1_2_3", "crop_5_5_5_5", "crop_a_b_c_d", "crop_1_1_99999999999_2"):
        assert here.get(signed(signing.media_path(image["id"], nonsense, version, "crop.jpg"))).status == 404


def test_a_replaced_image_has_new_urls(here: Site) -> None:
    old = here.image("r.jpg", pictures.jpeg(40, 30))
    new = here.image("r.jpg", pictures.jpeg(80, 60), query="?replace=true")
    assert (
        new["id"] == old["id"] and new["url"] != old["url"] and new["thumbnail_url"] != old["thumbnail_url"]
    )
    assert here.get(old["url"]).json()["code"] == "replaced"
    assert here.get(new["url"]).status == here.get(new["thumbnail_url"]).status == 200


def test_the_trash_is_not_served(here: Site) -> None:
    image = here.image("gone.jpg", pictures.jpeg(40, 30))
    here.call("DELETE", f"/v1/projects/{here.project}/images/{image['id']}", status=204)
    assert here.get(image["url"]).status == 404
    assert here.get(image["thumbnail_url"]).status == 404


def test_what_could_not_be_decoded_is_a_download_of_unknown_type(here: Site) -> None:
    image = here.image("page.jpg", pictures.jpeg(40, 30))
    here.server.query("UPDATE annotator_media SET health = 'ERROR' WHERE id = %s", here.key(image["id"]))
    answer = here.get(image["url"])
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert here.get(image["thumbnail_url"]).status == 404


def stall(here: Site, path: str) -> socket.socket:
    """Ask for a large file and read next to nothing."""
    link = socket.socket()
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    link.connect(("127.0.0.1", here.server.port))
    link.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes=0-\r\n\r\n".encode())
    link.settimeout(20)
    assert link.recv(12) == b"HTTP/1.1 206"
    return link


def test_64_clients_that_do_not_read_block_nobody(here: Site) -> None:
    noise = Image.effect_noise((3000, 2500), 90)
    large = here.image("large.png", pictures.encoded(noise, "PNG", compress_level=0))
    concept = here.call("POST", f"/v1/projects/{here.project}/label_classes", {"name": "thing"})
    path = large["url"].removeprefix(here.server.url)
    links = [stall(here, path) for _ in range(64)]
    try:
        label = {"class_id": concept["id"], "bbox": [1, 1, 20, 20]}
        for _ in range(20):
            here.call("POST", f"/v1/projects/{here.project}/images/{large['id']}/labels", [label])
        assert here.get(large["thumbnail_url"]).status == 200
        assert here.image("beside.jpg", pictures.jpeg(50, 40))["width"] == 50
    finally:
        for link in links:
            link.close()
    assert here.get(large["url"], Range="bytes=5-9").status == 206
