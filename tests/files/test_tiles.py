"""GET of tiles: signed for a whole layer, cached for ever, refused to everybody else; from a bucket as from a disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pyvips
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator

from annotator.files import threads
from annotator.files.app import application
from annotator.jobs import engine
from annotator.models import Job, Media
from annotator.services.media import creation
from annotator.services.tiling import making
from tests.world import keep, world

pytestmark = pytest.mark.django_db(transaction=True)


def make() -> tuple[Media, str]:
    """Return a gray TIFF of 2,100 x 600 pixels and the address of its layer; its tiles are made by a real child."""
    w = world()
    data = bytes((pyvips.Image.black(2100, 600) + 90).cast("uchar").tiffsave_buffer(compression="deflate"))
    image = creation.create_image(actor=w.actor(w.max), dataset=w.dataset, name="a.tif", source=keep(data))
    job = Job.objects.get(kind="tiles")
    assert engine.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("DONE", "")
    media = Media.objects.select_related("blob").get(pk=image.pk)
    told = making.addresses(media)
    assert told is not None
    return media, told["layers"][0]


async def get(url: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    scope = {
        "type": "http", "method": method, "path": parts.path, "raw_path": parts.path.encode(), "query_string": parts.query.encode(),
        "headers": [], "client": ("203.0.113.4", 1),
    }  # fmt: skip
    caller = ApplicationCommunicator(application, scope)
    await caller.send_input({"type": "http.request", "body": b""})
    start = await caller.receive_output(10)
    body = (await caller.receive_output(10)).get("body", b"")
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, body


async def test_tiles_are_served_to_whoever_has_the_address_of_the_layer() -> None:
    media, layer = await sync_to_async(make)()
    status, headers, body = await get(layer.replace("{tile}", "layer.json"))
    assert (status, headers["content-type"]) == (200, "application/json")
    facts: dict[str, Any] = json.loads(body)
    assert facts == {"width": 2100, "height": 600, "levels": 4, "tile": 512}
    status, headers, body = await get(layer.replace("{tile}", "3/4_1"))
    assert (status, headers["content-type"]) == (200, "image/png")
    tile = pyvips.Image.new_from_buffer(body, "")
    assert (tile.width, tile.height, tile.avg()) == (2100 - 4 * 512, 600 - 512, 90)
    assert (
        headers["cache-control"].startswith("private, max-age=") and "immutable" in headers["cache-control"]
    )
    assert headers["x-content-type-options"] == "nosniff" and "sandbox" in headers["content-security-policy"]
    for wrong, expected in {
        layer.replace("{tile}", "9/0_0"): 404,
        layer.replace("{tile}", "../layer.json"): 404,
        layer.replace("{tile}", "3/0_0").split("?")[0]: 403,
        layer.replace("{tile}", "3/0_0").replace("/tiles/", "/tiles1/"): 403,
        layer.replace("{tile}", "3/0_0").replace("s=", "s=x"): 403,
    }.items():
        assert (await get(wrong))[0] == expected, wrong
    await Media.objects.filter(pk=media.pk).aupdate(blob=None)
    assert (await get(layer.replace("{tile}", "3/0_0")))[0] == 404
    threads.close()


def test_tiles_lie_in_a_bucket_as_on_a_disk(tmp_path: Path) -> None:
    """A tile is two ranges of one object: nothing else of a pyramid is read."""
    from annotator.storage.pyramids import archive, making as pyramids

    pyvips.Image.black(700, 600).pngsave(str(tmp_path / "a.png"))
    made = pyramids.make(
        path=str(tmp_path / "a.png"), folder=str(tmp_path), max_pixels=10**6, report=lambda part: None
    )
    data = (tmp_path / f"{made['layers'][0]}.zip").read_bytes()
    asked: list[int] = []

    def read(start: int, end: int) -> bytes:
        asked.append(end - start)
        return data[start:end]

    index = archive.read_index(len(data), read)
    asked.clear()
    tile = index.read("1/1_1", read)
    assert tile is not None and tile.startswith(b"\x89PNG") and asked == [30, len(tile)]
    with pytest.raises(ValueError, match="no pyramid"):
        archive.read_index(100, lambda start, end: b"x" * (end - start))
