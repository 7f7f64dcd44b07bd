"""The rows of `make bench`: each measures one thing the product promises, beside its baseline or its goal."""

from __future__ import annotations

import copy
import io
import json
import math
import os
import platform
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from annotator.db import bulk
from annotator.domain import ids
from annotator.formats.json_stream import JsonObject
from annotator.models import Label, Media
from annotator.services.annotations import labels
from annotator.services.exchange.imports import coco as coco_imports
from annotator.services.media.decoding import pool as decoding
from tests import servers
from tests.perf import (
    augmenting,
    baseline,
    commits,
    datarobot,
    drop,
    editor,
    exporting,
    hour,
    images,
    pools,
    starting,
    videos,
)
from tests.perf.clock import compare, measure, memory_mb, percentile, spread, verdict
from tests.world import World, make_class, make_dataset, make_images, make_project, world


@dataclass(slots=True)
class Stage:
    """The database of this run: the cast, made at first need."""

    folder: Path
    made: list[World] = field(default_factory=list)
    is_full: bool = False

    @property
    def world(self) -> World:
        if not self.made:
            self.made.append(world())
        return self.made[0]

    @property
    def full(self) -> World:
        """The cast with 10,000 pictures of 20 boxes each."""
        if not self.is_full:
            self.is_full = True
            fill(self.world, 10_000, 20)
        return self.world


def machine() -> str:
    """Return what this runs on, in a line."""
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {connection.vendor}, load {loads}"


def ring(points: int, cx: float, cy: float, r: float, digits: int) -> list[list[float]]:
    steps = [2 * math.pi * step / points for step in range(points)]
    return [[round(cx + r * math.cos(a), digits), round(cy + r * math.sin(a), digits)] for a in steps]


def polygon_patches(w: World, count: int, digits: int = 0) -> list[dict[str, Any]]:
    """Return 40-point polygons; `digits` after the point, 0 as Hasty's clients write them."""
    return [
        {
            "concept": str(w.car.pk),
            "shape": "polygon",
            "points": [[ring(40, 40 + i % 500, 40 + i % 400, 30, digits)]],
        }
        for i in range(count)
    ]


def list_row(stage: Stage) -> None:
    """1,000 labels with 40-point polygons of one picture: our list, Hasty's list, a raw select."""
    w = stage.world
    whole, decimal = w.images[0], w.images[1]
    for media, digits in ((whole, 0), (decimal, 1)):
        labels.create_many(actor=w.actor(w.ann), media=media, patches=polygon_patches(w, 1000, digits))
    client = Client(headers={"X-Api-Key": w.token(w.max, workspace=w.workspace)})
    page = Client()
    page.force_login(w.ann)

    def hasty(media: Media) -> None:
        assert (
            client.get(f"/v1/projects/{w.project.pk}/images/{media.pk}/labels?limit=1000").status_code == 200
        )

    def state(media: Media) -> None:
        assert page.get(f"/web/media/{media.pk}/state").status_code == 200

    floor = baseline.list_labels
    compare(
        "label list, labeling page (the whole state of the picture)",
        lambda: state(decimal),
        lambda: floor(decimal.pk),
        goal=3,
    )
    compare("label list, Hasty, whole numbers", lambda: hasty(whole), lambda: floor(whole.pk), goal=3)
    compare(
        "label list, Hasty, 80,000 decimals rounded",
        lambda: hasty(decimal),
        lambda: floor(decimal.pk),
        goal=math.inf,
    )


def bulk_row(stage: Stage) -> None:
    """1,000 boxes through the service (checked, with event) beside one executemany of ready values."""
    w = stage.world
    media = Media.objects.select_related("project", "status").get(pk=w.images[1].pk)
    patches = [
        {"concept": str(w.car.pk), "box": [i % 500, i % 400, i % 500 + 20, i % 400 + 30], "tool": "bbox"}
        for i in range(1000)
    ]
    names = [each.column for each in Label._meta.concrete_fields]

    def values() -> list[list[Any]]:
        now = timezone.now()
        found = []
        for i in range(1000):
            row = Label(
                id=ids.uuid7(),
                project=w.project,
                media=media,
                concept=w.car,
                x0=i,
                y0=i,
                x1=i + 20,
                y1=i + 30,
                created_at=now,
                updated_at=now,
            )
            found.append(
                [
                    each.get_db_prep_save(getattr(row, each.attname), connection)
                    for each in Label._meta.concrete_fields
                ]
            )
        return found

    ready = iter([values() for _ in range(9)])
    compare(
        "bulk label writes, 1,000 boxes in one call",
        lambda: labels.create_many(actor=w.actor(w.ann), media=media, patches=patches),
        lambda: baseline.insert_labels(names, next(ready)),
        goal=3,
    )


def fill(w: World, images: int, each: int) -> None:
    """Write `images` pictures without bytes with `each` boxes, past the services: data for the export."""
    made = make_images(w.dataset, images, start=1000)
    now = timezone.now()
    for start in range(0, images, 500):
        rows = []
        for medium in made[start : start + 500]:
            for i in range(each):
                label = Label(
                    id=ids.uuid7(), project_id=w.project.pk, media_id=medium.pk, dataset_id=w.dataset.pk, concept_id=w.car.pk, x0=i, y0=i, x1=i + 20.5, y1=i + 30,
                    created_at=now, updated_at=now, created_by_id=w.ann.pk,
                )  # fmt: skip
                rows.append([getattr(label, name) for name in labels.ALL_COLUMNS])
        with transaction.atomic():
            bulk.insert(Label, labels.ALL_COLUMNS, rows)


def export_row(stage: Stage) -> None:
    """200,000 boxes on 10,000 images in each format: time and memory."""
    exporting.formats_row(stage.full, stage.folder)
    exporting.semantic_row(stage.full, stage.folder)


def export_memory_row(stage: Stage) -> None:
    """A million boxes in each format: resident memory."""
    w = stage.full
    with connection.cursor() as cursor:
        names = [name for name in labels.ALL_COLUMNS if name != "id"]
        listed = ", ".join(f'"{name}"' for name in names)
        table = Label._meta.db_table
        for _ in range(4):
            cursor.execute(
                f"INSERT INTO {table} (id, {listed}) SELECT lower(hex(randomblob(16))), {listed} FROM {table} WHERE tool <> 'copy' LIMIT 200000"
            )
    connection.close()
    exporting.memory_row(w, stage.folder)


def stream_row(stage: Stage) -> None:
    """A COCO file of 200,000 boxes, item by item: our reader beside ijson (docs/decisions/010)."""
    boxes = [
        {
            "id": i, "image_id": i % 10_000, "category_id": 1, "bbox": [i % 900 + 0.5, i % 700, 30.25, 40],
            "area": 1210, "iscrowd": 0, "segmentation": [],
        }
        for i in range(200_000)
    ]  # fmt: skip
    images = [{"id": i, "file_name": f"{i}.jpg", "width": 1920, "height": 1080} for i in range(10_000)]
    path = stage.folder / "stream.json"
    path.write_bytes(
        orjson.dumps({"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "car"}]})
    )
    del boxes, images
    everything = ("images", "categories", "annotations")

    def ours(keys: tuple[str, ...]) -> None:
        source = JsonObject(file)
        assert sum(1 for key in keys for _ in source.items(key)) >= 200_000

    def ijson(keys: tuple[str, ...]) -> None:
        assert sum(baseline.stream_items(file, key) for key in keys) >= 200_000

    with path.open("rb") as file:
        compare(
            "JSON stream, the three lists of a COCO file, as an import reads them",
            lambda: ours(everything),
            lambda: ijson(everything),
            goal=0.5,
            runs=5,
        )
        compare(
            "JSON stream, one list of 200,000 boxes alone",
            lambda: ours(("annotations",)),
            lambda: ijson(("annotations",)),
            goal=math.inf,
            runs=5,
        )


def import_row(stage: Stage) -> None:
    """COCO import of 50,000 boxes on 2,500 pictures without files."""
    w = stage.world
    images = [
        {"id": 50_000 + i, "file_name": f"import {i}.jpg", "width": 1920, "height": 1080} for i in range(2500)
    ]
    notes = [
        {
            "id": i,
            "image_id": 50_000 + i % 2500,
            "category_id": 1,
            "bbox": [i % 900, i % 700, 30, 40],
            "area": 1200,
            "iscrowd": 0,
            "segmentation": [],
        }
        for i in range(50_000)
    ]
    data = orjson.dumps({"images": images, "annotations": notes, "categories": [{"id": 1, "name": "car"}]})
    marks: list[float] = []
    started = time.perf_counter()
    coco_imports.run(
        actor=w.actor(w.max), project=w.project, dataset=w.dataset, file=io.BytesIO(data),
        progress=lambda share, words: marks.append(time.perf_counter() if words.endswith("images") else 0),
    )  # fmt: skip
    seconds, boxes = time.perf_counter() - started, time.perf_counter() - max(marks)
    print(
        f"import: {50_000 / boxes:,.0f} boxes/s once the pictures are there   goal 12,000   {verdict(50_000 / boxes >= 12_000)}"
    )
    print(f"  with its 2,500 picture rows: {seconds:.1f} s")


def commits_row(stage: Stage) -> None:
    """Label writes and the import above with commits that wait for the disk, and without (docs/decisions/014)."""
    commits.run(stage.world, stage.folder, lambda: import_row(stage))


def jpegs(count: int) -> list[bytes]:
    """Return noisy 1080p JPEGs of about 500 KB, all different."""
    rng = np.random.default_rng(1)
    base = rng.integers(0, 255, (270, 480, 3), dtype=np.uint8)
    found = []
    for i in range(count):
        image = Image.fromarray(np.roll(base, i * 7, axis=1)).resize((1920, 1080), Image.Resampling.BICUBIC)
        out = io.BytesIO()
        image.save(out, "JPEG", quality=88)
        found.append(out.getvalue())
    return found


def ingest_row(stage: Stage) -> None:
    """Thumbnail, hash, findings in the child pool, beside bare Pillow on one core."""
    pictures = jpegs(24)
    paths = []
    for place, data in enumerate(pictures):
        paths.append(stage.folder / f"{place}.jpg")
        paths[-1].write_bytes(data)

    def prepare(paths: list[Path]) -> None:
        for _ in decoding.map_ahead(paths, decoding.prepare, ahead=len(paths)):
            pass

    prepare(paths[:4])
    ours, floor = measure(
        lambda: prepare(paths),
        lambda: [baseline.decode_and_shrink(d) for d in pictures],
        runs=3,
    )
    decoding.close_pool()
    rate, base = len(pictures) / ours.median, len(pictures) / floor.median
    print(
        f"ingest of 1080p JPEG ({len(pictures[0]) // 1024} KB): {rate:.0f} images/s, bare Pillow on one core {base:.0f}/s: {rate / base:.2f} x"
    )
    print(f"  goal 40 images/s   {verdict(rate >= 40)}")


def create_row(stage: Stage) -> None:
    """CPU of labels created by API, in process: one box, and 100 polygons of 20 points in a request."""
    w = stage.world
    client = Client(headers={"X-Api-Key": w.token(w.max, workspace=w.workspace)})
    address = f"/v1/projects/{w.project.pk}/images/{w.images[2].pk}/labels"
    body = [{"class_id": str(w.car.pk), "bbox": [1, 2, 30, 40], "tool_used": "api"}]

    def create() -> None:
        assert client.post(address, body, content_type="application/json").status_code == 200

    (times,) = measure(create, runs=200)
    cpu = times.cpu_median * 1e3
    print(f"one label by API: {times}\n  CPU {cpu:.2f} ms   goal 4 ms   {verdict(cpu <= 4)}")
    batch = [
        {"class_id": str(w.car.pk), "polygon": ring(20, 40 + i * 3, 40 + i * 2, 30, 0)} for i in range(100)
    ]

    def create_batch() -> None:
        assert client.post(address, batch, content_type="application/json").status_code == 200

    (times,) = measure(create_batch, runs=30)
    rate = len(batch) / times.cpu_median
    print(f"100 polygons of 20 points by API: {times}")
    print(f"  {rate:,.0f} labels/s of CPU   goal 3,000   {verdict(rate >= 3_000)}")
    print("  statements per endpoint: tests/api/**/query_counts.json, compared in the tests")


def lists_row(stage: Stage) -> None:
    """First and last pages over 10,000 pictures with 20 boxes each, in process: 100 pictures, then 1,000 labels.

    Then 100 labels of that project beside 100 of one with 2,000, at the end of each list.
    """
    w = stage.full
    small = copy.copy(w)
    small.project = make_project(w.workspace, "small")
    small.dataset, small.car = make_dataset(small.project, "small"), make_class(small.project, "car", 1)
    fill(small, 100, 20)
    client = Client(headers={"X-Api-Key": w.token(w.max, workspace=w.workspace)})
    base = f"/v1/projects/{w.project.pk}"
    lists = {
        "100 pictures, first page": "images?limit=100",
        "100 pictures, last page": "images?limit=100&offset=9900",
        "1,000 labels, first page": "labels?limit=1000",
        "1,000 labels, last page": "labels?limit=1000&offset=199000",
    }
    for name, path in lists.items():

        def ask(path: str = path) -> None:
            assert client.get(f"{base}/{path}").status_code == 200

        (times,) = measure(ask)
        print(f"{name}: {times}   goal 30 ms   {verdict(times.median <= 0.03)}")
    conditions = {
        "all": ("", ""),
        "of a class": (f"&label_class_id={w.car.pk}", f"&label_class_id={small.car.pk}"),
        "by an author": (f"&label_author_id={w.ann.pk}", f"&label_author_id={small.ann.pk}"),
        "of a dataset": (f"&dataset_id={w.dataset.pk}", f"&dataset_id={small.dataset.pk}"),
    }
    for name, (many_query, few_query) in conditions.items():

        def many_labels(query: str = many_query) -> None:
            assert client.get(f"{base}/labels?limit=100&offset=100000{query}").status_code == 200

        def few_labels(query: str = few_query) -> None:
            path = f"/v1/projects/{small.project.pk}/labels?limit=100&offset=1900{query}"
            assert client.get(path).status_code == 200

        compare(f"100 labels, {name}: 200,000 beside 2,000", many_labels, few_labels, goal=3)


def start_row(stage: Stage) -> None:
    """The first start and a later one."""
    starting.run()


def server_row(stage: Stage) -> None:
    """A real server: idle memory, creating one label over HTTP by 1 and 8 connections."""
    with servers.our_server() as server:
        server.wait_ready()
        time.sleep(2)
        assert server.process is not None
        parts = {pid: memory_mb(pid) for pid in servers.group_members(server.process.pid)}
        total = sum(parts.values())
        print(
            f"idle memory: {total:.0f} MB in {len(parts)} processes   goal 250 MB   {verdict(total <= 250)}"
        )
        _create_over_http(server)


def _create_over_http(server: servers.Server) -> None:
    from tests.browser.studio import Studio

    studio = Studio(server, "bench")
    image = studio.image("bench.jpg")
    path = f"{studio.base}/images/{image}/labels"
    body = json.dumps([{"class_id": studio.car, "bbox": [1, 2, 30, 40]}]).encode()
    headers = {"X-Api-Key": studio.token, "Content-Type": "application/json", "Connection": "keep-alive"}
    for connections in (1, 8):
        times: list[float] = []

        def write(times: list[float] = times) -> None:
            import http.client

            link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            for _ in range(100):
                started = time.perf_counter()
                link.request("POST", path, body, headers)
                reply = link.getresponse()
                assert reply.status == 200, reply.read()
                reply.read()
                times.append(time.perf_counter() - started)
            link.close()

        threads = [threading.Thread(target=write) for _ in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        goal = 10 if connections == 1 else 40
        print(
            f"create one label over HTTP, {connections} connection(s): {spread(times)}   goal p50 {goal} ms   {verdict(percentile(times, 0.5) * 1e3 <= goal)}"
        )


def drop_row(stage: Stage) -> None:
    """1,000 pictures in one drop while labeling goes on."""
    drop.run(jpegs(24))


def pools_row(stage: Stage) -> None:
    """Twenty connections that sign in, twenty strangers with large bodies, four annotators with larger ones."""
    pools.run()


def editor_row(stage: Stage) -> None:
    """The labeling page in Chromium."""
    if servers.chromium() is None:
        print("not measured: no Chromium")
    else:
        editor.run()


def hour_row(stage: Stage) -> None:
    """What a labeler does in an hour: actions and seconds."""
    if servers.chromium() is None:
        print("not measured: no Chromium")
    else:
        hour.run()


def video_row(stage: Stage) -> None:
    """A video of an hour."""
    videos.run()


def augment_row(stage: Stage) -> None:
    """Augmented copies of images of 1080p."""
    augmenting.run()


def by_ids_row(stage: Stage) -> None:
    """Images by ids through Custom Vision."""
    images.by_ids(stage.world)


def duplicates_row(stage: Stage) -> None:
    """Near duplicates among 100,000 images."""
    images.near()


def datarobot_row(stage: Stage) -> None:
    """Pages and bins of 100,000 images through DataRobot."""
    datarobot.run(stage.world)


ROWS: dict[str, Callable[[Stage], None]] = {
    "list": list_row, "bulk": bulk_row, "create": create_row, "ingest": ingest_row, "stream": stream_row, "import": import_row,
    "commits": commits_row, "export": export_row, "export-memory": export_memory_row,
    "lists": lists_row, "start": start_row, "server": server_row, "drop": drop_row, "pools": pools_row, "editor": editor_row, "hour": hour_row,
    "video": video_row, "augment": augment_row, "by-ids": by_ids_row, "duplicates": duplicates_row, "datarobot": datarobot_row,
}  # fmt: skip
