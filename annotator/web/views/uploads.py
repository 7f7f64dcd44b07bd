"""The calls behind the upload page: slots for a drop, handing sent files over, how the drop stands. Bytes go to /u/.

A drop: POST uploads {count, dataset?} gives a batch and slots [{id, url}]; each file is PUT to a slot's url
(again after a fault: the same bytes twice are fine; in parts with Content-Range for large ones); then
POST uploads/finish {batch, items: [{upload, name, dataset?}], on_clash?} in groups of any size hands them to
jobs. GET uploads/<batch> says what became of them.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from annotator.domain.errors import Invalid, Missing
from annotator.domain.ids import parse_uuid
from annotator.models import Dataset, Upload, UploadBatch
from annotator.services.media import archives, names as media_names, uploads, urls as media_urls
from annotator.services.media.uploads import FinishItem
from annotator.web import forms
from annotator.web.places import Place, project_call

STYLE = "resumable"


@require_POST
@project_call
def slots(request: HttpRequest, place: Place) -> HttpResponse:
    """Open a batch, or add slots to one: {count 1..500, batch?, dataset?, name?} -> {batch, slots: [{id, url}], expires_at}."""
    fields = forms.read(request)
    dataset = find_dataset(place, fields["dataset"]) if fields.get("dataset") else None
    if fields.get("batch"):
        batch = find_batch(place, fields["batch"])
    else:
        batch = uploads.open_batch(
            actor=place.actor, project=place.project, dataset=dataset, name=forms.words(fields, "name")
        )
    made = uploads.create_slots(
        actor=place.actor, project=place.project, count=fields.get("count", 1), style=STYLE, batch=batch
    )
    found = [{"id": slot.pk, "url": media_urls.upload(slot)} for slot in made]
    return forms.as_json({"batch": batch.pk, "slots": found, "expires_at": made[0].expires_at})


@require_POST
@project_call
def finish(request: HttpRequest, place: Place) -> HttpResponse:
    """Hand sent files over: {batch, items, on_clash?, client?} -> {jobs: [id]}; pictures in one job, each ZIP archive in its own."""
    fields = forms.read(request)
    batch = find_batch(place, fields.get("batch"))
    items = fields.get("items")
    if not isinstance(items, list) or not items:
        raise Invalid("items must be a list of files.", field="items")
    read = [_item(place, index, item) for index, item in enumerate(items)]
    on_clash, client = forms.words(fields, "on_clash", "skip"), forms.words(fields, "client")
    archived = [_archive(place, batch, item) for item in read if item.name.lower().endswith(".zip")]
    pictures = [item for item in read if not item.name.lower().endswith(".zip")]
    started = []
    if pictures:
        started.append(
            uploads.finish(actor=place.actor, batch=batch, items=pictures, on_clash=on_clash, client=client)
        )
    for dataset, source, name in archived:
        started.append(
            archives.start(actor=place.actor, dataset=dataset, source=source, name=name, on_clash=on_clash)
        )
    return forms.as_json({"jobs": [job.pk for job in started]}, status=202)


@require_safe
@project_call
def report(request: HttpRequest, place: Place, batch_id: uuid.UUID) -> HttpResponse:
    """Say how a drop stands: counts of slots by state, and the files that did not become a good image."""
    return forms.as_json(uploads.report(batch=find_batch(place, str(batch_id))))


def _archive(place: Place, batch: UploadBatch, item: FinishItem) -> tuple[Dataset, Upload, str]:
    """Return where an archive goes, its file and its name; Invalid before anything is started."""
    source = uploads.find(project=place.project, upload_id=item.upload_id, field="items.upload")
    dataset_id = item.dataset_id or batch.dataset_id
    if dataset_id is None:
        raise Invalid("Name the dataset for the files.", field="items.dataset")
    return find_dataset(place, str(dataset_id)), source, media_names.check(item.name, field="items.name")


def _item(place: Place, index: int, item: Any) -> FinishItem:
    """Read one entry of `items`."""
    if not isinstance(item, dict):
        raise Invalid("Each item must be an object.", field=f"items.{index}")
    upload, dataset = parse_uuid(item.get("upload")), parse_uuid(item.get("dataset"))
    if upload is None or (dataset is None and item.get("dataset") is not None):
        raise Invalid("upload and dataset must be ids.", field=f"items.{index}")
    return FinishItem(upload, forms.words(item, "name"), dataset)


def find_batch(place: Place, key: Any) -> UploadBatch:
    """Return a batch of this project or raise Missing."""
    rows = UploadBatch.objects.select_related("project__workspace").filter(project=place.project)
    found = rows.filter(pk=parse_uuid(key) or uuid.UUID(int=0)).first()
    if found is None:
        raise Missing("There is no such upload.")
    return found


def find_dataset(place: Place, key: Any) -> Dataset:
    """Return a dataset of this project or raise Invalid."""
    rows = Dataset.objects.select_related("project__workspace").filter(project=place.project)
    found = rows.filter(pk=parse_uuid(key) or uuid.UUID(int=0)).first()
    if found is None:
        raise Invalid("There is no such dataset in this project.", field="dataset")
    return found
