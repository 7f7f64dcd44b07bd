"""The rows of DataRobot: pages of images and bins over the target, in a project of 100,000 images."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator
from typing import Any

from django.test import Client

from annotator.models import (
    Attribute,
    AttributeValue,
    Blob,
    Label,
    Media,
    MediaStatus,
    ModelingSetup,
    Tag,
    TagGroup,
)
from tests.perf.clock import measure, percentile, spread, verdict
from tests.world import World, make_class, make_project

IMAGES, CLASSES = 100_000, 5
PAGE_SECONDS, BINS_SECONDS = 0.100, 0.300


def run(w: World) -> None:
    """Pages of images, also by value of the target, and bins, for tags, numbers and numbers of labels."""
    project = make_project(w.workspace, "Robots")
    images = _write_images(project)
    setups = _write_values(project, images)
    headers = {"Authorization": f"Token {w.token(w.max)}"}
    client = Client()

    def ask(name: str, seconds: float | None, path: str, **query: Any) -> Any:
        def once() -> Any:
            answer = client.get(f"/api/v2/projects/{project.pk}/{path}/", query, headers=headers)
            assert answer.status_code == 200, answer.content
            return answer.json()

        (times,) = measure(once, runs=20)
        slowest = percentile(times.wall, 0.95)
        goal = (
            "" if seconds is None else f"   goal p95 {seconds * 1e3:.0f} ms   {verdict(slowest <= seconds)}"
        )
        print(f"{name}: {spread(times.wall)}{goal}")
        return once()

    ask("images, first page", PAGE_SECONDS, "images")
    ask("images, page from 50,000 on", PAGE_SECONDS, "images", offset=50_000)
    for name, setup in setups.items():
        ModelingSetup.all_objects.update_or_create(project=project, defaults=setup)
        bins = ask(f"{name}, bins", BINS_SECONDS, "imageBins", featureName="image")["data"]
        assert sum(each["targetBinRowCount"] for each in bins) == IMAGES
        edges = {"targetBinStart": bins[0]["targetBinStart"], "targetBinEnd": bins[0]["targetBinEnd"]}
        chosen = {"targetValue": bins[0]["targetValue"]} if edges["targetBinEnd"] is None else edges
        ask(f"{name}, images of a bin", PAGE_SECONDS, "images", **chosen)
        page = ask(
            f"{name}, images of a bin, page from 10,000 on", PAGE_SECONDS, "images", offset=10_000, **chosen
        )
        assert page["totalCount"] == bins[0]["targetBinRowCount"]
    ask("duplicates", None, "duplicateImages/image")
    ask("samples", None, "imageSamples", featureName="image")
    ask("features", None, "features")


def _write_images(project: Any) -> list[Media]:
    """Write images of 90,000 different contents, without bytes."""
    blobs = [Blob(sha256=f"{number:064x}", size=1, mime="image/jpeg") for number in range(IMAGES * 9 // 10)]
    status = MediaStatus.all_objects.get(project=project, base="NEW")
    _write(Blob, blobs)
    images = [
        Media(
            project=project, number=number, ref=f"r-{number}", list_key=f"{number:06}", status=status, blob=blob, width=640, height=480,
            format="JPEG", mode="RGB",
        )
        for number, blob in zip(range(IMAGES), itertools.cycle(blobs), strict=False)
    ]  # fmt: skip
    _write(Media, images)
    return images


def _write_values(project: Any, images: list[Media]) -> dict[str, dict[str, Any]]:
    """Give each image a tag, a number and up to three labels; return the setups with each of them as the target."""
    chance = random.Random(1)
    group = TagGroup.all_objects.create(
        project=project, order=1, name="Art", name_key="art", sort_key="art", kind="SELECTION"
    )
    kinds = [
        make_class(project, f"c{n}", n, on_region=False, on_media=True, tag_group=group)
        for n in range(CLASSES)
    ]
    height = Attribute.all_objects.create(
        project=project, name="Height", name_key="height", kind="FLOAT", subject="IMAGE"
    )
    car = make_class(project, "car", 90)
    _write(Tag, (Tag(project=project, media=media, concept=chance.choice(kinds)) for media in images))
    _write(
        AttributeValue,
        (AttributeValue(attribute=height, media=media, value=chance.gauss(0, 50)) for media in images),
    )
    now = images[0].created_at
    _write(
        Label,
        (
            Label(
                project=project,
                media=media,
                concept=car,
                x0=0,
                y0=0,
                x1=9,
                y1=9,
                created_at=now,
                updated_at=now,
            )
            for media in images
            for _ in range(chance.randrange(4))
        ),
    )
    return {
        "tags": {"source": "tag_group", "target_id": group.pk, "target_type": "multiclass"},
        "numbers": {"source": "attribute", "target_id": height.pk, "target_type": "regression"},
        "numbers of labels": {"source": "count", "target_id": car.pk, "target_type": "regression"},
    }


def _write(model: Any, rows: Iterable[Any]) -> None:
    for part in _parts(iter(rows)):
        model.all_objects.bulk_create(part)


def _parts(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while part := list(itertools.islice(rows, 5_000)):
        yield part
