"""TIFF files of several pages: the first page with a finding, or one image per page with the stored pixels."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import tifftools
from PIL import Image

from annotator.domain.errors import Invalid
from annotator.models import DatasetItem, Media, QualityIssue, Upload
from annotator.services import blobs
from annotator.services.media import pages, uploads
from tests.services.media.test_uploads import drop, finish, run
from tests.storage import pictures
from tests.world import World


def stack(count: int = 3, **options: object) -> bytes:
    """Return a TIFF of 16-bit pages; every value of page n is between 1000 n and 1000 n + 63."""
    ramp = np.tile(np.arange(64), (48, 1))
    images = [Image.fromarray((ramp + 1000 * number).astype(np.uint16)) for number in range(1, count + 1)]
    return pictures.encoded(images[0], "TIFF", save_all=True, append_images=images[1:], **options)


def names(w: World) -> list[str]:
    rows = DatasetItem.objects.filter(dataset=w.dataset, media__format="TIFF").order_by("sort_key")
    return list(rows.values_list("name", flat=True))


def original(name: str) -> Image.Image:
    media = Media.objects.select_related("blob").get(items__name=name)
    with blobs.store().open(media.blob.sha256) as file:
        return Image.open(io.BytesIO(file.read()))


@pytest.mark.parametrize("options", [{}, {"compression": "tiff_lzw"}, {"big_tiff": True}])
def test_every_page_becomes_an_image_with_its_numbers(w: World, options: dict[str, object]) -> None:
    batch, items = drop(
        w, {"night/scan.tif": stack(**options), "single.tif": stack(1), "a.jpg": pictures.jpeg()}
    )
    assert run(finish(w, batch, items, pages="all")).result == {"files": {"created": 5}}
    assert names(w) == [*(f"night/scan (page {number}).tif" for number in (1, 2, 3)), "single.tif"]
    for number in (1, 2, 3):
        page = original(f"night/scan (page {number}).tif")
        assert (page.mode, page.n_frames) == ("I;16", 1)
        assert page.getextrema() == (1000 * number, 1000 * number + 63)
    assert not QualityIssue.objects.filter(code="animated_first_frame_used").exists()
    assert not Upload.objects.exclude(state="used").exists()


def test_the_first_page_alone_says_so(w: World) -> None:
    batch, items = drop(w, {"scan.tif": stack(12)})
    assert run(finish(w, batch, items)).result == {"files": {"created": 1}}
    assert names(w) == ["scan.tif"]
    issue = QualityIssue.objects.get(code="animated_first_frame_used")
    assert issue.message.startswith("It has 12 pages; only the first is shown.")


def test_a_file_is_divided_once(w: World) -> None:
    """A job that ends between dividing and decoding goes on with the pages; a second call finds nothing to divide."""
    batch, items = drop(w, {"scan.tif": stack()})
    job = finish(w, batch, items, pages="all")
    waiting = uploads.queued(batch.pk, job.params["run"])
    pages.expand(waiting)
    pages.expand(waiting)
    assert len(uploads.queued(batch.pk, job.params["run"])) == 3
    assert run(job).result == {"files": {"created": 3}}
    assert len(names(w)) == 3


def test_the_byte_order_stays(w: World, tmp_path: Path) -> None:
    for number in (1, 2):
        data = pictures.raw_tiff(np.tile(np.arange(64) * number, (48, 1)).astype(">u2"))
        (tmp_path / f"{number}.tif").write_bytes(data)
    tifftools.tiff_concat([str(tmp_path / "1.tif"), str(tmp_path / "2.tif")], str(tmp_path / "both.tif"))
    batch, items = drop(w, {"both.tif": (tmp_path / "both.tif").read_bytes()})
    assert run(finish(w, batch, items, pages="all")).result == {"files": {"created": 2}}
    page = original("both (page 2).tif")
    assert page.mode == "I;16B" and np.asarray(page).max() == 126


def test_a_smaller_copy_of_a_page_is_no_page(w: World) -> None:
    size = len(pictures.tiff_ifd(0))
    smaller = pictures.tiff_ifd(0, (254, 4, 1, 1))
    batch, items = drop(
        w, {"pyramid.tif": pictures.tiff([pictures.tiff_ifd(pictures.TIFF_FIRST + size), smaller])}
    )
    assert run(finish(w, batch, items, pages="all")).result == {"files": {"created": 1}}
    assert names(w) == ["pyramid.tif"]


def test_pages_that_share_their_pixels_are_not_multiplied(w: World) -> None:
    batch, items = drop(w, {"bomb.tif": pictures.tiff_pages(9_000)})
    assert run(finish(w, batch, items, pages="all")).result == {"files": {"created": 1}}
    assert names(w) == ["bomb.tif"]
    assert QualityIssue.objects.get(code="animated_first_frame_used").message.startswith("It has 9,000 pages")


def test_a_damaged_stack_is_one_unreadable_image(w: World) -> None:
    data = stack()
    batch, items = drop(w, {"scan.tif": data[:4000]})
    assert run(finish(w, batch, items, pages="all")).result == {"files": {"broken": 1}}


def test_the_option_is_checked(w: World) -> None:
    batch, items = drop(w, {"scan.tif": stack()})
    with pytest.raises(Invalid, match="pages"):
        finish(w, batch, items, pages="some")


def test_names_of_pages() -> None:
    assert pages.name_of("a/b.c/scan.tiff", 2) == "a/b.c/scan (page 2).tiff"
    assert pages.name_of("a.b/scan", 12) == "a.b/scan (page 12)"
    assert len(pages.name_of("x" * 1000 + ".tif", 3)) == 1000
