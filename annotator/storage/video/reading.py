"""Probe and frame table of a video file, by demuxing; runs in a decoding child."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from annotator.domain.frames import FrameTable
from annotator.storage import probe
from annotator.storage.imaging import ImageError
from annotator.storage.video import containers

if TYPE_CHECKING:
    from av.container import InputContainer

Report = Callable[[float], None]
# Codecs whose frames an AVI stores in another order than they are shown in, without saying when.
_REORDERED = {"h264", "hevc"}
_REPORT_EVERY = 500
MAX_TICK = 2**62


class VideoError(ImageError):
    """A video that cannot be used as it is: `code` of the quality log, words for people."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a video may have: pixels a frame, seconds, frames."""

    pixels: int
    seconds: int
    frames: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a video is. Width and height are those shown, after `rotation` (degrees clockwise: 0, 90, 180, 270).

    `problem` is why it can be used in part only, empty for a sound one.
    """

    container: str
    codec: str
    pixel_format: str
    audio: str
    width: int
    height: int
    rotation: int
    frame_rate: float
    is_variable: bool
    is_played: bool
    problem: str
    is_decodable: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    """What was read of a file: no table for one without pictures. Tick 0 of the table is `origin` in the file."""

    facts: Facts
    table: FrameTable | None = None
    origin: int = 0


@contextlib.contextmanager
def open_video(path: Path) -> Iterator[tuple[InputContainer, str]]:
    """Give an opened file and its container's name. Raises VideoError for what is no video or has no readable header."""
    import av

    with path.open("rb") as file:
        head = file.read(containers.HEAD)
    if not head:
        raise VideoError("zero_bytes", "The file is empty (0 bytes).")
    found = containers.sniff(head)
    if found is None:
        raise VideoError("not_a_video", not_a_video(head))
    try:
        # Only this file is ever opened, whatever is written in it.
        container = av.open(
            str(path), format=found[1], options={"protocol_whitelist": "file", "enable_drefs": "0"}
        )
    except (av.FFmpegError, ValueError) as error:
        raise VideoError(
            "truncated", f"The file is cut off or damaged: its {found[0]} header cannot be read."
        ) from error
    with container:
        yield container, found[0]


def not_a_video(head: bytes) -> str:
    """Return in words what a file is instead of a video, by its first bytes."""
    kind = probe.sniff(head)
    what = f"It is a file of the kind {kind}, not a video." if kind else "It is not a video."
    return f"{what} Videos are MP4, MOV, MKV, WebM, AVI and MPEG files."


def picture_stream(container: InputContainer) -> Any:
    """Return the stream of pictures, None where there is none but a cover."""
    return next((one for one in container.streams.video if not _is_cover(one)), None)


def index(path: Path, limits: Limits, report: Report) -> Index:
    """Return what a video is and when each frame is shown; see `Facts.problem` for what can be used in part only.

    Raises VideoError for a file of which nothing can be used, or which is beyond the limits.
    """
    with open_video(path) as (container, name):
        audio = container.streams.audio[0].codec_context.name if container.streams.audio else ""
        stream = picture_stream(container)
        codec = stream.codec_context if stream is not None else None
        if codec is None:
            return Index(_without_pictures(name, audio, is_unknown=stream is not None))
        size, named = (codec.width, codec.height), stream.average_rate
        _check_pixels(size, limits)
        table, origin, problem = _table(container, stream, name, limits, report)
        codec_name, pixel_format = codec.name, codec.pix_fmt or ""
    look = _look(path)
    if look is None:
        problem = problem or "Its first frames cannot be decoded. Convert it to H.264 and upload it again."
    rotation, (width, height) = look or (0, size)
    facts = Facts(
        name, codec_name, pixel_format, audio, width, height, rotation, frame_rate=_rate(table, named),
        is_variable=table.is_variable, is_played=containers.is_played(name, codec_name, pixel_format, audio),
        problem=problem, is_decodable=look is not None,
    )  # fmt: skip
    return Index(facts, table, origin)


def _without_pictures(name: str, audio: str, *, is_unknown: bool) -> Facts:
    if not audio and not is_unknown:
        raise VideoError("no_frames", "The file holds neither pictures nor sound.")
    problem = "The file holds sound only, no pictures."
    if is_unknown:
        problem = "Its codec is unknown here: the frames cannot be decoded. Convert it to H.264 and upload it again."
    return Facts(name, "", "", audio, 0, 0, 0, 0.0, False, False, problem)


def _check_pixels(size: tuple[int, int], limits: Limits) -> None:
    if size[0] * size[1] > limits.pixels:
        reason = f"Its frames have {size[0]:,} x {size[1]:,} pixels; the limit is {limits.pixels / 1e6:,.0f} million pixels."
        raise VideoError("too_large", reason)


def _rate(table: FrameTable, named: Any) -> float:
    """Return the frames a second: as the file names it, unless its frames say otherwise."""
    is_near = not table.is_variable and named and abs(float(named) - table.rate) < 0.005 * table.rate + 0.001
    return float(named) if is_near else table.rate


def _is_cover(stream: Any) -> bool:
    """Return whether a stream is the cover picture of an audio file."""
    return "attached_pic" in stream.disposition.name.lower() if stream.disposition else False


def _table(
    container: InputContainer, stream: Any, name: str, limits: Limits, report: Report
) -> tuple[FrameTable, int, str]:
    """Return the frame table, its origin, and what is wrong with the file's end."""
    base = Fraction(stream.time_base)
    length = max(1, container.size)
    times: list[int | None] = []
    keys: list[bool] = []
    count, end, is_damaged = 0, 0, False
    for packet in packets(container, [stream]):
        if packet is None:
            is_damaged = True
            break
        if not packet.size or packet.is_discard or _is_hidden(stream.codec_context.name, packet):
            count += bool(packet.size)
            continue
        count += 1
        is_damaged |= packet.is_corrupt
        time = packet.pts if packet.pts is not None else packet.dts
        times.append(time)
        keys.append(packet.is_keyframe)
        if time is not None:
            end = max(end, time + (packet.duration or 0))
        if len(times) > limits.frames:
            raise VideoError("too_large", f"It has more than {limits.frames:,} frames, which is the limit.")
        if len(times) % _REPORT_EVERY == 0:
            report((packet.pos or 0) / length)
    if not times:
        raise VideoError(
            "no_frames", "The file holds no frame: it is empty or was cut off before the first one."
        )
    if (
        None in times
        or len(set(times)) < len(times)
        or (name == "AVI" and stream.codec_context.name in _REORDERED)
    ):
        rising, keys = _by_decoding(Path(container.name), name, times)
    else:
        rising = [time for time in times if time is not None]
    table = _sorted(rising, keys, base, end, _origin(container, stream, name))
    seconds = float(table.end * base)
    if seconds > limits.seconds:
        raise VideoError(
            "too_large",
            f"It lasts {seconds / 3600:,.1f} hours; the limit is {limits.seconds / 3600:,.1f} hours.",
        )
    return table, min(rising) - int(table.ticks[0]), _missing(container, stream, count, seconds, is_damaged)


def packets(container: InputContainer, streams: Sequence[Any]) -> Iterator[Any]:
    """Yield the packets of streams; None where the file cannot be read further."""
    import av

    try:
        yield from container.demux(*streams)
    except (av.FFmpegError, EOFError):
        yield None


def _is_hidden(codec: str, packet: Any) -> bool:
    """Return whether a packet is a picture that is never shown: VP8 says so in the fourth bit of its first byte."""
    return codec == "vp8" and not bytes(memoryview(packet)[:1])[0] >> 4 & 1


def _sorted(times: list[int], keys: list[bool], base: Fraction, end: int, origin: int) -> FrameTable:
    if max(times) - min(min(times), 0) > MAX_TICK:
        raise VideoError(
            "no_times", "The times of its frames make no sense. Convert it to MP4 and upload it again."
        )
    ticks = np.array(times, np.int64)
    order = np.argsort(ticks, kind="stable")
    ticks = ticks[order] - min(origin, int(ticks.min()))
    offset = int(ticks[0]) - min(times)
    last = int(ticks[-1])
    usual = int(np.median(np.diff(ticks))) if len(ticks) > 1 else 0
    return FrameTable(
        ticks,
        np.array(keys, bool)[order],
        base,
        max(end + offset, last + (usual if end + offset <= last else 0), last),
    )


def _origin(container: InputContainer, stream: Any, name: str) -> int:
    """Return the tick at which players begin.

    Those of MP4 and WebM play the times of the file; other containers begin at any time, and their players, like the
    version that is made for browsers, with their first frame or sound. AVI counts frames, some from 0 and some from 1.
    """
    if name == "AVI":
        return MAX_TICK
    start = stream.start_time or 0
    if container.start_time is not None:
        start = min(start, int(Fraction(container.start_time, 1_000_000) / stream.time_base))
    return min(0, start) if name in ("MP4", "WEBM") else start


def _by_decoding(path: Path, name: str, known: list[int | None]) -> tuple[list[int], list[bool]]:
    """Return times and key flags in the order shown, where packets do not tell them."""
    import av

    times: list[int] = []
    keys: list[bool] = []
    with open_video(path) as (container, _):
        try:
            for frame in container.decode(picture_stream(container)):
                times.append(frame.pts if frame.pts is not None else (times[-1] + 1 if times else 0))
                keys.append(bool(frame.key_frame))
        except av.FFmpegError:
            pass
    if not times:
        raise VideoError("no_frames", "None of its frames can be decoded.")
    if name == "AVI":  # its frames have one length each; their order is that of decoding
        rising = sorted(time for time in known if time is not None)
        times = rising if len(rising) == len(times) else list(range(len(times)))
    elif len(set(times)) < len(times):
        raise VideoError(
            "no_times",
            "Its frames have no times of their own, so it cannot be labeled. Convert it to MP4 and upload it again.",
        )
    return times, keys


def _missing(container: InputContainer, stream: Any, count: int, seconds: float, is_damaged: bool) -> str:
    """Return in words that a file ends before its header says so, or is damaged on the way."""
    if stream.frames and count < stream.frames:
        return f"The file is cut off: its header names {stream.frames:,} frames, it holds {count:,}."
    if container.duration and container.duration / 1e6 > 1.05 * seconds + 0.5:
        told = container.duration / 1e6
        if not container.streams.audio:
            return f"The file is cut off, or its header is wrong: it names {told:,.1f} s, the frames last {seconds:,.1f} s."
    return "The file is damaged: parts of it cannot be read." if is_damaged else ""


def _look(path: Path) -> tuple[int, tuple[int, int]] | None:
    """Decode the first frame; return by how much it is to be turned clockwise and its size then, None if it cannot be decoded."""
    import av

    with open_video(path) as (container, _):
        try:
            frame = next(container.decode(picture_stream(container)), None)
        except (av.FFmpegError, ValueError):
            frame = None
        if frame is None:
            return None
    # PyAV says counter-clockwise.
    turn = round(-frame.rotation / 90) % 4 * 90
    size = (frame.width, frame.height)
    return turn, size[::-1] if turn in (90, 270) else size
