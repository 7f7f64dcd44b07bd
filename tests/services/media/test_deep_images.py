"""Images of more than 8 bits a channel: their display range goes with the image to its renditions and the labeling page."""

from __future__ import annotations

import importlib

import numpy as np
from django.apps import apps
from django.test import Client
from PIL import Image

from annotator.models import Media, QualityIssue, Rendition
from annotator.services.media import creation, urls as media_urls
from annotator.services.media.decoding import renditions
from annotator.services.media.decoding.renditions import Wanted
from tests.storage import pictures
from tests.world import World, keep


def make_thermal(w: World, name: str = "thermal.png") -> Media:
    values = np.linspace(7500, 8444, 64 * 48).reshape(48, 64).astype(np.uint16)
    blob = keep(pictures.encoded(Image.fromarray(values), "PNG"), "image/png")
    return creation.create_image(actor=w.actor(w.max), dataset=w.dataset, name=name, source=blob)


def test_the_range_is_kept_told_and_used_for_later_renditions(w: World) -> None:
    media = make_thermal(w)
    media.refresh_from_db()
    low, high = media.display_range
    assert 7500 < low < 7510 and 8435 < high < 8444
    issue = QualityIssue.objects.get(media=media)
    assert (issue.code, issue.severity) == ("display_range", "info")
    assert issue.message == f"Shown with {low:,} as black and {high:,} as white. The original is unchanged."
    media = Media.objects.select_related("blob").get(pk=media.pk)
    wanted = renditions.find(media.pk, "fit200", media_urls.version(media.blob, "fit200"))
    assert isinstance(wanted, Wanted) and wanted.shown == (low, high)


def test_the_labeling_page_shows_the_preview_and_knows_the_range(w: World) -> None:
    media = make_thermal(w)
    client = Client()
    client.force_login(w.ann)
    shown = client.get(f"/web/media/{media.pk}/state").json()["media"]
    assert shown["detail_url"] == shown["preview_url"] != shown["url"]
    assert shown["display_range"] == [*media.display_range]
    plain = client.get(f"/web/media/{w.images[0].pk}/state").json()["media"]
    assert plain["detail_url"] == plain["url"] and plain["display_range"] is None


def test_an_upgrade_makes_renditions_of_deep_images_anew(w: World) -> None:
    deep = make_thermal(w)
    plain = creation.create_image(
        actor=w.actor(w.max), dataset=w.dataset, name="plain.jpg", source=keep(pictures.jpeg())
    )
    migration = importlib.import_module("annotator.migrations.0004_display_range")
    migration.forget_renditions_of_deep_images(apps, None)
    assert not Rendition.objects.filter(media=deep).exists()
    assert Rendition.objects.filter(media=plain).exists()
