"""The frame table of every kind of video names the right time of each frame, and so does the version for browsers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from annotator.domain.frames import FrameTable, unpack
from annotator.storage.video import filmstrip, pictures, proxy, reading
from tests import videos as made

LIMITS = reading.Limits(pixels=36_000_000, seconds=86_400, frames=5_000_000)
B_FRAMES = (("bf", "2"), ("g", "12"))
#: Name -> (content, frames, seconds at which frame n is shown, rotation)
Case = tuple[Callable[[], bytes], int, Callable[[int], float]]


def even(rate: int) -> Callable[[int], float]:
    return lambda number: number / rate


def varying(number: int) -> float:
    return made.variable()[number] / 1000


KINDS: dict[str, Case] = {
    "H.264 with B-frames": (made.h264, 50, even(25)),
    "H.264, variable rate": (lambda: made.h264(frames=60, times=made.variable()), 60, varying),
    "H.264 at 29.97": (lambda: made.h264(frames=40, times=tuple(range(0, 40 * 1001, 1001)), base=30000), 40, lambda n: n * 1001 / 30000),
    "VP9": (lambda: made.vp9(frames=40), 40, even(25)),
    "VP9, variable rate": (lambda: made.vp9(frames=60, times=made.variable()), 60, varying),
    "VP8 with hidden frames": (made.vp8_with_hidden_frames, 50, even(25)),
    "MOV, turned": (lambda: made.make("mov", rotation=90), 50, even(25)),
    "MKV": (lambda: made.make("matroska", options=B_FRAMES), 50, even(25)),
    "MKV, variable rate": (lambda: made.make("matroska", frames=60, times=made.variable()), 60, varying),
    "uncompressed AVI": (lambda: made.make("avi", "rawvideo", pixels="bgr24", frames=12), 12, even(25)),
    "H.264 in AVI": (lambda: made.make("avi", options=B_FRAMES), 50, even(25)),
    "MPEG-4 in AVI": (lambda: made.make("avi", "mpeg4", options=(("bf", "2"), ("b", "900k"))), 50, even(25)),
    "MPEG program stream": (lambda: made.make("mpeg", "mpeg2video", options=(*B_FRAMES, ("b", "2000k"))), 50, even(25)),
    "MPEG transport stream": (lambda: made.make("mpegts", options=B_FRAMES), 50, even(25)),
    "with sound": (lambda: made.h264(sound="aac"), 50, even(25)),
}  # fmt: skip


@pytest.fixture(params=KINDS, scope="module")
def video(request: Any, tmp_path_factory: Any) -> tuple[Path, reading.Index, Case]:
    case = KINDS[request.param]
    path = made.file_of(tmp_path_factory.mktemp("video"), "video.bin", case[0]())
    return path, reading.index(path, LIMITS, lambda share: None), case


def test_the_table_names_the_time_of_every_frame(video: tuple[Path, reading.Index, Case]) -> None:
    path, found, (_, count, seconds) = video
    table, shown = found.table, made.shown(path)
    assert table is not None and len(table) == count and not found.facts.problem
    # What the pixels say: frame n of the table is the frame of the number n.
    assert [number for number, _ in shown] == list(range(count))
    for number in range(count):
        assert float(table.seconds(number)) == pytest.approx(seconds(number), abs=0.001)
        middle = Fraction(seconds(number)).limit_denominator(100_000) + Fraction(3, 1000)
        assert table.index_at(middle) == number
    decoded_keys = [frame.key_frame for frame in _frames(path)]
    assert table.keys.tolist() == decoded_keys
    again = unpack(table.pack())
    assert (again.ticks == table.ticks).all() and (again.keys == table.keys).all()
    assert (again.base, again.end) == (table.base, table.end)


def _frames(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path)) as file:
        return list(file.decode(video=0))


def test_the_version_for_browsers_has_the_same_frames_at_the_same_times(
    video: tuple[Path, reading.Index, Case], tmp_path: Path
) -> None:
    path, found, (_, count, _seconds) = video
    assert found.table is not None
    target = tmp_path / "proxy.mp4"
    part, decoded = proxy.make(path, found.table, found.origin, target, lambda share: None)
    assert decoded == count and (part["width"], part["height"]) == (found.facts.width, found.facts.height)
    again = reading.index(target, LIMITS, lambda share: None)
    table = again.table
    assert table is not None and len(table) == count
    assert again.facts.is_played and (again.facts.width, again.facts.height) == (
        found.facts.width,
        found.facts.height,
    )
    assert [number for number, _ in made.shown(target)] == list(range(count))
    times = [float(table.seconds(number)) for number in range(count)]
    assert times == pytest.approx([float(found.table.seconds(number)) for number in range(count)], abs=0.0002)
    assert target.read_bytes().index(b"moov") < target.read_bytes().index(b"mdat")


def test_poster_and_filmstrip_show_the_right_frames(
    video: tuple[Path, reading.Index, Case], tmp_path: Path
) -> None:
    from PIL import Image

    path, found, (_, count, _seconds) = video
    table = found.table
    assert table is not None
    poster = pictures.poster(path, table, found.origin, tmp_path)
    assert [(one["variant"], one["width"], one["height"]) for one in poster] == [
        ("preview", found.facts.width, found.facts.height), ("thumbnail", found.facts.width, found.facts.height)
    ]  # fmt: skip
    sheet = pictures.sheet(path, table, found.origin, tmp_path, lambda share: None)[0]
    tiles = filmstrip.count(count)
    columns = min(tiles, filmstrip.COLUMNS)
    image = np.asarray(Image.open(tmp_path / "sprites.jpg"))
    assert image.shape[:2] == (sheet["height"], sheet["width"])
    if found.facts.rotation:
        return
    width, height = sheet["width"] // columns, sheet["height"] // -(-tiles // columns)
    for index, at in enumerate(filmstrip.times(count, table.end * table.base)):
        y, x = index // columns * height, index % columns * width
        tile = av.VideoFrame.from_ndarray(
            np.ascontiguousarray(image[y : y + height, x : x + width]), format="rgb24"
        )
        assert made.number_of(tile) == table.index_at(at)


def test_a_turned_video_is_upright(tmp_path: Path) -> None:
    """A quarter turn swaps the sides, and the poster is turned as players turn it."""
    from PIL import Image

    plain = made.file_of(tmp_path, "plain.mov", made.make("mov"))
    for rotation in (90, 180, 270):
        path = made.file_of(tmp_path, "turned.mov", made.make("mov", rotation=rotation))
        found = reading.index(path, LIMITS, lambda share: None)
        assert found.table is not None
        assert (found.facts.width, found.facts.height) == ((96, 128) if rotation != 180 else (128, 96))
        assert found.facts.rotation == 360 - rotation
        pictures.poster(path, found.table, found.origin, tmp_path)
        turned = np.asarray(Image.open(tmp_path / "preview.jpg").convert("L")).astype(int)
        with av.open(str(plain)) as file:
            upright = next(file.decode(video=0)).to_ndarray(format="gray").astype(int)
        assert np.abs(np.rot90(upright, rotation // 90) - turned).mean() < 6


def test_a_table_of_an_hour_is_small() -> None:
    count = 90_000
    keys = np.zeros(count, bool)
    keys[::250] = True
    table = FrameTable(np.arange(count, dtype=np.int64) * 512, keys, Fraction(1, 12_800), count * 512)
    assert len(table.pack()) < 3_000 and table.duration_ms == 3_600_000
    rng = np.random.default_rng(1)
    shaky = FrameTable(np.cumsum(rng.integers(30, 36, count)), keys, Fraction(1, 1000), 10**9)
    assert len(shaky.pack()) < 60_000
    for wrong in (b"", b"\x02" + table.pack()[1:]):
        with pytest.raises(ValueError):
            unpack(wrong)


def test_real_videos_beside_the_project() -> None:
    """Clips of cameras and other encoders, where a folder of them lies beside the checkout."""
    for path in sorted((Path(__file__).resolve().parents[4] / "shared" / "data" / "video").glob("*.*")):
        found = reading.index(path, LIMITS, lambda share: None)
        frames = _frames(path)
        assert found.table is not None and len(found.table) == len(frames), path.name
        assert found.table.keys.tolist() == [frame.key_frame for frame in frames], path.name
        if found.facts.container == "AVI":  # one length for all frames, whatever their packets say
            assert found.table.ticks.tolist() == list(range(len(frames)))
        else:
            assert [tick + found.origin for tick in found.table.ticks.tolist()] == [
                frame.pts for frame in frames
            ]
