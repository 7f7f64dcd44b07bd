"""Images that are sent to a model alone: decoded to see that they are ones, and gone after. Nothing is stored."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.models import Project
from annotator.services import blobs
from annotator.services.media import url_import
from annotator.services.media.decoding import pool as decoding
from annotator.storage.base import too_large


def check_file(*, actor: Actor, project: Project, chunks: Iterable[bytes]) -> None:
    """Check that bytes are an image. Allowed with `label.write`.

    Raises Invalid of the field "image" (code "empty" without bytes, else that of the quality log) and TooLarge.
    """
    policy.require(actor, project, "label.write")
    with _scratch() as (path, write):
        for chunk in chunks:
            write(chunk)
        if not path.stat().st_size:
            raise Invalid("Send the bytes of an image.", field="image", code="empty")
        _decode(path, project, "image")


def check_url(*, actor: Actor, project: Project, url: str) -> None:
    """Check that there is an image at a public address. Allowed with `label.write`.

    Raises as `check_file` of the field "url", and as `url_import.fetch`.
    """
    policy.require(actor, project, "label.write")
    with _scratch() as (path, write):
        url_import.copy_to(write, url)
        _decode(path, project, "url")


@contextmanager
def _scratch() -> Iterator[tuple[Path, Callable[[bytes], None]]]:
    """Give a file, and what appends to it at once. Appending raises TooLarge beyond MAX_IMAGE_BYTES."""
    limit = settings.MAX_IMAGE_BYTES
    with tempfile.NamedTemporaryFile(dir=blobs.store().scratch(), suffix=".tmp", buffering=0) as file:

        def write(chunk: bytes) -> None:
            if file.tell() + len(chunk) > limit:
                raise too_large(limit)
            file.write(chunk)

        yield Path(file.name), write


def _decode(path: Path, project: Project, field: str) -> None:
    try:
        decoding.prepare(path, preview=False, caller=str(project.workspace_id))
    except decoding.Undecodable as error:
        raise Invalid(error.message, field=field, code=error.code) from None
