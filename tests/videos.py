"""Videos made by PyAV, once in a test process: every frame carries its number in the pixels, so that it can be read back."""

from __future__ import annotations

import functools
import io
import json
import struct
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from annotator.services.video import child, processes

WIDTH, HEIGHT, _BLOCK = 128, 96, 16
_BITS = 12


def picture(number: int) -> np.ndarray[Any, Any]:
    """Return a frame that says its number in blocks of black and white, over a gray that moves."""
    image = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    image[64:96, number % (WIDTH - 16) : number % (WIDTH - 16) + 16] = (200, 120, 40)
    for bit in range(_BITS):
        x, y = bit % 8 * _BLOCK, bit // 8 * 2 * _BLOCK
        image[y : y + _BLOCK, x : x + _BLOCK] = 235 if number >> bit & 1 else 20
    return image


def number_of(frame: av.VideoFrame) -> int:
    """Return the number that a decoded frame shows, also of another size or compressed again."""
    gray = frame.to_ndarray(format="gray").astype(float)
    step_x, step_y = gray.shape[1] / WIDTH, gray.shape[0] / HEIGHT
    number = 0
    for bit in range(_BITS):
        x, y = (bit % 8 + 0.5) * _BLOCK * step_x, (bit // 8 * 2 + 0.5) * _BLOCK * step_y
        patch = gray[
            int(y - 3 * step_y) : int(y + 3 * step_y) + 1, int(x - 3 * step_x) : int(x + 3 * step_x) + 1
        ]
        number |= int(patch.mean() > 120) << bit
    return number


def turned(frame: av.VideoFrame) -> av.VideoFrame:
    """Return a frame as it is to be shown: by the rotation that its file names, counter-clockwise."""
    image = np.rot90(frame.to_ndarray(format="rgb24"), frame.rotation // 90)
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")


@functools.cache
def make(
    container: str = "mp4",
    codec: str = "libx264",
    *,
    frames: int = 50,
    rate: int = 25,
    pixels: str = "yuv420p",
    times: tuple[int, ...] | None = None,
    base: int = 1000,
    rotation: int = 0,
    options: tuple[tuple[str, str], ...] = (),
    sound: str = "",
) -> bytes:
    """Return a file of `frames` numbered frames at a constant rate, or at `times` in units of 1/`base` s."""
    out = io.BytesIO()
    unit = Fraction(1, rate) if times is None else Fraction(1, base)
    with av.open(out, "w", format=container) as file:
        fast = {"preset": "ultrafast", "threads": "1"} if codec == "libx264" else {}
        stream: Any = file.add_stream(codec, rate=rate, options=fast | dict(options)) if frames else None
        tone: Any = file.add_stream(sound, rate=48000) if sound else None
        if stream is not None:
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pixels
            if rotation:
                stream.set_display_rotation(rotation)
            if times is not None:
                stream.time_base = stream.codec_context.time_base = unit
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(picture(number), format="rgb24")
            frame.pts, frame.time_base = (number if times is None else times[number]), unit
            file.mux(stream.encode(frame))
        if stream is not None:
            file.mux(stream.encode(None))
        if tone is not None:
            _add_tone(file, tone, seconds=max(1, frames // rate))
    return out.getvalue()


def _add_tone(file: Any, stream: Any, seconds: int) -> None:
    """Add a tone of 440 Hz."""
    size = stream.codec_context.frame_size or 1024
    layout = stream.codec_context.layout.name
    for start in range(0, 48000 * seconds, size):
        wave = (0.1 * np.sin(2 * np.pi * 440 / 48000 * np.arange(start, start + size))).astype(np.float32)
        channels = 2 if layout == "stereo" else 1
        frame = av.AudioFrame.from_ndarray(np.stack([wave] * channels), format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
        file.mux(stream.encode(frame))
    file.mux(stream.encode(None))


@functools.cache
def variable(count: int = 60) -> tuple[int, ...]:
    """Return rising times in milliseconds with very different steps."""
    steps = [(20, 35, 90, 400, 17)[number % 5] for number in range(count - 1)]
    return (0, *np.cumsum(steps).tolist())


def h264(**options: Any) -> bytes:
    """Return an MP4 with B-frames and a key frame every 30 frames."""
    return make("mp4", "libx264", options=(("bf", "3"), ("g", "30"), ("crf", "18")), **options)


def vp9(**options: Any) -> bytes:
    return make(
        "webm",
        "libvpx-vp9",
        options=(("deadline", "realtime"), ("cpu-used", "8"), ("g", "25"), ("b", "500k")),
        **options,
    )


@functools.cache
def vp8_with_hidden_frames() -> bytes:
    """Return a WebM in which a picture that is never shown, as encoders make them to refer to, stands before each key frame."""
    source = make("webm", "libvpx", options=(("g", "12"), ("b", "600k"), ("threads", "1")))
    out, hidden = io.BytesIO(), 0
    with av.open(io.BytesIO(source)) as file, av.open(out, "w", format="webm") as target:
        stream = target.add_stream_from_template(file.streams.video[0])
        for packet in file.demux(video=0):
            if packet.dts is None or packet.pts is None:
                continue
            if packet.is_keyframe and packet.pts > 0:
                content = bytes(packet)
                extra = av.Packet(bytes([content[0] & ~0x10]) + content[1:])  # the bit that says: show it
                extra.pts = extra.dts = packet.pts - 1
                extra.time_base, extra.stream, extra.is_keyframe = packet.time_base, stream, True
                target.mux(extra)
                hidden += 1
            packet.stream = stream
            target.mux(packet)
    assert hidden == 4
    return out.getvalue()


def index_first(data: bytes) -> bytes:
    """Return an MP4 with its index before its frames, as the web likes it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "first.mp4"
        with (
            av.open(io.BytesIO(data)) as source,
            av.open(str(path), "w", options={"movflags": "faststart"}) as target,
        ):
            stream = target.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(video=0):
                if packet.dts is not None:
                    packet.stream = stream
                    target.mux(packet)
        return path.read_bytes()


def with_field(data: bytes, box: bytes, offset: int, value: bytes) -> bytes:
    """Return an MP4 with other bytes at an offset behind the name of its first `box`."""
    at = data.index(box) + len(box) + offset
    return data[:at] + value + data[at + len(value) :]


def renamed_codec(data: bytes, old: bytes = b"avc1", new: bytes = b"zzzz") -> bytes:
    """Return an MP4 that names a codec which nobody knows."""
    at = data.index(b"stsd")
    return data[:at] + data[at:].replace(old, new, 1)


def absurd_header(data: bytes) -> bytes:
    """Return an MP4 whose header says that it lasts for years."""
    data = with_field(data, b"mvhd", 16, struct.pack(">I", 0xFFFFFFF0))
    return with_field(data, b"mdhd", 16, struct.pack(">I", 0xFFFFFFF0))


def shown(path: Path) -> list[tuple[int, Any]]:
    """Return (number, time as the file has it) of each frame, in the order in which a decoder shows them."""
    with av.open(str(path)) as file:
        return [(number_of(frame), frame.pts) for frame in file.decode(video=0)]


def file_of(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def absurd_size(avi: bytes) -> bytes:
    """Return an AVI whose header says that its frames are 9,000 pixels wide and high."""
    return with_field(avi, b"strf", 8, struct.pack("<ii", 9_000, 9_000))


def without_frames() -> bytes:
    """Return an MP4 with a video track and not a single frame."""
    data = bytearray(h264())
    for box, fields in ((b"stts", 1), (b"stsz", 2), (b"stsc", 1), (b"ctts", 1), (b"stss", 1), (b"stco", 1)):
        at = data.find(box)
        if at >= 0:  # the number of entries
            struct.pack_into(">I", data, at + 4 + 4 * fields, 0)
    return bytes(data)


@functools.cache
def far_keys() -> bytes:
    """Return an MP4 of 20 s with one key frame."""
    return make("mp4", frames=40, rate=2, options=(("g", "1000"), ("sc_threshold", "0"), ("bf", "2")))


def read_in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let videos be read in the test's own process: a child of its own costs half a second of CPU, most of it to start."""

    def call(name: str, *, progress: Any, check: Any, **args: Any) -> dict[str, Any]:
        progress(0.0)  # as a child says when it begins
        check()
        asked = json.loads(json.dumps({"call": name, "args": args}))
        outcome: dict[str, Any] = json.loads(json.dumps(child.answer(asked, lambda share: None)))
        if not outcome.pop("ok"):
            raise processes.Unreadable(outcome["reason"], code=outcome["code"])
        return outcome

    monkeypatch.setattr(processes, "call", call)
