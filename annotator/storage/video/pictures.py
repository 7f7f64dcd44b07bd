"""Pictures made of a video: its poster, and the filmstrip, one sheet of small frames; runs in a decoding child."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.domain.frames import FrameTable
from annotator.storage import conversions, imaging
from annotator.storage.video import filmstrip, reading
from annotator.storage.video.order import FrameOrder

if TYPE_CHECKING:
    from av.container import InputContainer
    from PIL.Image import Image

# A file of fewer frames is decoded whole for its filmstrip; of a longer one key frames are taken.
_DECODED_WHOLE = 2000
_POSTER_AT = Fraction(1, 10)


def poster(path: Path, table: FrameTable, origin: int, folder: Path) -> list[dict[str, Any]]:
    """Write preview.jpg and thumbnail.jpg of a frame near the beginning; return [{"variant", "width", "height"}], empty if there is none."""
    with reading.open_video(path) as (container, _):
        image = _frame_at(container, origin + int(int(table.ticks[-1]) * _POSTER_AT))
    if image is None:
        return []
    made = []
    for variant in ("preview", "thumbnail"):
        image = conversions.shrink(image, imaging.FIT[variant])
        (folder / f"{variant}.jpg").write_bytes(conversions.jpeg_bytes(image, variant))
        made.append({"variant": variant, "width": image.width, "height": image.height})
    return made


def sheet(
    path: Path, table: FrameTable, origin: int, folder: Path, report: reading.Report
) -> list[dict[str, Any]]:
    """Write the filmstrip as sprites.jpg and return it as `poster` does; see `filmstrip` for where each frame is in it."""
    from PIL import Image

    count = filmstrip.count(len(table))
    tiles: list[Image.Image] = []
    times = filmstrip.times(len(table), table.end * table.base)
    with reading.open_video(path) as (container, name):
        if len(table) <= _DECODED_WHOLE:
            found = _whole(container, FrameOrder(table, origin, name), [table.index_at(at) for at in times])
        else:
            found = _keys(container, [origin + int(at / table.base) for at in times])
        for image in found:
            tiles.append(conversions.shrink(image, filmstrip.SIDE))
            report(len(tiles) / count)
    if not tiles:
        return []
    width, height = tiles[0].size
    columns = min(count, filmstrip.COLUMNS)
    whole = Image.new("RGB", (columns * width, math.ceil(count / columns) * height))
    for index in range(count):
        tile = tiles[min(index, len(tiles) - 1)]
        whole.paste(tile, (index % columns * width, index // columns * height))
    (folder / "sprites.jpg").write_bytes(conversions.jpeg_bytes(whole, "preview"))
    return [{"variant": "sprites", "width": whole.width, "height": whole.height}]


def _frame_at(container: InputContainer, tick: int) -> Image | None:
    """Return the key frame at or before a tick, upright; the first frame where the file cannot be searched."""
    import av

    stream = reading.picture_stream(container)
    for seek in (True, False):
        try:
            container.seek(tick if seek else 0, stream=stream, backward=True)
            frame = next(container.decode(stream), None)
        except (av.FFmpegError, ValueError):
            frame = None
        if frame is not None:
            return upright(frame)
    return None


def _keys(container: InputContainer, wanted: list[int]) -> Iterator[Image]:
    for tick in wanted:
        image = _frame_at(container, tick)
        if image is None:
            return
        yield image


def _whole(container: InputContainer, order: FrameOrder, wanted: list[int]) -> Iterator[Image]:
    """Yield the frames of these numbers, which rise; the one before for one that cannot be decoded."""
    import av

    left, shown = list(wanted), None
    try:
        for frame in container.decode(reading.picture_stream(container)):
            number = order.number_of(frame)
            while left and shown is not None and number is not None and number > left[0]:
                left.pop(0)
                yield upright(shown)
            shown = frame if number is not None else shown
    except (av.FFmpegError, ValueError):
        pass
    while left and shown is not None:
        left.pop(0)
        yield upright(shown)


def upright(frame: Any) -> Image:
    """Return a frame as an image, turned as its file says."""
    from PIL import Image

    image: Image.Image = frame.to_image()
    turns = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}
    turn = turns.get(round(frame.rotation / 90) % 4 * 90)
    return image if turn is None else image.transpose(turn)
