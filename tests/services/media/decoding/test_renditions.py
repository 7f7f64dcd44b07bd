"""Renditions in the sizes of a contract: made on request, kept, made again for other bytes."""

from __future__ import annotations

import io

import pytest
from django.utils import timezone
from PIL import Image

from annotator.domain.errors import Missing
from annotator.models import Media, Project, Rendition
from annotator.services import blobs
from annotator.services.media import urls as media_urls
from annotator.services.media.decoding import renditions
from annotator.services.media.decoding.renditions import Served, Wanted
from tests.world import World, keep, make_images, picture


def find(media: Media, variant: str) -> Served | Wanted:
    return renditions.find(media.pk, variant, media_urls.version(media.blob, variant))


def size_of(wanted: Served | Wanted) -> tuple[int, int]:
    """Make a rendition and return the size of its picture."""
    assert isinstance(wanted, Wanted)
    part = renditions.make(wanted)
    assert Image.open(io.BytesIO(part.data)).size == (part.width, part.height)
    return part.width, part.height


def test_it_is_made_once_and_kept(w: World) -> None:
    wide = make_images(w.dataset, 1, start=9, width=1600, height=400)[0]
    wanted = find(wide, "fit1024")
    assert isinstance(wanted, Wanted) and size_of(wanted) == (1024, 256)
    served = renditions.keep(wanted, renditions.make(wanted))
    assert find(wide, "fit1024") == served and served.is_inline
    assert size_of(find(wide, "fit200")) == (200, 50)
    Media.objects.filter(pk=wide.pk).update(blob=keep(picture(3)))
    wide.refresh_from_db()
    assert size_of(find(wide, "fit1024")) == (640, 480), "never enlarged, and of the new bytes"


def test_of_a_linked_image_it_is_made_of_what_was_kept(w: World) -> None:
    media = w.images[0]
    Media.objects.filter(pk=media.pk).update(blob=None, source_url="https://example.org/a.jpg")
    media = Media.objects.select_related("blob").get(pk=media.pk)
    with pytest.raises(Missing):
        find(media, "fit200")
    blob = keep(picture(5, 320, 240))
    Rendition.objects.create(media=media, variant="thumbnail", blob=blob, source=blob, width=320, height=240)
    assert size_of(find(media, "fit200")) == (200, 150)
    assert size_of(find(media, "fit1024")) == (320, 240)
    with pytest.raises(Missing):
        find(media, "preview")


def test_what_is_no_picture_has_none(w: World) -> None:
    media = w.images[0]
    Media.objects.filter(pk=media.pk).update(health="ERROR")
    media.refresh_from_db()
    assert media_urls.fitted(media, 200) is None
    with pytest.raises(Missing):
        find(media, "fit200")


def test_one_that_is_there_costs_one_query_and_goes_with_its_medium(
    w: World, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    media = w.images[0]
    wanted = find(media, "thumbnail")
    assert isinstance(wanted, Wanted)
    served = renditions.keep(wanted, renditions.make(wanted))
    with django_assert_num_queries(1):
        assert find(media, "thumbnail") == served
    with pytest.raises(Missing):
        renditions.find(media.pk, "thumbnail", "r2-0123456789abcdef")
    for change in ({"trashed_at": timezone.now()}, {"health": "ERROR"}, {"width": 0}, {"kind": "url"}):
        before = Media.all_objects.filter(pk=media.pk).values(*change).get()
        Media.all_objects.filter(pk=media.pk).update(**change)
        with pytest.raises(Missing):
            find(media, "thumbnail")
        Media.all_objects.filter(pk=media.pk).update(**before)
    Project.all_objects.filter(pk=w.project.pk).update(trashed_at=timezone.now())
    with pytest.raises(Missing):
        find(media, "thumbnail")


def test_one_whose_bytes_were_lost_is_made_again(w: World) -> None:
    wanted = find(w.images[0], "thumbnail")
    assert isinstance(wanted, Wanted)
    served = renditions.keep(wanted, renditions.make(wanted))
    blobs.store().delete(served.sha256)
    assert find(w.images[0], "thumbnail") == wanted
