"""Archives, honest ones and others."""

from __future__ import annotations

import io
import random
import stat
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import pytest

from annotator.domain.errors import Invalid, TooLarge
from annotator.storage.zips import Limits, ZipReader

WIDE = Limits(files=1000, total=10**9, ratio=200)


def archive(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, **options: bool) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in files.items():
            with made.open(name, "w", **options) as file:
                file.write(data)
    return out.getvalue()


def reader(data: bytes, limits: Limits = WIDE) -> ZipReader:
    return ZipReader(io.BytesIO(data), limits)


def contents(data: bytes, limits: Limits = WIDE) -> dict[str, bytes]:
    opened = reader(data, limits)
    return {entry.name: b"".join(opened.read(entry)) for entry in opened if entry.refusal is None}


FILES = {"a.txt": b"hello", "folder/b.bin": bytes(range(256)) * 9000, "Ünï 漢.jpg": b"", "z/": b""}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("force_zip64", [False, True])
def test_what_zipfile_writes_is_read(method: int, force_zip64: bool) -> None:
    data = archive(FILES, method, force_zip64=force_zip64)
    assert contents(data) == {name: content for name, content in FILES.items() if name != "z/"}
    assert contents(data + b"") == contents(data)


def test_names_without_the_utf8_flag() -> None:
    data = archive({"nnn.jpg": b"x"})
    assert list(contents(data.replace(b"nnn.jpg", "né.jpg".encode()))) == ["né.jpg"]
    assert list(contents(data.replace(b"nnn.jpg", b"n\x82n.jpg"))) == ["nén.jpg"]


def renamed(names: dict[str, bytes], *, flags: int = 0) -> bytes:
    """Return an archive whose ASCII names are replaced by bytes of the same length, flagged as given."""
    data = bytearray(archive({name: name.encode() for name in names}))
    for name, raw in names.items():
        assert len(name) == len(raw)
        at = -1
        while (at := data.find(name.encode(), at + 1)) >= 0:
            for signature, before, flag_at in ((b"PK\3\4", 30, 6), (b"PK\1\2", 46, 8)):
                if data[at - before : at - before + 4] == signature:
                    data[at : at + len(raw)] = raw
                    struct.pack_into("<H", data, at - before + flag_at, flags)
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("截图", "gbk"), ("이미지", "cp949"), ("Пример", "cp866"), ("圖片", "big5"), ("写真", "cp932")],
)
def test_a_name_in_an_untold_encoding_keeps_its_bytes(name: str, encoding: str) -> None:
    raw = name.encode(encoding)
    (entry,) = reader(renamed({"x" * len(raw): raw}))
    assert (entry.raw_name, entry.name) == (raw, raw.decode("cp437"))
    raw = name.encode()
    (entry,) = reader(renamed({"x" * len(raw): raw}))
    assert (entry.raw_name, entry.name) == (None, name)


def test_a_name_that_is_valid_utf8_by_chance_is_none_among_others() -> None:
    chance = "专业".encode("gbk")
    chance.decode()
    names = {"aaaa": chance, "bbbb": "截图".encode("gbk"), "cccc": "样本".encode("gbk")}
    assert [entry.raw_name for entry in reader(renamed(names))] == list(names.values())


def test_a_false_utf8_flag_does_not_refuse_the_archive() -> None:
    opened = reader(renamed({"aaaa": "截图".encode("gbk"), "bbb": b"b\xffb"}, flags=0x800))
    found = list(opened)
    assert [entry.raw_name for entry in found] == ["截图".encode("gbk"), b"b\xffb"]
    assert [b"".join(opened.read(entry)) for entry in found] == [b"aaaa", b"bbb"]


@pytest.mark.parametrize(
    ("head", "is_told"),
    [((1, "截图.jpg".encode("gbk")), True), ((1, b"another name"), False), ((9, b""), False)],
)
def test_the_unicode_path_field_tells_the_name(head: tuple[int, bytes], is_told: bool) -> None:
    raw = "截图.jpg".encode("gbk")
    field = struct.pack("<BL", head[0], zlib.crc32(head[1])) + "截图.jpg".encode()
    info, out = zipfile.ZipInfo("x" * len(raw)), io.BytesIO()
    info.extra = struct.pack("<HH", 0x7075, len(field)) + field
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(info, b"1")
    (entry,) = reader(out.getvalue().replace(b"x" * len(raw), raw))
    assert (entry.name == "截图.jpg", entry.raw_name is None) == (is_told, is_told)


def test_64_bit_directories(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 3)
    data = bytearray(archive({f"{number}.bin": bytes([number]) for number in range(9)}))
    struct.pack_into("<HH", data, data.rfind(b"PK\5\6") + 8, 0xFFFF, 0xFFFF)  # as it is beyond 65,534 files
    assert len(contents(bytes(data))) == 9
    with pytest.raises(TooLarge, match="9 files"):
        reader(bytes(data), Limits(files=8, total=10**9, ratio=200))


@pytest.mark.parametrize(
    "name",
    [
        "../x.jpg",
        "a/../../x.jpg",
        "/etc/passwd",
        "C:/x.jpg",
        "C:\\x.jpg",
        "\\\\host\\x",
        "a\x01.jpg",
        "..\\x.jpg",
    ],
)
def test_paths_that_lead_out_are_refused(name: str) -> None:
    entries = list(reader(archive({name: b"x", "fine.jpg": b"y"})))
    assert [entry.refusal and entry.refusal[0] for entry in entries] == ["bad_path", None]


def test_links_encryption_and_odd_methods_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("lzma.jpg", b"x" * 100)
        link = zipfile.ZipInfo("link.jpg")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, b"/etc/passwd", zipfile.ZIP_STORED)
        fifo = zipfile.ZipInfo("fifo.jpg")
        fifo.create_system, fifo.external_attr = 3, (stat.S_IFIFO | 0o777) << 16
        made.writestr(fifo, b"", zipfile.ZIP_STORED)
        made.writestr("secret.jpg", b"s", zipfile.ZIP_STORED)
    data = bytearray(out.getvalue())
    at = data.rfind(b"PK\1\2")
    data[at + 8] |= 1
    assert [entry.refusal and entry.refusal[0] for entry in reader(bytes(data))] == [
        "unsupported",
        "link",
        "link",
        "encrypted",
    ]


def bomb_by_ratio() -> bytes:
    return archive({"bomb.bin": b"\0" * 150_000_000})


def bomb_by_lie() -> bytes:
    """Return an archive whose directory says 10 bytes for a file of ten million."""
    data = bytearray(archive({"bomb.bin": b"\0" * 10_000_000}))
    at = data.rfind(b"PK\1\2")
    data[at + 24 : at + 28] = struct.pack("<L", 10)
    return bytes(data)


def bomb_by_overlap() -> bytes:
    """Return an archive in which many names share the bytes of one file."""
    data = archive({"a.bin": random.Random(1).randbytes(50_000)}, zipfile.ZIP_STORED)
    at = data.rfind(b"PK\1\2")
    end = data.rfind(b"PK\5\6")
    tail = bytearray(data[end:])
    struct.pack_into("<HHL", tail, 8, 50, 50, 50 * (end - at))
    return data[:at] + data[at:end] * 50 + bytes(tail)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (bomb_by_ratio, "far more than it is"),
        (bomb_by_lie, "more than it says"),
        (bomb_by_overlap, "overlap"),
    ],
)
def test_bombs(make: Callable[[], bytes], words: str) -> None:
    with pytest.raises(TooLarge, match=words):
        contents(make())


def test_the_total_is_limited_as_declared() -> None:
    with pytest.raises(TooLarge, match="limit of"):
        reader(archive({"a": b"x" * 1000, "b": b"x" * 1000}), Limits(files=10, total=1999, ratio=200))


def test_damage() -> None:
    data = archive({"a.bin": random.Random(1).randbytes(5000)})
    for broken in (
        b"",
        b"PK",
        data[:-10],
        data[: len(data) // 2],
        b"x" * 1000,
        data.replace(b"PK\1\2", b"PK\1\3"),
    ):
        with pytest.raises(Invalid):
            contents(broken)
    flipped = bytearray(data)
    flipped[1000] ^= 255
    with pytest.raises(Invalid, match=r"a\.bin is damaged"):
        contents(bytes(flipped))
    with pytest.raises(Invalid, match="damaged"):
        contents(data.replace(b"PK\3\4", b"PK\3\5"))


def test_noise_never_raises_anything_else() -> None:
    chance = random.Random(5)
    data = archive({"a.bin": chance.randbytes(300), "b.bin": b"b" * 500})
    for _ in range(400):
        noisy = bytearray(data)
        for _ in range(chance.randrange(1, 8)):
            noisy[chance.randrange(len(noisy))] = chance.randrange(256)
        try:
            contents(bytes(noisy))
        except (Invalid, TooLarge):
            continue


@pytest.mark.parametrize("more", [7, 14, 300, 1024 * 1024])
def test_the_last_bytes_of_a_flat_picture(more: int) -> None:
    """The last bits of a packed file stand for many bytes; they are still in the unpacker when its input is used up."""
    data = b"\0" * (1024 * 1024 + more)
    assert contents(archive({"flat.bmp": data}), Limits(10, 10**9, 2000)) == {"flat.bmp": data}


def wide(size: int, packed: int, offset: int) -> bytes:
    """Return an archive of one file whose sizes and place are what a 64-bit extra field says."""
    data = bytearray(archive({"a.bin": b"hello"}, zipfile.ZIP_STORED))
    at, end = data.rfind(b"PK\1\2"), data.rfind(b"PK\5\6")
    struct.pack_into("<LL", data, at + 20, 0xFFFF_FFFF, 0xFFFF_FFFF)
    struct.pack_into("<H", data, at + 30, 28)
    struct.pack_into("<L", data, at + 42, 0xFFFF_FFFF)
    struct.pack_into("<L", data, end + 12, end - at + 28)
    return bytes(data[:end]) + struct.pack("<HHQQQ", 1, 24, size, packed, offset) + bytes(data[end:])


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ((5, 5, 0), ""),
        ((5, 5, 2**64 - 1), "damaged"),
        ((5, 5, 2**63 - 1), "damaged"),
        ((2**64 - 1, 5, 0), "limit of"),
        ((5, 2**64 - 1, 0), "overlap"),
        ((0, 5, 0), "more than it says"),
    ],
)
def test_lies_in_64_bits(values: tuple[int, int, int], refused: str) -> None:
    data = wide(*values)
    if not refused:
        assert contents(data) == {"a.bin": b"hello"}
        return
    with pytest.raises((Invalid, TooLarge), match=refused):
        contents(data)


def test_what_lies_behind_the_end_of_a_packed_file_takes_no_memory() -> None:
    body = archive({"a.bin": b"hello", "b.bin": b"\0"}, zipfile.ZIP_STORED)
    short = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = short.compress(b"hello") + short.flush() + b"\0" * 20_000_000
    head = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, zlib.crc32(b"hello"), len(packed), 5, 5, 0)
    entry = bytearray(body[body.find(b"PK\1\2") : body.find(b"PK\1\2") + 51])
    struct.pack_into("<H", entry, 10, 8)
    struct.pack_into("<LL", entry, 20, len(packed), 5)
    start = len(head) + 5 + len(packed)
    data = io.BytesIO(
        head + b"a.bin" + packed + bytes(entry) + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 51, start, 0)
    )
    tracemalloc.start()
    opened = ZipReader(data, WIDE)
    assert [b"".join(opened.read(one)) for one in opened] == [b"hello"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6_000_000


def test_a_directory_beyond_the_limit_is_not_made_into_objects() -> None:
    """The end record says one file, the directory holds twenty thousand."""
    data = archive({"a": b""}, zipfile.ZIP_STORED)
    at, end = data.rfind(b"PK\1\2"), data.rfind(b"PK\5\6")
    tail = bytearray(data[end:])
    struct.pack_into("<L", tail, 12, 20_000 * (end - at))
    crowded = io.BytesIO(data[:at] + data[at:end] * 20_000 + bytes(tail))
    tracemalloc.start()
    with pytest.raises(TooLarge, match="holds 20,000 files; the limit is 1,000"):
        ZipReader(crowded, WIDE)
    with pytest.raises(TooLarge, match="directory is too large"):
        ZipReader(crowded, Limits(files=1, total=10**9, ratio=200))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6_000_000


def test_a_name_that_differs_in_the_header_of_the_file_is_damage() -> None:
    data = archive({"nnn.jpg": b"x", "fine.jpg": b"y"})
    opened = reader(data.replace(b"nnn.jpg", b"mmm.jpg", 1))
    first, second = opened
    with pytest.raises(Invalid, match=r"nnn\.jpg is damaged"):
        list(opened.read(first))
    assert list(opened.read(second)) == [b"y"]


def test_memory_stays_flat() -> None:
    data = io.BytesIO(archive({f"{number}.bin": b"\0" * 4_000_000 for number in range(20)}))
    tracemalloc.start()
    opened = ZipReader(data, Limits(files=100, total=10**9, ratio=2000))
    total = sum(len(block) for entry in opened for block in opened.read(entry))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == 80_000_000 and peak < 6_000_000
