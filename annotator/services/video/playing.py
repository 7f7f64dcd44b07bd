"""What a player of a video needs: which file it plays, and what was made beside it."""

from __future__ import annotations

from dataclasses import dataclass

from annotator.models import Media, Rendition, VideoFacts
from annotator.services.media import urls as media_urls
from annotator.storage.video import containers, filmstrip


@dataclass(frozen=True, slots=True)
class Playable:
    """Addresses of the file to play with its media type, of the poster and of the filmstrip; None for what is not there (yet)."""

    url: str | None
    mime: str
    poster: str | None
    filmstrip: str | None
    #: Tiles of the filmstrip: how many, how many in a row, each width x height pixels.
    tiles: int
    columns: int
    tile_width: int
    tile_height: int


def playable(media: Media, *, name: str = "") -> Playable:
    """Return what a page plays of a video loaded with its blob: the version made for browsers, or an original they play. Two queries."""
    facts = VideoFacts.objects.filter(media=media).only("is_played").first()
    made = {
        row.variant: row for row in Rendition.objects.filter(media=media, variant__in=("proxy", "sprites"))
    }
    found = media_urls.addresses(media, name=name)
    url, mime = None, ""
    if "proxy" in made:
        url, mime = media_urls.of_video(media, "proxy"), "video/mp4"
    elif facts is not None and facts.is_played:
        url, mime = found.original, containers.MIMES.get(media.format, "")
    sheet = made.get("sprites")
    tiles = filmstrip.count(media.frame_count or 1)
    columns = min(tiles, filmstrip.COLUMNS)
    rows = -(-tiles // columns)
    return Playable(
        url, mime, found.preview, media_urls.of_video(media, "sprites") if sheet else None, tiles, columns,
        sheet.width // columns if sheet else 0, sheet.height // rows if sheet else 0,
    )  # fmt: skip
