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
        (b"", "is empty"), (b" \n", "is empty"), (b"\xef\xbb\xbf", "is empty"), (b"[1]", r"is a JSON list.*begins with \["),
        (b"\x89PNG", "a PNG image"), (b"\x1f\x8b\x08\0", "compressed with gzip"), (b"PK\3\4\0", "a ZIP archive"),
        (b"BZh9", "bzip2"), (b"a" * 257 + b"ustar", "tar archive"), (b"\1\2\3\4", "not text"),
        (b"  <!DOCTYPE html><p>", r"web page \(HTML\)"), (b"<?xml version='1'?>", "XML"), (b"images: []", "begins with i instead"),
        (b"\xff\xfe{\0", "UTF-16.*UTF-8"), (b"{\0\"\0", "UTF-16.*UTF-8"), (b"\xe4{}", "another character"),
        (b"// by hand\n{}", "begins with a comment"), (b"/* x */ {}", "begins with a comment"), (b"# x\n{}", "begins with a comment"),
        (b'{"a":1, // one\n"b":2}', "a comment, which JSON does not have, at line 1, column 9"),
        (b'{\n"a": /* one */ 2}', "a comment, which JSON does not have, at line 2, column 6"),
        (b"{'a': 1}", "single quotes where JSON takes double quotes, at line 1, column 2"),
        (b"{\"a\": 'x'}", "single quotes where JSON takes double quotes, at line 1, column 7"),
        (b'{"a":1,}', "comma before the closing bracket, at line 1, column 8"),
        (b'{"a":1,\n\n }', "comma before the closing bracket, at line 3, column 2"),
        (b"{", "ends where a name.*line 1, column 2"), (b'{"a"', "a colon.*cut off.*line 1, column 5"),
        (b'{"a":', 'a value is expected for "a".*cut off'), (b'{"a":}', 'a value is expected for "a", at line 1, column 6'),
        (b'{"a":1}x', "follows the end.*line 1, column 8"), (b'{"a":[{}]]}', "a comma or the end.*line 1, column 10"),
        (b'{"a":1}\n{"b":2}', r"several JSON objects \(JSON Lines\).*line 2, column 1"),
        (b'{"a":[{"b":1}', 'within "a": it is cut off.*line 1, column 14'), (b'{"a":"b', 'within "a"'), (b'{"a":"\\', 'within "a"'),
        (b'{"a":1,"a":2}', '"a" comes twice.*line 1, column 8'), (b'{"a" 1}', "colon"),
        ('{"ä€":1,\n"ü":"ö" x}'.encode(), "line 2, column 9"), (b'{"\xe4":1}', "not UTF-8 text at line 1, column 3"),
    ],
)  # fmt: skip
def test_what_is_no_json_object_is_refused_in_words_with_the_place(data, words):
    with pytest.raises(Invalid, match=words):
        JsonObject(io.BytesIO(data))


@pytest.mark.parametrize("block", [1, 7, 4096])
def test_the_reason_is_the_same_whatever_the_block(block, monkeypatch):
    for module in (json_index, json_stream):
        monkeypatch.setattr(module, "BLOCK", block)
    with pytest.raises(Invalid, match="comma before the closing bracket, at line 4, column 1"):
        JsonObject(io.BytesIO(b'\n\n{"a": [1, "x"],\n}'))
    with pytest.raises(Invalid, match="a comment, which JSON does not have, at line 1, column 8"):
        JsonObject(io.BytesIO(b'{"a":1 // x\n}'))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[{},]", r"a\[1\].*comma before the closing bracket \(line 1, column 10\)"), ("[,{}]", r"a\[0\].*column 7"),
        ("[{} {}]", r"a\[1\].*column 10"), ("[{},, {}]", r"a\[1\].*column 10"), ('[{"x":01}]', r"a\[0\]"),
        ('[{"x":1},\n{"x":1, "y":}]', r"a\[1\].*line 2, column 13"), ('[{"x":' * 3000 + "1" + "}]" * 3000, "nested too deeply"),
        ('[{"x":1,}]', r"a\[0\].*comma before the closing bracket \(line 1, column 1[45]\)"), ("[{'x':1}]", "single quotes"),
        ('[{"x":1 // one\n}]', "a comment"), ('[{"x":True}]', "True is Python"), ('[{"x":"a\nb"}]', r"a\[0\]"),
        ('[{"x":1}, None]', "None is Python"), ("{}", "must be a list, not an object"), ("null", "must be a list, not null"),
    ],
)  # fmt: skip
def test_a_broken_item_is_named(text, words):
    source = JsonObject(io.BytesIO(b'{"a":' + text.encode() + b"}"))
    with pytest.raises(Invalid, match=words):
        list(source.items("a"))


def test_bytes_that_are_no_utf8_are_named_with_their_place():
    source = JsonObject(io.BytesIO('{"a":[{"n":"é"},\n{"n":"r'.encode() + b'\xf8d"}]}'))
    with pytest.raises(Invalid, match="not UTF-8 text at line 2, column 8"):
        list(source.items("a"))


def test_what_python_writes_beyond_json_is_read_as_text():
    text = r'{"a":[{"x":NaN},{"x":[-Infinity,1e999,-2e400,5]},{"x":Infinity},{"x":"\\ud800 \ud800 \ud83d\ude00"}],"b":NaN}'
    source = JsonObject(io.BytesIO(text.encode()))
    assert list(source.items("a")) == [
        {"x": "NaN"}, {"x": ["-Infinity", "1e999", "-2e400", 5]}, {"x": "Infinity"}, {"x": "\\ud800 \ufffd \U0001f600"},
    ]  # fmt: skip
    assert source.value("b") == "NaN" and source.kind("b") == "a number"


def test_numbers_beside_nan_stay_as_they_are():
    numbers = [2**53 + 1, -(2**63), 2**64 - 1, 10**18, 0.1, -0.0, 1e308, 2**80]
    clean = JsonObject(io.BytesIO(json.dumps({"a": [{"n": numbers}]}).encode()))
    mixed = JsonObject(io.BytesIO(json.dumps({"a": [{"n": numbers, "x": float("nan")}]}).encode()))
    (one,), (other,) = list(clean.items("a")), list(mixed.items("a"))
    assert [(type(x), x) for x in one["n"]] == [(type(x), x) for x in other["n"]]


def test_items_before_a_broken_one_are_read():
    items = JsonObject(io.BytesIO(b'{"a":[{"n":1},{"n":2},{"n":}]}')).items("a")
    assert [next(items), next(items)] == [{"n": 1}, {"n": 2}]
    with pytest.raises(Invalid, match=r"a\[2\]"):
        next(items)


@pytest.mark.parametrize("block", [1, 5, 4096])
def test_values_of_any_kind_come_in_their_order(block, monkeypatch):
    for module in (json_index, json_stream):
        monkeypatch.setattr(module, "BLOCK", block)
    for values in (
        [None, {}, 5, "a]{", [1], {"n": 1}, [], True],
        [1, 2],
        [[]],
        [{}, 1.5],
        ["}", {"n": "]"}, None],
    ):
        for indent in (None, 2):
            data = json.dumps({"a": values, "b": 1}, indent=indent).encode()
            assert list(JsonObject(io.BytesIO(data)).items("a")) == values


def test_the_number_of_a_broken_item_is_right_in_a_long_list():
    items = [f'{{"n":{n}}}' for n in range(1000)]
    for broken in (0, 99, 100, 101, 777, 999):
        text = "[" + ", ".join([*items[:broken], "{x}", *items[broken + 1 :]]) + "]"
        found = JsonObject(io.BytesIO(b'{"a":' + text.encode() + b"}")).items("a")
        assert [next(found)["n"] for _ in range(broken)] == list(range(broken))
        with pytest.raises(Invalid, match=rf"a\[{broken}\].*column {7 + text.index('{x}'):,}\)"):
            next(found)
    mixed = "[null, " + ", ".join([*items[:500], "7", *items[500:], "{x}"]) + "]"
    found = JsonObject(io.BytesIO(b'{"a":' + mixed.encode() + b"}")).items("a")
    with pytest.raises(Invalid, match=r"a\[1002\]"):
        list(found)


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
