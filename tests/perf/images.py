"""The rows of images: many by ids through Custom Vision, and near duplicates among 100,000."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotator.domain.ids import uuid7
from annotator.ml import near_duplicates
from annotator.models import Label, Media, Tag
from tests.perf.clock import measure, memory_mb, percentile, spread, verdict
from tests.world import World, make_dataset, make_images

IDS, SECONDS = 256, 0.060
HASHES, HASH_SECONDS = 100_000, 10


def by_ids(w: World) -> None:
    """256 images by ids, each with five regions and two tags."""
    images = make_images(make_dataset(w.project, "By ids"), IDS, start=50_001)
    annotate(w, images, regions=5)
    headers = {"Training-Key": w.token(w.max)}
    client = Client()
    address = f"/customvision/v3.3/training/projects/{w.project.pk}/images/id"

    def ask(count: int = IDS) -> Any:
        ids = ",".join(str(image.pk) for image in images[:count])
        answer = client.get(address, {"imageIds": ids}, headers=headers)
        assert answer.status_code == 200
        return answer

    queries = []
    for count in (1, IDS):
        with CaptureQueriesContext(connection) as captured:
            ask(count)
        queries.append(len(captured))
    found = ask().json()
    assert (len(found), len(found[0]["regions"]), len(found[0]["tags"])) == (IDS, 5, 3)
    (times,) = measure(ask, runs=30)
    is_met = percentile(times.wall, 0.5) <= SECONDS and queries[0] == queries[1]
    told = f"goal p50 {SECONDS * 1e3:.0f} ms, constant   {verdict(is_met)}"
    print(f"{IDS} images by ids: {spread(times.wall)}, {queries[1]} queries ({queries[0]} for one)   {told}")
    print(f"  {times}")


def annotate(w: World, images: Sequence[Media], *, regions: int) -> None:
    """Give images regions of one class and two tags each."""
    now = images[0].created_at
    Label.all_objects.bulk_create(
        Label(
            id=uuid7(), project=w.project, media=image, concept=w.car, created_at=now, updated_at=now,
            x0=10.0 * n, y0=5.0 * n, x1=10.0 * n + 100, y1=5.0 * n + 80, created_by=w.ann,
        )
        for image in images
        for n in range(regions)
    )  # fmt: skip
    Tag.all_objects.bulk_create(
        Tag(project=w.project, media=image, concept=concept) for image in images for concept in (w.sunny, w.person)
    )  # fmt: skip


def near() -> None:
    """Groups among 100,000 hashes: as different as hashes of photos are, and as near as frames of a few videos."""
    chance = np.random.default_rng(1)
    random = chance.integers(-(2**63), 2**63, HASHES, dtype=np.int64)
    frames = random[:20][chance.integers(0, 20, HASHES)]
    for _ in range(3):
        frames = frames ^ (np.uint64(1) << chance.integers(0, 64, HASHES, dtype=np.uint64)).view(np.int64)
    for name, hashes, distances in (("photos", random, (4, 8, 10)), ("frames", frames, (4, 10))):
        for distance in distances:
            before, started = memory_mb(), time.perf_counter()
            groups = near_duplicates.group(hashes, distance)
            seconds = time.perf_counter() - started
            told = f"goal {HASH_SECONDS} s   {verdict(seconds < HASH_SECONDS)}"
            grown = memory_mb() - before
            print(f"{HASHES:,} {name}, distance {distance}: {len(groups):,} groups in {seconds:.2f} s, {grown:+.0f} MB   {told}")  # fmt: skip
