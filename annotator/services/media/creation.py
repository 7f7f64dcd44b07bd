"""Writes of images one by one: created from bytes or an address, replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as changed
from typing import Any
from urllib.parse import unquote

from django.db import IntegrityError, transaction

from annotator import events, policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.events import kinds, payloads
from annotator.models import Blob, Bucket, ContentType, Dataset, Media, Project, Upload, UploadBatch
from annotator.services import addresses
from annotator.services.buckets.reading import BucketFile
from annotator.services.media import names as media_names, rows as media_rows, url_import
from annotator.services.media.changes import rename
from annotator.services.media.image_decoding import blob_of, decode, name_taken
from annotator.services.media.rows import NewImage, Plan, Ready
from annotator.services.workspaces.quotas import quotas


def create_image(
    *,
    actor: Actor,
    dataset: Dataset,
    name: str,
    source: Blob | Upload,
    external_id: str | None = None,
    replace: bool = False,
    on_broken: str = "refuse",
    batch: UploadBatch | None = None,
    metadata: Mapping[str, Any] | None = None,
    number: int | None = None,
    client: str = "",
) -> Media:
    """Make one image of bytes that are in storage, decoded before anything is written.

    Allowed with `media.upload`. A name that the dataset has: Invalid (name_taken), or with `replace` the
    bytes of that image are swapped and id, labels, tags and status stay (Conflict when it is frozen).
    What cannot be decoded: Invalid with the reason and nothing kept, or with `on_broken="keep"` a row
    with health ERROR. An upload is used up by success alone.
    """
    policy.require(actor, dataset.project, "media.upload")
    _check_holds_files(dataset.project)
    clean = _free_or_replaced(dataset, name, replace)
    upload = source if isinstance(source, Upload) else None
    image = NewImage(
        dataset, clean, blob_of(source), _external(external_id) or "", number, metadata or {}, upload_id=upload.pk if upload else None
    )  # fmt: skip
    ready = decode(image)
    if ready.refusal is not None and on_broken == "refuse":
        raise Invalid(ready.refusal.message, field="file", code=ready.refusal.code)
    return _write(actor, ready, replace, batch, _external(external_id), client)


def create_from_url(
    *,
    actor: Actor,
    dataset: Dataset,
    url: object,
    name: str | None = None,
    copy_bytes: bool = True,
    external_id: str | None = None,
    replace: bool = False,
    client: str = "",
) -> Media:
    """Make one image of what a public address answers; called like the address's last part when `name` is None.

    As `create_image`; the address is fetched and decoded now (see url_import.fetch). With
    `copy_bytes=False` only the link, thumbnail and facts are kept, and the original stays where it is. In a
    project of URLs the address itself is the medium: it is not fetched, and `copy_bytes` must be False.
    """
    policy.require(actor, dataset.project, "media.upload")
    if dataset.project.content_type == ContentType.URLDATA:
        if copy_bytes:
            raise Invalid("This project holds addresses: send copy_original as false.", field="copy_original")
        return _create_link(actor, dataset, url, name, _external(external_id), replace, client)
    if name is not None:
        name = _free_or_replaced(dataset, name, replace)
    quotas.check_bytes(dataset.project.workspace_id, 0)
    fetched = url_import.fetch(url)
    clean = name or _free_or_replaced(dataset, media_names.below(fetched.name), replace)
    ready = decode(NewImage(dataset, clean, fetched.blob, _external(external_id) or "", source_path=str(url)))
    if ready.refusal is not None:
        raise Invalid(ready.refusal.message, field="url", code=ready.refusal.code)
    if not copy_bytes:
        ready = changed(ready, image=changed(ready.image, blob=None, source_url=str(url)))
    return _write(actor, ready, replace, None, _external(external_id), client)


def _create_link(
    actor: Actor,
    dataset: Dataset,
    url: object,
    name: str | None,
    external_id: str | None,
    replace: bool,
    client: str,
) -> Media:
    """Make a medium that is an address."""
    if not isinstance(url, str) or len(url) > 2000:
        raise Invalid("url must be an address of at most 2,000 characters.", field="url")
    parts, host, _ = addresses.parse(url)
    last = media_names.below(unquote(parts.path.rstrip("/").rsplit("/", 1)[-1]) or host)
    clean = _free_or_replaced(dataset, name or last, replace)
    image = NewImage(dataset, clean, None, external_id or "", source_url=str(url), is_link=True)
    return _write(actor, Ready(image, None, None), replace, None, external_id, client)


def _check_holds_files(project: Project) -> None:
    """Raise Invalid for a project of URLs, which holds no files."""
    if project.content_type == ContentType.URLDATA:
        message = "This project holds addresses: send url, with copy_original as false."
        raise Invalid(message, field="url", code="content_type")


def create_from_bucket(
    *,
    actor: Actor,
    dataset: Dataset,
    bucket: Bucket,
    key: str,
    name: str | None = None,
    copy_bytes: bool = False,
    external_id: str | None = None,
    replace: bool = False,
    client: str = "",
) -> Media:
    """Make one image of a file in a bucket of the workspace; called like the key's last part when `name` is None.

    As `create_image`; the file is read and decoded now. Without `copy_bytes` it stays in the bucket, and is read
    from there whenever it is requested.
    """
    policy.require(actor, dataset.project, "media.upload")
    _check_holds_files(dataset.project)
    clean = _free_or_replaced(
        dataset, media_names.below(key.rsplit("/", 1)[-1]) if name is None else name, replace
    )
    quotas.check_bytes(dataset.project.workspace_id, 0)
    source = BucketFile(bucket, key, copy_bytes)
    ready = decode(NewImage(dataset, clean, None, _external(external_id) or "", bucket_file=source))
    if ready.refusal is not None:
        raise Invalid(ready.refusal.message, field="url", code=ready.refusal.code)
    return _write(actor, ready, replace, None, _external(external_id), client)


def _external(value: str | None) -> str | None:
    return None if value is None else text.clean(value, field="external_id", limit=500, required=False)


def _free_or_replaced(dataset: Dataset, name: object, replace: bool) -> str:
    """Return a checked name; Invalid when the dataset has it and it is not to be replaced. Asked before decoding, and again."""
    clean = media_names.check(name)
    if not replace and media_names.existing([(dataset.pk, clean)]):
        raise name_taken(clean)
    return clean


def _write(
    actor: Actor, ready: Ready, replace: bool, batch: UploadBatch | None, external_id: str | None, client: str
) -> Media:
    """Write one decoded image: a new row, or other bytes behind the row of its name."""
    dataset, name = ready.image.dataset, ready.image.name
    try:
        with transaction.atomic():
            _use_up(ready.image)
            current = media_names.existing([(dataset.pk, name)]).get((dataset.pk, name))
            if current is None:
                return _create(actor, dataset.project, ready, batch, client)
            if not replace:
                raise name_taken(name)
            return media_rows.swap_recorded(actor, current, ready, name, external_id, client)
    except IntegrityError as error:
        raise name_taken(name) from error


def _create(actor: Actor, project: Project, ready: Ready, batch: UploadBatch | None, client: str) -> Media:
    plan = Plan(project, actor, media_rows.first_status(project), batch)
    number = media_rows.take_numbers(project, [ready.image.number])[0]
    duplicates = media_rows.duplicates(project, [ready.image])
    outcome = media_rows.add(
        plan,
        ready,
        ready.image.name,
        number,
        duplicates.get(ready.image.blob.pk, "") if ready.image.blob else "",
    )
    media_rows.write(plan)
    assert outcome.media is not None
    events.record(
        actor=actor,
        kind=kinds.MEDIA_CREATED,
        project_id=project.pk,
        media_id=outcome.media.pk,
        client=client,
        after=payloads.MediaCreated(media=plan.created),
    )
    return outcome.media


def replace_content(
    *,
    actor: Actor,
    media: Media,
    source: Blob | Upload,
    name: str | None = None,
    external_id: str | None = None,
    client: str = "",
) -> Media:
    """Swap the bytes behind an image: same id, labels, tags, status; renamed too when `name` is given.

    Allowed with `media.upload`. Raises Invalid when the new bytes cannot be decoded (the old ones stay) and
    Conflict when the image is frozen. Labels that reach outside the new image stay, with error "out_of_bounds".
    """
    policy.require(actor, media.project, "media.upload")
    _check_holds_files(media.project)
    home = media.items.filter(is_home=True).select_related("dataset__project").get()
    clean = home.name if name is None else media_names.check(name)
    outside = _external(external_id)
    upload = source if isinstance(source, Upload) else None
    image = NewImage(home.dataset, clean, blob_of(source), upload_id=upload.pk if upload else None)
    ready = decode(image)
    if ready.refusal is not None:
        raise Invalid(ready.refusal.message, field="file", code=ready.refusal.code)
    with transaction.atomic():
        _use_up(image)
        swapped = media_rows.swap_recorded(actor, media.pk, ready, clean, outside, client)
        if clean != home.name:
            rename(actor=actor, media=swapped, name=clean, client=client)
    return swapped


def _use_up(image: NewImage) -> None:
    if image.upload_id is not None and not media_rows.claim_uploads([image], state="stored"):
        raise Invalid("This upload was used already.", field="upload_id", code="upload_used")
