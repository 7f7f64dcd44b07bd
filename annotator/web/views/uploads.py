"""The endpoints of the upload page: create slots, finish uploaded files, report results. Bytes are sent to /u/.

POST uploads {count, dataset?} returns a batch and slots [{id, url}]; each file is PUT to a slot's url
(repeatable after an error; large files in parts with Content-Range); then
POST uploads/finish {batch, items: [{upload, name, dataset?}], on_clash?, pages?} in groups of any size starts
jobs for them. GET uploads/<batch> returns the results.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from annotator.domain.errors import Invalid, Missing
from annotator.domain.ids import parse_uuid
from annotator.models import ContentType, Dataset, Upload, UploadBatch
from annotator.services.media import archives, names as media_names, uploads, urls as media_urls
from annotator.services.media.uploads import FinishItem
from annotator.web import forms
from annotator.web.scopes import Scope, project_call

STYLE = "resumable"


@require_POST
@project_call
def slots(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Create a batch, or add slots to one: {count 1..500, batch?, dataset?, name?} -> {batch, slots: [{id, url}], expires_at}."""
    fields = forms.read(request)
    dataset = find_dataset(scope, fields["dataset"]) if fields.get("dataset") else None
    if fields.get("batch"):
        batch = find_batch(scope, fields["batch"])
    else:
        batch = uploads.open_batch(
            actor=scope.actor, project=scope.project, dataset=dataset, name=forms.text(fields, "name")
        )
    created = uploads.create_slots(
        actor=scope.actor, project=scope.project, count=fields.get("count", 1), style=STYLE, batch=batch
    )
    found = [{"id": slot.pk, "url": media_urls.upload(slot)} for slot in created]
    return forms.as_json({"batch": batch.pk, "slots": found, "expires_at": created[0].expires_at})


@require_POST
@project_call
def finish(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Finish uploaded files: {batch, items, on_clash?, pages?, client?} -> {jobs: [id]}; one job for the images, one per ZIP archive."""
    fields = forms.read(request)
    batch = find_batch(scope, fields.get("batch"))
    items = fields.get("items")
    if not isinstance(items, list) or not items:
        raise Invalid("items must be a list of files.", field="items")
    read = [_item(scope, index, item) for index, item in enumerate(items)]
    on_clash, client = forms.text(fields, "on_clash", "skip"), forms.client(fields)
    # A project of videos takes no archives: the job refuses them, as every file that is no video.
    has_archives = scope.project.content_type != ContentType.VIDEOS
    zips = [item for item in read if has_archives and item.name.lower().endswith(".zip")]
    archive_items = [_archive(scope, batch, item) for item in zips]
    images = [item for item in read if item not in zips]
    started = []
    if images:
        started.append(
            uploads.finish(
                actor=scope.actor,
                batch=batch,
                items=images,
                on_clash=on_clash,
                client=client,
                pages=forms.text(fields, "pages", "first"),
            )
        )
    for dataset, source, name in archive_items:
        started.append(
            archives.start(actor=scope.actor, dataset=dataset, source=source, name=name, on_clash=on_clash)
        )
    return forms.as_json({"jobs": [job.pk for job in started]}, status=202)


@require_safe
@project_call
def report(request: HttpRequest, scope: Scope, batch_id: uuid.UUID) -> HttpResponse:
    """Return the results of a batch: number of slots by state, and the files with problems."""
    return forms.as_json(uploads.report(batch=find_batch(scope, str(batch_id))))


def _archive(scope: Scope, batch: UploadBatch, item: FinishItem) -> tuple[Dataset, Upload, str]:
    """Return dataset, file and name of an archive, or raise Invalid before anything is started."""
    source = uploads.find(project=scope.project, upload_id=item.upload_id, field="items.upload")
    dataset_id = item.dataset_id or batch.dataset_id
    if dataset_id is None:
        raise Invalid("Name the dataset for the files.", field="items.dataset")
    return find_dataset(scope, str(dataset_id)), source, media_names.check(item.name, field="items.name")


def _item(scope: Scope, index: int, item: Any) -> FinishItem:
    """Read one entry of `items`."""
    if not isinstance(item, dict):
        raise Invalid("Each item must be an object.", field=f"items.{index}")
    upload, dataset = parse_uuid(item.get("upload")), parse_uuid(item.get("dataset"))
    if upload is None or (dataset is None and item.get("dataset") is not None):
        raise Invalid("upload and dataset must be ids.", field=f"items.{index}")
    return FinishItem(upload, forms.text(item, "name"), dataset)


def find_batch(scope: Scope, key: Any) -> UploadBatch:
    """Return a batch of this project or raise Missing."""
    rows = UploadBatch.objects.select_related("project__workspace").filter(project=scope.project)
    found = rows.filter(pk=parse_uuid(key) or uuid.UUID(int=0)).first()
    if found is None:
        raise Missing("There is no such upload.")
    return found


def find_dataset(scope: Scope, key: Any) -> Dataset:
    """Return a dataset of this project or raise Invalid."""
    rows = Dataset.objects.select_related("project__workspace").filter(project=scope.project)
    found = rows.filter(pk=parse_uuid(key) or uuid.UUID(int=0)).first()
    if found is None:
        raise Invalid("There is no such dataset in this project.", field="dataset")
    return found
