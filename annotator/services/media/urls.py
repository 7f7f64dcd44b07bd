"""Signed relative addresses of bytes, made from the settings' keys; dialects and pages put their host in front."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings

from annotator.domain.actor import Actor
from annotator.models import BUCKET_SCHEME, Blob, Job, Media, MediaKind, Upload
from annotator.storage import display_range, imaging, probe, signing
from annotator.storage.pyramids import rules
from annotator.storage.video import containers

# Raised when renditions are made in another way, so that browsers fetch them again.
RENDITION_VERSION = 2
LINKED = "linked"


class Source(Protocol):
    """What must be known of an image to say whether it was decoded: a Media, or a row past the ORM."""

    @property
    def id(self) -> Any: ...
    @property
    def kind(self) -> str: ...
    @property
    def health(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def source_url(self) -> str: ...
    @property
    def blob_id(self) -> Any: ...
    @property
    def bucket_id(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a medium's bytes are: relative signed paths, an outside address for a linked original, None for what cannot be."""

    original: str | None
    preview: str | None
    thumbnail: str | None


def of(media: Media, *, name: str = "") -> dict[str, str | None]:
    """Return {"url", "preview_url", "thumbnail_url"} of a medium loaded with its blob; see `addresses`."""
    found = addresses(media, name=name)
    return {"url": found.original, "preview_url": found.preview, "thumbnail_url": found.thumbnail}


def addresses(media: Media, *, name: str = "") -> Addresses:
    """Return the addresses of a medium loaded with `select_related("blob")`; costs no query and about 10 us.

    `name` (of the home item) becomes the last part of the original's path. The preview is the original
    itself where browsers can show it. Addresses stay the same all day and work 24 to 48 hours.
    """
    expiry = signing.expiry_of(time.time())
    sha256 = media.blob.sha256 if media.blob else None
    original = original_of(media.pk, name or default_name(media), sha256=sha256, source_url=media.source_url)
    if has_poster(media):
        return Addresses(
            original, _rendition(media, "preview", expiry), _rendition(media, "thumbnail", expiry)
        )
    if not is_decoded_image(media):
        return Addresses(original, None, None)
    preview = original if preview_is_original(media) else _rendition(media, "preview", expiry)
    return Addresses(original, preview, _rendition(media, "thumbnail", expiry))


def original_of(media_id: uuid.UUID | str, name: str, *, sha256: str | None, source_url: str) -> str | None:
    """Return the address of an original, of what rows past the ORM know of it; None when its bytes are nowhere."""
    if sha256 is None and not source_url.startswith(BUCKET_SCHEME):
        return source_url or None
    path = signing.media_path(media_id, "original", original_version(sha256), name)
    return _sign(path, signing.expiry_of(time.time()))


def thumbnail(media: Media) -> str | None:
    """Return the address of the thumbnail alone, as `addresses` has it: a list shows nothing else."""
    is_there = is_decoded_image(media) or has_poster(media)
    return _rendition(media, "thumbnail", signing.expiry_of(time.time())) if is_there else None


def of_video(media: Media, variant: str) -> str:
    """Return the address of what was made of a video loaded with its blob: its "proxy" or its "sprites"."""
    return _rendition(media, variant, signing.expiry_of(time.time()))


def fitted(media: Media, side: int) -> str | None:
    """Return the address of the image made to fit side x side pixels (200 or 1024), upright; None when there can be none."""
    return (
        _rendition(media, f"fit{side}", signing.expiry_of(time.time())) if is_decoded_image(media) else None
    )


def fitted_of(media_id: uuid.UUID | str, side: int, *, sha256: str | None) -> str:
    """Return the address of a decoded image made to fit side x side pixels, of what rows past the ORM know of it."""
    variant = f"fit{side}"
    path = signing.media_path(media_id, variant, rendition_version(sha256), f"{variant}.jpg")
    return _sign(path, signing.expiry_of(time.time()))


def crop(media: Media, box: tuple[float, float, float, float]) -> str | None:
    """Return the address of the part of an image inside `box` (x0, y0, x1, y1 pixels), shown to fit 320 x 320."""
    return crop_of(media, box, sha256=media.blob.sha256 if media.blob else None)


def crop_of(image: Source, box: tuple[float, float, float, float], *, sha256: str | None) -> str | None:
    """Return what `crop` does, of what rows past the ORM know of an image."""
    if (image.blob_id is None and image.bucket_id is None) or not is_decoded_image(image):
        return None
    variant = "crop_" + "_".join(map(_short, box))
    path = signing.media_path(image.id, variant, rendition_version(sha256), "crop.jpg")
    return _sign(path, signing.expiry_of(time.time()))


def _short(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.2f}".rstrip("0").rstrip(".")


def export(job: Job, name: str, *, actor: Actor) -> str:
    """Return the address of the file that a job made; `name` is what it is saved as.

    Whoever has the address may download the file, as long as `actor` may: see `renditions.find_artifact`.
    """
    return _sign(signing.export_path(job.pk, actor.user_id, name), signing.expiry_of(time.time()))


def upload(slot: Upload) -> str:
    """Return the address to which the bytes of an upload slot are PUT; works until the slot expires."""
    return _sign(signing.upload_path(slot.pk), int(slot.expires_at.timestamp()))


def version(blob: Blob | None, variant: str) -> str:
    """Return the part of a path that changes when the bytes behind it do."""
    if variant != "original":
        return rendition_version(blob.sha256 if blob else None)
    return original_version(blob.sha256 if blob else None)


def original_version(sha256: str | None) -> str:
    """Return that part for an original with the bytes `sha256`; None for one whose bytes are elsewhere."""
    return LINKED if sha256 is None else sha256[:16]


def rendition_version(sha256: str | None) -> str:
    """Return that part for a rendition of the bytes `sha256`; None for a linked image, whose bytes are elsewhere."""
    return f"r{RENDITION_VERSION}-{LINKED if sha256 is None else sha256[:16]}"


def is_decoded_image(media: Source) -> bool:
    """Return whether there is a decoded raster that thumbnails can be made of."""
    has_source = media.blob_id is not None or bool(media.source_url)
    return media.kind == MediaKind.IMAGE and media.health != "ERROR" and media.width > 0 and has_source


def has_poster(media: Media) -> bool:
    """Return whether a video has a preview and a thumbnail: its job has made them."""
    return media.kind == MediaKind.VIDEO and media.is_prepared and media.health != "ERROR"


def preview_is_original(media: Media) -> bool:
    """Return whether browsers show the original well enough that it is its own preview."""
    needs = imaging.needs_preview(
        media.format,
        media.mode,
        media.width,
        media.height,
        orientation=media.orientation,
        frames=media.frame_count or 1,
        is_deep=_is_deep(media),
    )
    return not needs


def shows_original(media: Media) -> bool:
    """Return whether browsers show the original in the right look, so that it can be used where the preview is too small."""
    return imaging.shows_original(media.format, is_deep=_is_deep(media))


def needs_tiles(media: Media) -> bool:
    """Return whether the labeling page shows an image by tiles, once they are made: see `rules.needs_pyramid`."""
    has_bytes = media.blob_id is not None or media.bucket_id is not None
    return has_bytes and is_decoded_image(media) and rules.needs_pyramid(
        media.format, media.mode, media.width, media.height, is_deep=_is_deep(media)
    )  # fmt: skip


def tiles(media: Media, layers: Sequence[str]) -> list[str]:
    """Return the addresses of the layers of a pyramid; "{tile}" stands for "layer.json" or "<level>/<column>_<row>"."""
    expiry = signing.expiry_of(time.time())
    version_of_bytes = version(media.blob, rules.COLOR)
    paths = [signing.tiles_path(media.pk, layer, version_of_bytes) for layer in layers]
    return [_sign(path, expiry).replace("?", "{tile}?", 1) for path in paths]


def _is_deep(media: Media) -> bool:
    return (
        media.display_range is not None or display_range.is_deep(media.mode) or rules.has_channels(media.mode)
    )


def default_name(media: Media) -> str:
    """Return a file name for a medium whose name was not loaded."""
    extensions: Sequence[str] = probe.EXTENSIONS.get(media.format) or containers.EXTENSIONS.get(
        media.format, ()
    )
    return f"{media.number}.{extensions[0]}" if extensions else str(media.number)


def is_valid(path: str, expiry: str, given: str) -> bool:
    """Return whether a request for a decoded path carries a valid signature."""
    return signing.verify(settings.MEDIA_SIGNING_KEYS, path, expiry=expiry, given=given)


def _rendition(media: Media, variant: str, expiry: int) -> str:
    name = f"{variant.split('_')[0]}.{'mp4' if variant == 'proxy' else 'jpg'}"
    return _sign(signing.media_path(media.pk, variant, version(media.blob, variant), name), expiry)


def _sign(path: str, expiry: int) -> str:
    return signing.sign(settings.MEDIA_SIGNING_KEYS, path, expiry=expiry)
