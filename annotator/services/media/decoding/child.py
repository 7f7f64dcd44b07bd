"""The child process that decodes what users send: reads calls from standard input, answers on standard output.

Never imports Django. Started by pool.py as `python -m annotator.services.media.decoding.child`; a
file that breaks the decoder, its memory or its time breaks this process and nothing else.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from annotator.ml.phash import SIDE, phash
from annotator.storage import conversions, display_range, imaging
from annotator.storage.pyramids import channels

LENGTH = struct.Struct(">I")


def prepare(*, path: str, max_pixels: int, preview: bool = True) -> tuple[dict[str, Any], list[bytes]]:
    """Decode once and return facts, hash, thumbnail and, where browsers need one, the preview.

    Answer: {"facts": Facts, "phash": int, "parts": [{"variant", "width", "height"}]} and the parts' bytes.
    Raises ImageError.
    """
    with imaging.open_image(Path(path), max_pixels) as image:
        upper_bytes = conversions.has_upper_bytes(image)
        turn = imaging.turn_of(image)
        width, height = (image.height, image.width) if turn >= 5 else image.size
        name = "JPEG" if image.format == "MPO" else str(image.format)
        mode, frames = image.info.get(channels.INFO, image.mode), imaging.frame_count(image)
        stored_exif = imaging.read_exif(image)
        exif, exif_orientation = imaging.exif_as_json(stored_exif), imaging.orientation_of(stored_exif)
        orientation = (
            imaging.ORIENTATIONS[exif_orientation] if exif_orientation > 1 or "Orientation" in exif else ""
        )
        is_deep = upper_bytes or display_range.is_deep(image.mode)
        wants_preview = preview and imaging.needs_preview(
            name, mode, width, height, orientation=orientation, frames=frames, is_deep=is_deep
        )
        side = imaging.FIT["preview" if wants_preview else "thumbnail"]
        conversions.draft_for(image, *conversions.fitted(image.width, image.height, side))
        imaging.load(image)
        is_one_color = conversions.is_one_color(image)
        shown = conversions.display_range_of(image, upper_bytes=upper_bytes)
        current = _shrunk_rgb(image, side, turn, shown)
    facts = imaging.Facts(name, mode, width, height, frames, orientation, exif, is_one_color, shown)
    parts: list[dict[str, Any]] = []
    payload: list[bytes] = []
    if wants_preview:
        _add(parts, payload, "preview", current)
        current = conversions.shrink(current, imaging.FIT["thumbnail"])
    _add(parts, payload, "thumbnail", current)
    return {
        "facts": asdict(facts),
        "phash": phash(conversions.gray_square(current, SIDE)),
        "parts": parts,
    }, payload


def render(
    *,
    path: str,
    max_pixels: int,
    variant: str,
    box: list[float] | None = None,
    shown: list[float] | None = None,
) -> tuple[dict[str, Any], list[bytes]]:
    """Return one rendition: {"parts": [{"variant", "width", "height"}]} and its bytes. Raises ImageError.

    `box` (x0, y0, x1, y1 in pixels of the upright image) cuts a crop out first; it is clipped to the image.
    `shown` is the display range of a deep image; without it the one that `prepare` finds.
    """
    with imaging.open_image(Path(path), max_pixels) as image:
        upper_bytes = conversions.has_upper_bytes(image)
        turn = imaging.turn_of(image)
        side = imaging.FIT[variant]
        if box is None:
            conversions.draft_for(image, *conversions.fitted(image.width, image.height, side))
        imaging.load(image)
        known = (
            (shown[0], shown[1]) if shown else conversions.display_range_of(image, upper_bytes=upper_bytes)
        )
        part = image if box is None else conversions.crop(image, box, turn)
        rendition = _shrunk_rgb(part, side, turn, known)
    parts: list[dict[str, Any]] = []
    payload: list[bytes] = []
    _add(parts, payload, variant, rendition)
    return {"parts": parts}, payload


def pixels(*, path: str, max_pixels: int) -> tuple[dict[str, Any], list[bytes]]:
    """Return the pixels of a color image as they are stored: {"width", "height"} and three bytes each. Raises ImageError."""
    with imaging.open_image(Path(path), max_pixels) as image:
        if image.mode not in ("RGB", "RGBA", "P"):
            raise imaging.ImageError("wrong_mode", "It is not a color image (RGB).")
        imaging.load(image)
        data = image.convert("RGB").tobytes()
        return {"width": image.width, "height": image.height}, [data]


def _shrunk_rgb(image: Any, side: int, turn: int, shown: display_range.Range | None) -> Any:
    """Return a loaded image fitted, in RGB or L, upright. Shrinks before anything else is done where the mode allows.

    Deep values are brought to 8 bits before: an average would carry a hot pixel, or NaN, to its neighbors.
    """
    if display_range.is_deep(image.mode):
        image, shown = conversions.to_8_bits(image, shown), None
    small = conversions.shrink(conversions.to_shrinkable(image), side)
    return imaging.upright(conversions.to_rgb(conversions.to_8_bits(small, shown)), turn)


def _add(parts: list[dict[str, Any]], payload: list[bytes], variant: str, rendition: Any) -> None:
    data = conversions.jpeg_bytes(rendition, variant)
    parts.append(
        {"variant": variant, "width": rendition.width, "height": rendition.height, "size": len(data)}
    )
    payload.append(data)


def augment(
    *, path: str, max_pixels: int, shown: list[float] | None, **wanted: Any
) -> tuple[dict[str, Any], list[bytes]]:
    """Return augmented copies of an image; see annotator/services/media/decoding/copies.py. Raises ImageError."""
    from . import copies

    with imaging.open_image(Path(path), max_pixels) as image:
        upper_bytes = conversions.has_upper_bytes(image)
        turn = imaging.turn_of(image)
        side = wanted["side"]
        conversions.draft_for(image, *conversions.fitted(image.width, image.height, side))
        imaging.load(image)
        known = (
            (shown[0], shown[1]) if shown else conversions.display_range_of(image, upper_bytes=upper_bytes)
        )
        small = _shrunk_rgb(image, side, turn, known)
    return copies.answer(small, **wanted)


def cut(
    *, path: str, max_pixels: int, width: int, height: int, shown: list[float] | None, hints: dict[str, Any]
) -> tuple[dict[str, Any], list[bytes]]:
    """Return which pixels of an image of width x height belong to an object; see annotator/services/media/decoding/cutouts.py. Raises ImageError."""
    from . import cutouts

    with imaging.open_image(Path(path), max_pixels) as image:
        turn = imaging.turn_of(image)
        upper_bytes = conversions.has_upper_bytes(image)
        wanted = cutouts.Wanted.of(hints, width, height)
        side = wanted.decoded_side
        conversions.draft_for(image, *conversions.fitted(image.width, image.height, side))
        imaging.load(image)
        known = (
            (shown[0], shown[1]) if shown else conversions.display_range_of(image, upper_bytes=upper_bytes)
        )
        scale = max(image.size) / max(width, height)
        part = conversions.crop(image, [n * scale for n in wanted.region], turn)
        pixels = _shrunk_rgb(part, max(part.size), turn, known)
    return cutouts.answer(pixels, wanted)


def split_pages(*, path: str, folder: str) -> tuple[dict[str, Any], list[bytes]]:
    """Write each page of a TIFF to the folder as 1.tif, 2.tif ... and return {"count"}. Raises ImageError."""
    from annotator.storage import tiff_pages

    return {"count": tiff_pages.split(Path(path), Path(folder))}, []


CALLS: dict[str, Callable[..., tuple[dict[str, Any], list[bytes]]]] = {
    "prepare": prepare,
    "render": render,
    "split_pages": split_pages,
    "pixels": pixels,
    "augment": augment,
    "cut": cut,
}


def answer(request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Run one call and put its outcome, also a refusal, into a frame."""
    try:
        head, payload = CALLS[request["call"]](**request["args"])
        return {"ok": True, **head}, payload
    except imaging.ImageError as bad:
        return {"ok": False, "code": bad.code, "reason": bad.reason}, []
    except FileNotFoundError:
        return {"ok": False, "code": "file_missing", "reason": "The file is not in storage any more."}, []
    except Exception as error:  # whatever a decoder stumbles over is a fact about the file
        refusal = imaging.undecodable(error)
        return {"ok": False, "code": refusal.code, "reason": refusal.reason}, []


def write_frame(out: BinaryIO, head: dict[str, Any], payload: list[bytes]) -> None:
    """Write the length of the JSON head, the head, then the parts whose sizes the head names."""
    head["sizes"] = [len(part) for part in payload]
    text = json.dumps(head).encode()
    out.write(LENGTH.pack(len(text)) + text)
    for part in payload:
        out.write(part)
    out.flush()


def _limit_cpu(seconds: int) -> None:
    """Allow this process `seconds` more of CPU time than it has used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds + 1)


def _limit(what: int, value: int) -> None:
    """Set a soft limit, at most the hard one of this machine."""
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def main(memory_mb: int, cpu_seconds: int, idle_seconds: int, nice: int) -> None:
    """Serve calls until the parent closes the pipe or none came for `idle_seconds`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the parent, which closes the pipe
    os.nice(nice)
    with suppress(
        OSError
    ):  # where the machine's memory ends first, the kernel ends a decoder and not the server
        Path("/proc/self/oom_score_adj").write_text("500")
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a decoder that prints must not write into the frames
    lines = os.fdopen(0, "rb", buffering=0)
    _limit(resource.RLIMIT_AS, memory_mb * 1024 * 1024)
    pending = b""
    while True:
        while b"\n" not in pending:
            ready, _, _ = select.select([lines], [], [], idle_seconds)
            chunk = lines.read(65536) if ready else b""
            if not chunk:
                return
            pending += chunk
        line, pending = pending.split(b"\n", 1)
        _limit_cpu(cpu_seconds)
        head, payload = answer(json.loads(line))
        write_frame(out, head, payload)


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:5]))
