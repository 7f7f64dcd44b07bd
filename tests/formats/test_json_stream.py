"""The reader of large JSON objects: any layout, any block size, hostile bytes."""

import io
import json
import random

import pytest

from annotator.domain.errors import DomainError, Invalid, TooLarge
from annotator.formats import json_index, json_stream
from annotator.formats.json_stream import JsonObject

TEXTS = ['a"b', "\\", '}]{["', 'é\\"', "\\\\", "\u2028", "x" * 30, ""]


def anything(rng, depth=0):
    kind = rng.random()
    if depth > 4 or kind < 0.4:
        return rng.choice([1, -2.5, 1e-7, None, True, *TEXTS])
    if kind < 0.7:
        return [anything(rng, depth + 1) for _ in range(rng.randint(0, 4))]
    return {f'k"{i}': anything(rng, depth + 1) for i in range(rng.randint(0, 4))}


@pytest.mark.parametrize("block", [1, 3, 7, 64, 4096])
def test_everything_comes_out_whatever_the_layout_and_the_block(block, monkeypatch):
    for module in (json_index, json_stream):
        monkeypatch.setattr(module, "BLOCK", block)
    rng = random.Random(block)
    for turn in range(8):
        items = [{"i": anything(rng), "n": n} for n in range(rng.randint(0, 6))]
        members = {"a": items, 'b"\\': anything(rng), "c": 12.5, "d": "t}", "e": {"x": [1]}, "z": [{}]}
        keys = rng.sample(list(members), len(members))
        text = json.dumps(
            {key: members[key] for key in keys}, indent=turn % 2 or None, ensure_ascii=turn % 3 == 0
        )
        data = (b"\xef\xbb\xbf" if turn % 4 == 0 else b" \n") + text.encode() + b"\n "
        source = JsonObject(io.BytesIO(data))
        assert source.names() == tuple(keys)
        assert {key: source.value(key) for key in keys} == members
        assert list(source.items("a")) == items and source.is_list("a") and not source.is_list("e")
        cut = rng.randrange(len(data.rstrip()) - 1)
        with pytest.raises(Invalid):
            JsonObject(io.BytesIO(data[:cut]))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a JSON object"), (b"[1]", "not a JSON object"), (b"\x89PNG", "not a JSON object"),
        (b"{", "byte 1"), (b'{"a"', "byte 4"), (b'{"a":', "'a' at byte 5"), (b'{"a":}', "'a' at byte 5"),
        (b'{"a":1,}', "byte 7"), (b'{"a":1}x', "byte 7"), (b'{"a":[{}]]}', "byte 9"), (b'{"a":[{"b":1}', "within 'a'"),
        (b'{"a":"b', "within a"), (b'{"a":1,"a":2}', "comes twice"), (b"\xff\xfe{\0", "UTF-8"), (b"{\0\"\0", "UTF-8"),
        (b'{"a" 1}', "colon"), (b'{"a":"\\', "within a"),
    ],
)  # fmt: skip
def test_what_is_no_json_object_is_refused_with_the_place(data, words):
    with pytest.raises(Invalid, match=words):
        JsonObject(io.BytesIO(data))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{},]', r"a\[1\]"), ("[,{}]", r"a\[0\] \(byte 6\)"), ("[{} {}]", r"a\[1\] \(byte 8\)"), ("[{}, 5]", r"a\[1\]"),
        ("[5]", r"a\[0\]"), ('[{"x":NaN}]', r"a\[0\].*byte 11"), ('[{"x":1},\n{"y":1e999}]', r"a\[1\].*infinity.*byte 20"),
        ('[{"x":' * 3000 + "1" + "}]" * 3000, "depth limit"), (r'[{"x":"\ud800"}]', "surrogate"), ('[{"x":01}]', r"a\[0\]"),
        ('[{"x":1,}]', r"a\[0\]"), ("[[1]]", r"a\[0\] is no object \(byte 6\)"), ("[{}, [1], {}]", r"a\[1\] is no object \(byte 10\)"),
        ("[{}, 5, {}]", r"a\[1\] \(byte 8\)"), ('[{"x":"a\nb"}]', r"a\[0\]"), ("{}", "must be a list"),
    ],
)  # fmt: skip
def test_a_broken_item_is_named(text, words):
    source = JsonObject(io.BytesIO(b'{"a":' + text.encode() + b"}"))
    with pytest.raises(Invalid, match=words):
        list(source.items("a"))


def test_items_before_a_broken_one_are_read():
    items = JsonObject(io.BytesIO(b'{"a":[{"n":1},{"n":2},{"n":}]}')).items("a")
    assert [next(items), next(items)] == [{"n": 1}, {"n": 2}]
    with pytest.raises(Invalid, match=r"a\[2\]"):
        next(items)


def test_the_number_of_a_broken_item_is_right_in_a_long_list():
    items = [f'{{"n":{n}}}' for n in range(1000)]
    for broken in (0, 99, 100, 101, 777, 999):
        text = "[" + ", ".join([*items[:broken], "[]", *items[broken + 1 :]]) + "]"
        found = JsonObject(io.BytesIO(b'{"a":' + text.encode() + b"}")).items("a")
        assert [next(found)["n"] for _ in range(broken)] == list(range(broken))
        with pytest.raises(Invalid, match=rf"a\[{broken}\] is no object \(byte {5 + text.index('[]'):,}\)"):
            next(found)


def test_values_and_items_have_a_limit(monkeypatch):
    for module in (json_index, json_stream):
        monkeypatch.setattr(module, "BLOCK", 64)
        monkeypatch.setattr(module, "MAX_VALUE", 1_000)
    monkeypatch.setattr(json_stream, "MAX_ITEM", 1_000)
    long = "x" * 5_000
    source = JsonObject(io.BytesIO(json.dumps({"a": [{"n": 1}, {"n": long}], "b": [long]}).encode()))
    with pytest.raises(TooLarge, match=r"a\[1\]"):
        list(source.items("a"))
    with pytest.raises(TooLarge, match="b is larger"):
        source.value("b")
    with pytest.raises(TooLarge):
        JsonObject(io.BytesIO(json.dumps({"c": long}).encode()))


def test_noise_is_refused_and_nothing_else_happens():
    rng = random.Random(4)
    good = json.dumps({"a": [{"n": i, "t": 'q"\\'} for i in range(4)], "b": {"c": [1, "]"]}}).encode()
    for _ in range(300):
        data = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.choice(b'"\\{}[],:x1 \x00\xff')
        try:
            source = JsonObject(io.BytesIO(bytes(data)))
            read = {
                name: list(source.items(name)) if source.is_list(name) else source.value(name)
                for name in source.names()
            }
        except DomainError:
            continue
        assert read == json.loads(bytes(data))
