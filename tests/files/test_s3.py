"""The same server with its files in a bucket."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from tests import servers
from tests.files.site import Site, site
from tests.storage import pictures

DATA = pictures.encoded(Image.effect_noise((900, 800), 90), "PNG")


@pytest.fixture(scope="module")
def bucket() -> Iterator[servers.S3]:
    with servers.s3() as running:
        yield running


@pytest.fixture(scope="module")
def here(bucket: servers.S3) -> Iterator[Site]:
    with site(**bucket.variables) as running:
        yield running


def test_through_our_own_origin(here: Site) -> None:
    image = here.image("a.png", DATA)
    assert image["public_url"].startswith(here.server.url)
    whole = here.get(image["public_url"])
    assert (whole.status, whole.body, whole.headers["content-type"]) == (200, DATA, "image/png")
    part = here.get(image["public_url"], Range="bytes=1000-1999")
    assert (part.status, part.body) == (206, DATA[1000:2000])
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(DATA)}"
    assert here.get(image["public_url"], Range="bytes=-10").body == DATA[-10:]
    assert here.get(image["public_url"], Range=f"bytes={len(DATA)}-").status == 416
    assert here.get(image["public_url"], If_None_Match=whole.headers["etag"]).status == 304
    assert Image.open(io.BytesIO(here.get(image["thumbnail_url"]).body)).size == (320, 284)
    media = here.server.folder / "data" / "media"
    assert not [file for file in media.rglob("*") if file.is_file() and not file.name.startswith("ready-")]


def test_parts_and_missing_objects(here: Site, bucket: servers.S3) -> None:
    key, path = here.slot("resumable")
    assert here.put(path, DATA[:1000], Content_Range=f"bytes 0-999/{len(DATA)}").status == 308
    assert here.put(path, DATA[1000:], Content_Range=f"bytes 1000-{len(DATA) - 1}/{len(DATA)}").status == 200
    body = {"dataset_id": here.dataset, "filename": "parts.png", "upload_id": key}
    image = here.call("POST", f"/v1/projects/{here.project}/images", body)
    assert (image["width"], image["height"]) == (900, 800)


def test_redirects_when_told_to(bucket: servers.S3) -> None:
    with site(**bucket.variables, ANNOTATOR_MEDIA_REDIRECT="1") as here:
        image = here.image("a.png", DATA)
        answer = here.get(image["public_url"])
        assert answer.status == 307 and answer.headers["location"].startswith(bucket.endpoint)
        import urllib.request

        with urllib.request.urlopen(answer.headers["location"]) as reply:
            assert reply.read() == DATA
            assert reply.headers["Content-Type"] == "image/png"
