"""The published `datarobot` package, unchanged, makes augmentation lists and samples; what it did is read back by SQL."""

from __future__ import annotations

import io
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import datarobot
import numpy as np
import pytest
from datarobot.errors import ClientError, PlatformDeprecationWarning
from datarobot.models.visualai import (
    Image,
    ImageAugmentationList,
    ImageAugmentationOptions,
    ImageAugmentationSample,
)
from datarobot.utils import waiters
from PIL import Image as Pillow

from annotator.domain.augmentation import SAMPLE_SIDE, TRANSFORMATIONS, recipe_of
from annotator.ml.augment import draw, seed_of
from annotator.ml.augment_pixels import augment
from annotator.storage import conversions
from tests.servers import Server

pytestmark = pytest.mark.sdk

_MAKE = """
import secrets
from annotator.models import *
from annotator.services.accounts import tokens
from tests import world as cast
tag = secrets.token_hex(4)
user = cast.make_user(f"robot-{tag}")
workspace = cast.make_workspace(f"robots-{tag}", owner=user)
project = cast.make_project(workspace, "Streets", owner=user)
cast.make_images(cast.make_dataset(project, "Morning"), 3)
result = [str(project.pk), tokens.issue(user=user, name="t", workspace=workspace)[1]]
"""
ROTATE = {"name": "rotate", "enabled": True, "params": [{"name": "maximum_degrees", "current_value": 20}]}


@dataclass(frozen=True, slots=True)
class Site:
    """A project of three images on a real server."""

    server: Server
    project: str

    def sql(self, query: str, key: str) -> list[tuple[Any, ...]]:
        found = uuid.UUID(key)
        return self.server.query(query, found if self.server.database_url else found.hex)

    def row(self, key: str) -> tuple[Any, ...]:
        """Return name, number of copies, probability and transformations of a list, by SQL."""
        query = (
            "SELECT name, number_of_new_images, probability, transformations FROM annotator_augmentationlist"
        )
        ((name, copies, probability, stored),) = self.sql(f"{query} WHERE id = %s", key)
        return name, copies, probability, json.loads(stored) if isinstance(stored, str) else stored


@pytest.fixture(scope="module")
def site(server: Server) -> Iterator[Site]:
    project, token = server.workshop.run(_MAKE)
    datarobot.Client(token=token, endpoint=f"{server.url}/api/v2")
    with pytest.MonkeyPatch.context() as patch:
        # The client asks every 0.2 s whether a job has ended, instead of every 5 s.
        patch.setattr(waiters, "time", SimpleNamespace(time=time.time, sleep=lambda _: time.sleep(0.2)))
        yield Site(server, project)


def test_options(site: Site) -> None:
    options = ImageAugmentationOptions.get(site.project)
    assert (options.project_id, options.current_transformation_probability) == (site.project, 0.75)
    assert [one["name"] for one in options.transformations or []] == [one.name for one in TRANSFORMATIONS]


def test_lists_are_created_listed_changed_and_deleted(site: Site) -> None:
    made = ImageAugmentationList.create("Turned", site.project, "image", True, 1.0, 2, [ROTATE])
    stored = [{"name": "rotate", "enabled": True, "params": {"maximum_degrees": 20}}]
    assert site.row(made.id) == ("Turned", 2, 1.0, stored)
    assert made.initial_list is True and made.samples_id is None
    plain = ImageAugmentationList.create("Plain", site.project)
    assert (plain.transformations, plain.transformation_probability) == ([], 0.0)
    assert ImageAugmentationList.list(site.project, "image") == [made, plain]
    assert ImageAugmentationList.list(site.project) == [
        ImageAugmentationList.get(one.id) for one in (made, plain)
    ]
    made.update(name="Less", transformation_probability=0.5, number_of_new_images=3, initial_list=False)
    assert site.row(made.id) == ("Less", 3, 0.5, stored)
    assert ImageAugmentationList.get(made.id).initial_list is False
    for one in (made, plain):
        ImageAugmentationList.delete(one.id)
        assert not site.sql("SELECT 1 FROM annotator_augmentationlist WHERE id = %s", one.id)
    with pytest.raises(ClientError) as refusal:
        ImageAugmentationList.create("x", site.project, transformations=[{"name": "melt"}])
    assert refusal.value.status_code == 422


def test_samples_hold_what_the_engine_makes(site: Site) -> None:
    made = ImageAugmentationList.create("Turned", site.project, None, False, 1.0, 2, [ROTATE])
    found = made.compute_samples(max_wait=120)
    assert found and [one.image_id for one in made.retrieve_samples()] == [one.image_id for one in found]
    originals = [one for one in found if one.original_image_id is None]
    copies = [one for one in found if one.original_image_id is not None]
    assert len(originals) == 2 and len(copies) == 4
    key = ImageAugmentationList.get(made.id).samples_id
    rows = site.sql(
        "SELECT position, copy FROM annotator_augmentationsample WHERE samples_id = %s ORDER BY position", key
    )
    assert [tuple(row) for row in rows] == [(at, at % 3) for at in range(6)]
    recipe = recipe_of(site.row(made.id)[3], 1.0)
    for at, one in enumerate(copies):
        original = Pillow.open(io.BytesIO(Image.get(site.project, one.original_image_id).image_bytes))
        width, height = original.size
        original.draft(None, conversions.fitted(width, height, SAMPLE_SIDE))
        small = conversions.shrink(original, SAMPLE_SIDE)
        drawn = draw(recipe, width, height, seed_of(key, one.original_image_id, at % 2 + 1))
        pixels = augment(np.asarray(small), drawn.resized(*small.size))
        image = Image.get(site.project, one.image_id)
        assert (image.image_type, image.width, image.height) == ("image/jpeg", 512, 384)
        assert image.image_bytes == conversions.jpeg_bytes(Pillow.fromarray(pixels), "preview")
    made.update(transformations=[])
    with pytest.raises(ClientError) as refusal:
        made.retrieve_samples()
    assert refusal.value.status_code == 404


def test_the_deprecated_pair_warns(site: Site) -> None:
    client = ImageAugmentationSample._client
    body = {
        "name": "Once",
        "project_id": site.project,
        "number_of_new_images": 1,
        "transformation_probability": 1.0,
        "transformations": [ROTATE],
        "number_of_rows": 1,
    }
    with pytest.warns(PlatformDeprecationWarning, match="augmentation list"):
        accepted = client.post("imageAugmentationSamples/", data=body)
    waiters.wait_for_async_resolution(client, accepted.headers["Location"], max_wait=120)
    with pytest.warns(PlatformDeprecationWarning, match="augmentation list"):
        found = client.get(f"imageAugmentationSamples/{accepted.json()['statusId']}/").json()["data"]
    assert [one["originalImageId"] is None for one in found] == [True, False]
