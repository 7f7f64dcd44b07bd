"""Decoding in child processes: real files, made files, and files made to do harm."""

from __future__ import annotations

import io
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path
from typing import Any

import imagehash
import numpy as np
import pytest
import skimage
from PIL import ExifTags, Image, TiffImagePlugin

from annotator.domain.errors import Busy
from annotator.ml.phash import distance
from annotator.services.media.decoding import pool as decoding
from annotator.services.media.decoding.pool import Cancelled, Decoded, DecodePool, Undecodable
from annotator.storage import conversions, imaging
from tests.storage import pictures

FOLDER = Path(skimage.__file__).parent / "data"
COCO = Path(__file__).resolve().parents[5] / "shared" / "data" / "coco-mini"


def prepare(tmp_path: Path, data: bytes) -> Decoded:
    file = tmp_path / "file"
    file.write_bytes(data)
    return decoding.prepare(file)


def reason(tmp_path: Path, data: bytes) -> tuple[str, str]:
    with pytest.raises(Undecodable) as refusal:
        prepare(tmp_path, data)
    return refusal.value.code, refusal.value.message


def part(decoded: Decoded, variant: str) -> Image.Image:
    found = next(part for part in decoded.parts if part.variant == variant)
    image = Image.open(io.BytesIO(found.data))
    assert image.size == (found.width, found.height)
    assert image.format == "JPEG"
    return image


BOMB = zlib.compress(b"\0" * 20_000_000, 9)
REAL = [
    FOLDER / name
    for name in ("astronaut.png", "retina.jpg", "rocket.jpg", "horse.png", "coins.png", "multipage.tif")
]
REAL += sorted(COCO.glob("*.jpg"))


@pytest.mark.parametrize("file", REAL, ids=lambda file: file.name)
def test_real_pictures(file: Path) -> None:
    decoded = decoding.prepare(file)
    with Image.open(file) as image:
        assert (decoded.facts.width, decoded.facts.height, decoded.facts.mode) == (*image.size, image.mode)
        assert decoded.facts.format == image.format
        hashed = int(str(imagehash.phash(image.convert("RGB"))), 16)
    thumbnail = part(decoded, "thumbnail")
    assert max(thumbnail.size) == min(320, max(decoded.facts.width, decoded.facts.height))
    if min(decoded.facts.width, decoded.facts.height) > 100 and decoded.facts.mode != "RGBA":
        assert distance(hashed, decoded.phash) <= 4


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF"])
def test_every_format(tmp_path: Path, format_name: str) -> None:
    decoded = prepare(tmp_path, pictures.encoded(pictures.gradient(), format_name))
    assert (decoded.facts.format, decoded.facts.width, decoded.facts.height) == (format_name, 64, 48)
    left, right = (part(decoded, "thumbnail").convert("RGB").getpixel((x, 24))[0] for x in (4, 60))
    assert left < 40 < 200 < right


def test_orientation_is_applied(tmp_path: Path) -> None:
    decoded = prepare(tmp_path, pictures.turned_jpeg(6, 640, 480))
    assert (decoded.facts.width, decoded.facts.height) == (480, 640)
    assert decoded.facts.orientation == "Rotate 90 CW"
    assert decoded.facts.exif["Make"] == "Maker" and decoded.facts.exif["Orientation"] == 6
    thumbnail = part(decoded, "thumbnail")
    assert thumbnail.size == (240, 320)
    top, bottom = (thumbnail.getpixel((120, y))[0] for y in (10, 310))
    assert top < 40 < 200 < bottom  # what was left is above


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_all_orientations_in_all_formats(tmp_path: Path, format_name: str, orientation: int) -> None:
    """Size, thumbnail and crop are upright once, not twice: Pillow turns TIFF by itself."""
    data = pictures.turned(format_name, orientation)
    expected = imaging.upright(pictures.gradient(), orientation)
    decoded = prepare(tmp_path, data)
    assert (decoded.facts.width, decoded.facts.height) == expected.size
    if orientation > 1:
        assert decoded.facts.orientation == imaging.ORIENTATIONS[orientation]
    crop = decoding.render(tmp_path / "file", "crop", (0, 0, *expected.size))
    for picture in (part(decoded, "thumbnail"), Image.open(io.BytesIO(crop.data))):
        assert picture.size == expected.size
        for point in ((3, 3), (picture.width - 4, 3), (3, picture.height - 4)):
            pairs = zip(picture.getpixel(point), expected.getpixel(point), strict=True)
            assert all(abs(a - b) < 16 for a, b in pairs), point


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_crop_is_cut_before_it_is_turned(orientation: int) -> None:
    image = pictures.gradient()
    whole = imaging.upright(image, orientation)
    for box in ((5, 7, 20, 30), (-9, 3.5, 11.2, 900), (2, 2, 3, 3)):
        x0, y0 = max(0, int(box[0])), max(0, int(box[1]))
        right = whole.crop(
            (x0, y0, min(math.ceil(box[2]), whole.width), min(math.ceil(box[3]), whole.height))
        )
        cut = imaging.upright(conversions.crop(image, box, orientation), orientation)
        assert (cut.size, cut.tobytes()) == (right.size, right.tobytes())


def test_cmyk_and_deep_greys_are_shown_in_rgb_or_grey(tmp_path: Path) -> None:
    decoded = prepare(tmp_path, pictures.encoded(pictures.gradient(mode="CMYK"), "JPEG", quality=95))
    assert decoded.facts.mode == "CMYK"
    assert {found.variant for found in decoded.parts} == {"thumbnail", "preview"}
    assert part(decoded, "preview").mode == "RGB"
    decoded = prepare(tmp_path, pictures.deep_png(4095))
    assert decoded.facts.mode == "I;16"
    assert part(decoded, "preview").getextrema() == (0, 255)
    decoded = prepare(tmp_path, pictures.deep_png(65535))
    assert part(decoded, "thumbnail").getextrema() == (0, 255)


def test_transparency_lies_on_white(tmp_path: Path) -> None:
    decoded = prepare(tmp_path, pictures.encoded(Image.new("RGBA", (30, 30), (0, 0, 0, 0)), "PNG"))
    assert part(decoded, "thumbnail").getpixel((15, 15)) == (255, 255, 255)
    assert decoded.facts.is_one_color


def test_first_frame_of_an_animation(tmp_path: Path) -> None:
    decoded = prepare(tmp_path, pictures.gif(3))
    assert (decoded.facts.format, decoded.facts.frames, decoded.facts.width, decoded.facts.height) == (
        "GIF",
        3,
        20,
        10,
    )
    assert part(decoded, "preview").convert("RGB").getpixel((10, 5))[0] < 20


def test_large_pictures_get_a_preview(tmp_path: Path) -> None:
    decoded = prepare(tmp_path, pictures.jpeg(3000, 1000))
    assert part(decoded, "preview").size == (2048, 683)
    assert part(decoded, "thumbnail").size == (320, 107)
    assert [found.variant for found in prepare(tmp_path, pictures.jpeg(2048, 100)).parts] == ["thumbnail"]


def test_a_crop(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(pictures.turned_jpeg(6, 640, 480))
    made = decoding.render(file, "crop", (100, 500, 9000, 620.5))
    assert (made.width, made.height) == (320, 102)
    outside = decoding.render(file, "crop", (-50, -50, -10, -10))
    assert (outside.width, outside.height) == (1, 1)


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", "zero_bytes", "empty"),
        (pictures.HTML, "not_an_image", "HTML page"),
        (b"PK\3\4" + b"x" * 100, "not_an_image", "ZIP archive"),
        (os.urandom(3000), "not_an_image", "not a supported image format"),
        (pictures.png_header(50_000, 50_000), "too_large", "50,000 x 50,000"),
        (pictures.jpeg(640, 480)[:9000], "truncated", "truncated"),
        (pictures.jpeg(640, 480)[:100], "truncated", "truncated"),
        (pictures.encoded(pictures.gradient(300, 200), "PNG")[:500], "truncated", "truncated"),
        (pictures.encoded(pictures.gradient(300, 200), "TIFF")[:-100], "truncated", ""),
        (pictures.encoded(pictures.gradient(300, 200), "WEBP")[:-100], "truncated", "cannot be decoded"),
        (pictures.encoded(pictures.gradient(300, 200), "AVIF")[:-100], "", ""),
        (pictures.encoded(pictures.gradient(300, 200), "BMP")[:-100], "truncated", "truncated"),
        (pictures.encoded(pictures.gradient(300, 200), "GIF")[:-900], "truncated", "truncated"),
        (pictures.png_header(64, 48), "truncated", ""),
        *(
            (pictures.declaring(name, 50_000, 50_000), "too_large", "50,000 x 50,000")
            for name in ("JPEG", "BMP", "GIF", "WEBP", "TIFF", "AVIF")
        ),
        (pictures.gif_frame(50_000, 50_000), "too_large", "million pixels"),
        (pictures.png_with(b"zTXt", b"k\0\0" + BOMB), "too_large", "unpack to more"),
        (pictures.png_with(b"iCCP", b"k\0\0" + BOMB), "too_large", "unpack to more"),
        (pictures.png_with(b"iTXt", b"k\0\1\0\0\0" + BOMB), "too_large", "unpack to more"),
        (pictures.png_with(b"zTXt", b"k\0\0" + zlib.compress(b"x" * 900_000), 100), "too_large", "unpack to"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "unsupported_format",
            "SVG",
        ),
        (b"GIF89a/*" + b"\0" * 100 + b"*/=1;alert(1)", "truncated", "incomplete"),
        (pictures.tiff([b"\xff\xff" + b"\0" * 100]), "truncated", "incomplete"),
    ],
)
def test_what_is_refused(tmp_path: Path, data: bytes, code: str, words: str) -> None:
    found, message = reason(tmp_path, data)
    assert not code or found == code
    assert words in message and "Traceback" not in message and str(tmp_path) not in message


@pytest.mark.parametrize(
    ("data", "frames"),
    [
        (pictures.tiff_pages(5), 5),
        (pictures.tiff_pages(30_000), 30_000),  # read by Pillow these took longer than all there is
        (pictures.tiff([pictures.tiff_ifd(pictures.TIFF_FIRST)]), 1),
        (pictures.tiff([pictures.tiff_ifd(2**32 - 1)]), 1),
        (pictures.tiff([pictures.tiff_ifd(0, (270, 2, 2**32 - 16, 8))]), 1),
        (pictures.tiff([pictures.tiff_ifd(0, (34675, 7, 2**31 - 1, 8))]), 1),
        (pictures.tiff([pictures.tiff_ifd(0, (34665, 4, 1, pictures.TIFF_FIRST))]), 1),
        (pictures.encoded(pictures.gradient(), "TIFF", big_tiff=True), 1),
        (pictures.frames("WEBP"), 5),
        (pictures.frames("PNG"), 5),
        (pictures.frames("TIFF"), 5),
        (pictures.frames("AVIF"), 5),
        (pictures.jpeg() + pictures.HTML, 1),
        (pictures.png_with(b"eXIf", b"\xff" * 1000), 1),
    ],
)
def test_odd_but_good(tmp_path: Path, data: bytes, frames: int) -> None:
    """Many pages, rings of pages, entries beyond the file, animations, a page behind the picture: the first frame counts."""
    before = time.monotonic()
    decoded = prepare(tmp_path, data)
    assert (decoded.facts.width, decoded.facts.height, decoded.facts.frames) == (64, 48, frames)
    left, right = (part(decoded, "thumbnail").convert("RGB").getpixel((x, 24))[0] for x in (4, 60))
    assert left < right
    assert time.monotonic() - before < 5


def test_exif_that_json_does_not_know(tmp_path: Path) -> None:
    """A division by zero, NaN, Infinity, lone surrogates and bytes of no encoding leave the picture and JSON good."""
    exif = Image.Exif()
    exif[ExifTags.Base.XResolution] = TiffImagePlugin.IFDRational(1, 0)
    exif[ExifTags.Base.Artist] = b"\xed\xa0\x80\xff\0"
    exif[ExifTags.Base.ImageDescription] = "fine \0"
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.Gamma] = TiffImagePlugin.IFDRational(0, 0)
    inner[ExifTags.Base.ExposureTime] = TiffImagePlugin.IFDRational(1, 4)
    found = prepare(tmp_path, pictures.jpeg(exif=exif.tobytes())).facts.exif
    assert (found["ImageDescription"], found["ExposureTime"]) == ("fine", 0.25)
    assert not {"XResolution", "Gamma"} & set(found)
    json.dumps(found, allow_nan=False).encode()


def test_a_missing_file_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(Undecodable, match="not in storage"):
        decoding.prepare(tmp_path / "nothing")


def test_decoders_decide_what_is_readable(tmp_path: Path) -> None:
    """A header that only the decoder understands is no reason to refuse: bytes between the segments of a JPEG."""
    whole = pictures.jpeg()
    decoded = prepare(tmp_path, whole[:2] + b"\xff\xed\0\x08Photo\0\x01" + whole[2:])
    assert (decoded.facts.format, decoded.facts.width, decoded.facts.height) == ("JPEG", 64, 48)
    left, right = (part(decoded, "thumbnail").getpixel((x, 24))[0] for x in (4, 60))
    assert left < 40 < 200 < right


def test_a_size_that_only_the_decoder_reads_is_limited_too(tmp_path: Path) -> None:
    whole = pictures.declaring("JPEG", 50_000, 50_000)
    code, words = reason(tmp_path, whole[:2] + b"\xff\xed\0\x08Photo\0\x01" + whole[2:])
    assert code == "too_large" and "250 million pixels" in words


@pytest.mark.parametrize("exif", [False, True])
def test_a_damaged_png_is_never_shown_as_sound(tmp_path: Path, exif: bool) -> None:
    """Wherever a byte is changed, the pixels are the right ones or the file is refused: the first error counts."""
    chance = np.random.default_rng(3)
    image = Image.fromarray(chance.integers(0, 255, (48, 64, 3), np.uint8))
    data = pictures.encoded(image, "PNG")
    if exif:  # behind the pixels, where Pillow decodes them to look
        data = data[:-12] + pictures.png_chunk(b"eXIf", b"II*\0\x08\0\0\0\0\0") + data[-12:]
    expected = part(prepare(tmp_path, data), "thumbnail").tobytes()
    refused = 0
    for at in range(40, len(data) - 40, 97):
        (tmp_path / "file").write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        try:
            decoded = decoding.prepare(tmp_path / "file")
        except Undecodable as refusal:
            assert refusal.code == "truncated" and "cannot be decoded" in refusal.message
            with pytest.raises(Undecodable):
                decoding.render(tmp_path / "file", "thumbnail")
            refused += 1
        else:
            assert part(decoded, "thumbnail").tobytes() == expected
    assert refused > 80


def test_any_error_of_a_decoder_is_told_as_an_unreadable_image(tmp_path: Path) -> None:
    with pytest.raises(Undecodable, match=r"cannot be decoded: Is a directory\.") as refusal:
        decoding.prepare(tmp_path)
    assert str(tmp_path) not in refusal.value.message


def test_a_decoder_that_crashes_is_not_told_as_time_or_memory() -> None:
    """A child that ends by an error of its own is given the time to say so."""
    pool = DecodePool(1, seconds=30, memory_mb=1024)
    with pytest.raises(Undecodable, match="decoder failed"):
        pool._call(b"no call\n")
    pool.close()


def test_memory_is_limited(tmp_path: Path) -> None:
    pool = DecodePool(1, seconds=30, memory_mb=320)
    file = tmp_path / "big.png"
    Image.new("L", (15_000, 15_000)).save(file, compress_level=1)
    with pytest.raises(Undecodable, match="memory"):
        pool.call("prepare", path=str(file), max_pixels=10**9)
    file.write_bytes(pictures.jpeg())
    head, _ = pool.call("prepare", path=str(file), max_pixels=10**9)
    assert head["facts"]["width"] == 64
    pool.close()


def test_a_child_that_hangs_is_replaced(tmp_path: Path) -> None:
    pool = DecodePool(1, seconds=1, memory_mb=1024)
    file = tmp_path / "file"
    os.mkfifo(file)  # opening it for reading waits for ever
    with pytest.raises(Undecodable, match="took longer than 1 s"):
        pool.call("prepare", path=str(file), max_pixels=10**9)
    pool._seconds = 60  # the next child may start slowly on a busy machine
    file.unlink()
    file.write_bytes(pictures.jpeg())
    assert pool.call("prepare", path=str(file), max_pixels=10**9)[0]["facts"]["height"] == 48
    pool.close()


def test_a_call_that_nobody_waits_for_is_ended(tmp_path: Path) -> None:
    pool = DecodePool(1, seconds=60, memory_mb=1024)
    file = tmp_path / "file"
    file.write_bytes(pictures.jpeg())
    pool.call("prepare", path=str(file), max_pixels=10**9, is_cancelled=lambda: False)
    child = pool._idle[0].process
    file.unlink()
    os.mkfifo(file)
    asked: list[bool] = []

    def is_cancelled() -> bool:
        asked.append(child.poll() is None)
        return len(asked) == 2

    with pytest.raises(Cancelled):
        pool.call("prepare", path=str(file), max_pixels=10**9, is_cancelled=is_cancelled)
    assert asked == [True, True] and child.wait(20) == -signal.SIGKILL and not pool._idle
    pool.close()


def test_a_child_that_dies_is_replaced(tmp_path: Path) -> None:
    pool = DecodePool(1, seconds=20, memory_mb=1024)
    file = tmp_path / "file"
    file.write_bytes(pictures.jpeg())
    pool.call("prepare", path=str(file), max_pixels=10**9)
    child = pool._idle[0].process
    file.unlink()
    os.mkfifo(file)
    threading.Timer(0.2, child.send_signal, [signal.SIGSEGV]).start()
    with pytest.raises(Undecodable, match="decoder failed"):
        pool.call("prepare", path=str(file), max_pixels=10**9)
    file.unlink()
    file.write_bytes(pictures.jpeg())
    assert pool.call("prepare", path=str(file), max_pixels=10**9)[0]["facts"]["height"] == 48
    pool._idle[0].process.kill()  # also one that dies while it waits
    pool._idle[0].process.wait()
    assert pool.call("prepare", path=str(file), max_pixels=10**9)[0]["facts"]["height"] == 48
    pool.close()


def test_idle_children_end_and_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "IDLE_SECONDS", 0)
    pool = DecodePool(1, seconds=20, memory_mb=1024)
    file = tmp_path / "file"
    file.write_bytes(pictures.jpeg())
    monkeypatch.setattr(decoding, "IDLE_SECONDS", 1)
    pool.call("prepare", path=str(file), max_pixels=10**9)
    child = pool._idle[0].process
    assert child.wait(timeout=20) == 0
    assert pool.call("prepare", path=str(file), max_pixels=10**9)[0]["facts"]["width"] == 64
    pool.close()


def test_callers_wait_their_turn_and_not_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_WAIT_SECONDS", 0.05)
    pool = DecodePool(1, seconds=20, memory_mb=1024)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    outcome: list[object] = []

    def first() -> None:
        try:
            pool.call("prepare", path=str(fifo), max_pixels=10**9)
        except Undecodable as refusal:
            outcome.append(refusal)

    thread = threading.Thread(target=first)
    thread.start()
    while pool._turns._free:
        time.sleep(0.005)
    with pytest.raises(Busy, match="busy decoding"):
        pool.call("prepare", path=str(fifo), max_pixels=10**9)
    fifo.write_bytes(b"")
    thread.join(20)
    assert len(outcome) == 1
    pool.close()


class Gated(DecodePool):
    """A pool of one whose first call lasts until it is let through; `served` names the calls in order."""

    def __init__(self) -> None:
        super().__init__(1, seconds=1, memory_mb=1024)
        self.served: list[str] = []
        self.open = threading.Event()

    def _call(self, line: bytes, is_cancelled: object = None) -> tuple[dict[str, Any], list[bytes]]:
        self.served.append(json.loads(line)["call"])
        assert self.open.wait(20)
        return {"ok": True}, []


def test_callers_get_decoders_in_rotation() -> None:
    pool = Gated()
    threads = []
    for place, name in enumerate(("a1", "a2", "a3", "a4", "b1")):
        threads.append(threading.Thread(target=pool.call, args=(name,), kwargs={"caller": name[0]}))
        threads[-1].start()
        while len(pool.served) + sum(map(len, pool._turns._lines.values())) <= place:
            time.sleep(0.001)
    pool.open.set()
    for thread in threads:
        thread.join(20)
    assert pool.served == ["a1", "a2", "b1", "a3", "a4"]


def test_the_child_knows_no_django() -> None:
    code = "import sys, annotator.services.media.decoding.child; print(sorted(m for m in sys.modules if m.split('.')[0] in {'django', 'cv2', 'av'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_map_ahead_keeps_order_and_stops() -> None:
    assert list(decoding.map_ahead(range(50), lambda number: number * 2, ahead=7)) == [
        number * 2 for number in range(50)
    ]
    started: list[int] = []
    work = decoding.map_ahead(range(1000), lambda number: started.append(number) or number, ahead=4)
    assert next(work) == 0
    work.close()
    assert len(started) < 20
