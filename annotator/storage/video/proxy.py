"""The version of a video that every browser plays and searches quickly: H.264 and AAC in an MP4; runs in a decoding child.

Every frame of the original is one frame of it, at the same time, so that frame numbers mean the same in both.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from annotator.domain.frames import FrameTable
from annotator.storage.video import reading
from annotator.storage.video.order import FrameOrder

#: Longest time between key frames with which an original is used as it is, in seconds.
KEY_GAP = 12.0
#: The longest side of the version for browsers.
SIDE = 1920
_KEY_SECONDS = 2
_CLOCK = 90_000
_THREADS = 2


def make(
    path: Path, table: FrameTable, origin: int, target: Path, report: reading.Report
) -> tuple[dict[str, Any], int]:
    """Write the version for browsers; return {"variant", "width", "height"} and how many frames could be decoded."""
    import av

    with (
        reading.open_video(path) as (source, name),
        av.open(str(target), "w", format="mp4", options={"movflags": "faststart"}) as output,
    ):
        pictures = reading.picture_stream(source)
        pictures.thread_type, pictures.codec_context.thread_count = "AUTO", _THREADS
        video = _Pictures(output, pictures, table, FrameOrder(table, origin, name))
        sound = _Sound(output, source, origin * table.base) if source.streams.audio else None
        streams = [pictures, *([sound.source] if sound else [])]
        for packet in reading.packets(source, streams):
            if packet is None:
                break
            if packet.stream is pictures:
                video.add(packet)
                report(video.done / len(table))
            elif sound is not None:
                sound.add(packet)
        video.end()
        if sound is not None:
            sound.end()
    if not video.done:
        raise reading.VideoError("no_frames", "None of its frames can be decoded.")
    turned = video.size[::-1] if video.is_turned else video.size
    return {"variant": "proxy", "width": turned[0], "height": turned[1]}, video.done


class _Pictures:
    """Decodes, scales and encodes the frames."""

    def __init__(self, output: Any, source: Any, table: FrameTable, order: FrameOrder) -> None:
        codec = source.codec_context
        self.size = fitted(codec.width, codec.height)
        self.done, self.is_turned = 0, False
        self._output, self._table, self._order = output, table, order
        self._last = -1
        rate = max(1, round(table.rate))
        options = {
            "preset": "veryfast",
            "crf": "23",
            "bf": "0",
            "g": str(_KEY_SECONDS * rate),
            "threads": str(_THREADS),
        }
        self._stream = output.add_stream("libx264", rate=rate, options=options)
        self._stream.width, self._stream.height = self.size
        self._stream.pix_fmt = "yuv420p"
        self._stream.time_base = self._stream.codec_context.time_base = Fraction(1, _CLOCK)

    def add(self, packet: Any) -> None:
        import av

        try:
            frames = packet.decode()
        except (av.FFmpegError, ValueError):
            return
        for frame in frames:
            number = self._order.number_of(frame)
            if number is None:
                continue
            self._last = max(self._last + 1, round(self._table.seconds(number) * _CLOCK))
            if not self.done and frame.rotation:
                self._stream.set_display_rotation(frame.rotation)
                self.is_turned = round(frame.rotation / 90) % 2 == 1
            small = frame.reformat(*self.size, format="yuv420p")
            small.pts, small.time_base, small.pict_type = self._last, Fraction(1, _CLOCK), 0
            self._output.mux(self._stream.encode(small))
            self.done += 1

    def end(self) -> None:
        self._output.mux(self._stream.encode(None))


class _Sound:
    """Decodes and encodes the sound; what cannot be decoded is left out."""

    def __init__(self, output: Any, source: Any, origin: Fraction) -> None:
        self.source = source.streams.audio[0]
        self._origin, self._output = origin, output
        self._stream = output.add_stream("aac", rate=48000, layout="stereo", options={"b": "128k"})

    def add(self, packet: Any) -> None:
        import av

        try:
            for frame in packet.decode():
                if frame.pts is not None:
                    frame.pts = max(0, frame.pts - int(self._origin / frame.time_base))
                self._output.mux(self._stream.encode(frame))
        except (av.FFmpegError, ValueError):
            return

    def end(self) -> None:
        import av

        try:
            self._output.mux(self._stream.encode(None))
        except (av.FFmpegError, ValueError):
            return


def fitted(width: int, height: int) -> tuple[int, int]:
    """Return the size of the version for browsers: fits SIDE, both sides even."""
    scale = min(1.0, SIDE / max(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)
