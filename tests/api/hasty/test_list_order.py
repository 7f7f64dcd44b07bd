"""Every paged list has a total, stable order and an exact total, also when all that it is ordered by is equal."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from annotator.models import Label, Media
from annotator.services.annotations import segments
from annotator.services.buckets import buckets
from annotator.services.exchange.exports import exports
from annotator.services.media.selection import MediaSelection
from annotator.services.vocabulary import concepts
from tests.api.fuzz import operations
from tests.api.hasty.conftest import Callers, labeling_run
from tests.world import (
    World,
    make_box,
    make_dataset,
    make_images,
    make_project,
    make_video,
    make_workspace,
)

Json = dict[str, Any]

ROWS = 3
#: Columns that lists are ordered by and that many rows may share.
SHARED = ("created_at", "updated_at", "order", "z")


def fill(w: World, by: Callers, p: str, named: dict[str, str]) -> None:
    """Make several rows for every list."""
    actor = w.actor(w.max)
    image, video = w.images[0], Media.objects.get(pk=named["video_id"])
    tags: list[Json] = []
    values: list[Json] = []
    make_images(w.dataset, ROWS, start=100)
    for number in range(ROWS):
        name = f"more {number}"
        make_project(w.workspace, name)
        make_dataset(w.project, name)
        by.max.post(f"{p}/label_classes", {"name": name, "color": "#010203"})
        make_video(w.dataset, f"{name}.mp4")
        make_box(image, w.car, (number, 0, number + 5, 5))
        labeling_run(w, 901 + number)
        exports.start(actor=actor, project=w.project, format_name="json_coco", selection=MediaSelection())
        make_workspace(f"more-{number}", owner=w.olga)
        buckets.create(
            actor=w.actor(w.olga),
            workspace=w.workspace,
            provider="dummy",
            description=name,
            fields={"secret": "photos"},
        )
        kind = concepts.create(actor=actor, project=w.project, name=f"doing {name}", roles=("segment",))
        start = number * 100
        segments.create(actor=actor, media=video, start_ms=start, end_ms=start + 50, concept_ids=[kind.pk])
        group = by.max.post(f"{p}/tag_groups", {"name": name, "type": "MULTIPLE-SELECTION"})
        tags.append(by.max.post(f"{p}/tag_classes", {"name": name, "tag_group_id": group["id"]}))
        attribute = by.max.post(f"{p}/attributes", {"name": name, "type": "TEXT"})
        values.append({"id": attribute["id"], "label_id": named["label_id"], "value": name})
    by.max.post(f"{p}/images/{image.pk}/tags", [{"tag_class_id": tag["id"]} for tag in tags])
    by.max.post(f"{p}/images/{image.pk}/attributes", values)


def tie() -> None:
    """Make all rows equal in what lists are ordered by."""
    now = timezone.now()
    for model in apps.get_app_config("annotator").get_models():
        fields = {field.name for field in model._meta.get_fields()}
        values: dict[str, Any] = {
            name: 0 if name in ("order", "z") else now for name in SHARED if name in fields
        }
        if values:
            with transaction.atomic():
                model._base_manager.update(**values)


def test_lists_have_a_total_order(w: World, by: Callers, p: str, named: dict[str, str]) -> None:
    known = {**named, "class_id": named["label_class_id"], "id": named["label_id"]}
    fill(w, by, p, named)
    tie()
    assert Label.objects.count() > ROWS
    wrong, few = [], []
    for one in operations("/v1", known):
        if "limit" not in one.parameters or one.method != "GET":
            continue
        orders = one.parameters.get("order_by", {}).get("schema", {}).get("enum", [""])
        for order in orders:
            query = f"order_by={order}&" if order else ""
            whole = by.olga.get(one.path, f"{query}limit=1000")
            total = len(whole["items"])
            pages = [by.olga.get(one.path, f"{query}limit=1&offset={offset}") for offset in range(total)]
            if [page["items"] for page in pages] != [[item] for item in whole["items"]]:
                wrong.append(f"{one.path}?{query} is another list page by page")
            if {page["meta"]["total"] for page in [whole, *pages]} != {total}:
                wrong.append(f"{one.path}?{query} does not say its total, {total}")
            if total < ROWS:
                few.append(f"{one.path}: {total}")
    assert not wrong, "\n".join(wrong)
    assert not few, "\n".join(few)
