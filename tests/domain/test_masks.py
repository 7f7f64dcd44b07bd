"""Run lists, stored bytes, COCO counts, outlines and borders of masks."""

import numpy as np
import pytest
from pycocotools import mask as coco

from annotator.domain import masks, rle, spans as sp
from annotator.domain.errors import Invalid, TooLarge


def random_masks(seed, count, side=16):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        width, height = (int(n) for n in rng.integers(1, side, 2))
        yield rng.random((height, width)) < rng.random()


def blobs(seed, count, side=40):
    """Larger connected shapes with holes and islands."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:side, 0:side]
    for _ in range(count):
        field = sum(
            np.sin(x * rng.uniform(0, 0.5) + y * rng.uniform(-0.5, 0.5) + rng.uniform(0, 6)) for _ in range(5)
        )
        yield field > rng.uniform(-1, 1)


def some_masks():
    yield from random_masks(1, 150)
    yield from blobs(2, 15)
    yield np.zeros((3, 4), bool)
    yield np.ones((3, 4), bool)


# --- run lists and stored bytes ---


def test_the_contracts_example():
    mask = np.zeros((4, 5), bool)
    mask[[1, 1, 2, 2], [1, 2, 0, 1]] = True
    assert masks.mask_to_runs(mask) == [7, 2, 11, 2]
    assert (masks.runs_to_mask([7, 2, 11, 2], 5, 4) == mask).all()


def test_runs_and_stored_bytes_give_the_mask_back():
    for mask in some_masks():
        runs = masks.mask_to_runs(mask)
        packed = masks.pack_runs(runs)
        assert masks.unpack_runs(packed) == runs
        assert masks.packed_area(packed) == masks.mask_area(mask) == sum(runs[1::2])
        if runs:
            assert (masks.runs_to_mask(runs, mask.shape[1], mask.shape[0]) == mask).all()
            assert (sp.to_bits(masks.unpack_spans(packed), mask.shape[1], mask.shape[0]) == mask).all()


def test_a_long_outline_packs_well():
    y, x = np.mgrid[0:1000, 0:1000]
    mask = (x - 500) ** 2 + (y - 500) ** 2 < 480**2
    assert len(masks.pack_spans(sp.from_bits(mask))) < 1_000 < len(str(masks.mask_to_runs(mask))) / 10


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (None, "list"), ("1,2", "list"), ({}, "list"), ([], "empty"), ([1], "pairs"), ([1, 2, 3], "pairs"),
        ([1, 2.0], "whole"), ([1, True], "whole"), ([1, "2"], "whole"), ([1, float("nan")], "whole"), ([1, None], "whole"),
        ([0, 2], "from 1"), ([-5, 2], "from 1"), ([3, 0], "from 1"), ([5, 1, 2, 1], "ascend"), ([5, 1, 5, 1], "ascend"),
        ([1, 4, 3, 2], "overlap"), ([10, 4], "beyond"), ([13, 1], "beyond"), ([1, 2**70], "beyond"), ([2**70, 1], "beyond"),
    ],
)  # fmt: skip
def test_hostile_run_lists_are_refused(raw, words):
    with pytest.raises(Invalid, match=words) as caught:
        masks.parse_runs(raw, 4, 3)
    assert caught.value.field == "mask"


def test_runs_may_touch_and_fill_the_box():
    assert masks.spans_to_runs(masks.parse_runs([1, 5, 6, 7], 4, 3)) == [1, 12]


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (-3, 4)])
def test_a_box_without_pixels_holds_no_mask(width, height):
    with pytest.raises(Invalid) as caught:
        masks.parse_runs([1, 1], width, height)
    assert caught.value.field == "box"


def test_boxes_that_are_too_large_are_refused_before_any_memory_is_taken():
    for call in (
        lambda: masks.parse_runs([1, 1], 50_000, 50_000),
        lambda: masks.rasterise([[[[0, 0], [9, 0], [9, 9]]]], 0, 0, 50_000, 50_000),
        lambda: masks.parse_counts([2_500_000_000], 50_000, 50_000),
    ):
        with pytest.raises(TooLarge, match="400,000,000"):
            call()


def test_damaged_bytes_are_told():
    packed = masks.pack_runs([1, 5, 9, 2])
    for bad in (b"", b"\x02" + packed[1:], packed[:1] + b"nonsense", packed[:-6]):
        with pytest.raises(Invalid):
            masks.unpack_runs(bad)


# --- COCO ---


def test_counts_are_those_of_pycocotools():
    for mask in some_masks():
        height, width = mask.shape
        known = coco.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()
        counts = masks.parse_counts(known, width, height)
        packed = masks.pack_spans(sp.from_bits(mask))
        assert masks.coco_text(masks.coco_counts(packed, (0, 0, width, height), width, height)) == known
        assert masks.is_canonical(counts, known) and masks.is_canonical(counts, counts.tolist())
        assert (masks.parse_counts(counts.tolist(), width, height) == counts).all()
        found = masks.coco_mask(counts, height)
        if found is None:
            assert not mask.any()
            continue
        box, inside = found
        assert box == masks.bounds_of(mask)
        assert masks.coco_text(masks.coco_counts(inside, box, width, height)) == known


def test_a_given_box_is_taken_when_it_holds_the_pixels():
    mask = np.zeros((6, 8), bool)
    mask[2:4, 3:6] = True
    counts = masks.coco_counts(masks.pack_spans(sp.from_bits(mask)), (0, 0, 8, 6), 8, 6)
    box, packed = masks.coco_mask(counts, 6, box=(2, 1, 7, 5))
    assert box == (2, 1, 7, 5) and (sp.to_bits(masks.unpack_spans(packed), 5, 4) == mask[1:5, 2:7]).all()
    assert masks.coco_mask(counts, 6, box=(4, 1, 7, 5))[0] == (3, 2, 6, 4)


def test_pixels_outside_the_picture_are_dropped():
    packed = masks.pack_spans(sp.from_bits(np.ones((4, 4), bool)))
    assert masks.coco_counts(packed, (-2, -1, 2, 3), 3, 3).tolist() == [0, 6, 3]
    assert masks.coco_counts(packed, (9, 9, 13, 13), 3, 3).tolist() == [9]


@pytest.mark.parametrize(
    "raw",
    [None, 5, {}, [], [3, 4], [3, 10], [-3, 15], [1.5, 10.5], [True, 11], ["12"], [2**70], [2**41, -(2**41) + 12],
     "", "é", "0", "0~", "0P", "oooooooooooooooo0", "n" * 50 + "0"],
)  # fmt: skip
def test_hostile_counts_are_refused(raw):
    with pytest.raises(Invalid):
        masks.parse_counts(raw, 4, 3)


def test_counts_in_another_form_are_told_apart():
    counts = masks.parse_counts([3, 2, 0, 4, 3], 4, 3)
    assert not masks.is_canonical(counts, [3, 2, 0, 4, 3])
    assert masks.coco_mask(counts, 3) == masks.coco_mask(masks.parse_counts([3, 6, 3], 4, 3), 3)


def test_large_numbers_survive_compression():
    numbers = np.array([0, 1, 15, 16, 31, 32, 2**20, 5, 2**39, 0, 7, 2**39 - 1], np.int64)
    assert (rle.stretch(rle.squeeze(numbers)) == numbers).all()


# --- outlines and borders ---


def test_mask_to_polygon_to_mask_is_the_identity():
    for mask in some_masks():
        height, width = mask.shape
        points = masks.mask_to_points(mask)
        if points:
            assert (masks.rasterise(points, 0, 0, width, height) == mask).all()
            assert (masks.rasterise(masks.mask_to_points(mask, 7, -3), 7, -3, width, height) == mask).all()
        else:
            assert not mask.any()


def area_of(ring):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def test_outlines_turn_at_every_vertex_and_go_round_the_mask_on_its_left_side():
    for mask in (*random_masks(3, 60), *blobs(4, 5)):
        for outer, *holes in masks.mask_to_points(mask):
            assert area_of(outer) > 0 and all(area_of(hole) < 0 for hole in holes)
            for ring in (outer, *holes):
                sides = [a[0] == b[0] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]
                assert all(one != two for one, two in zip(sides, [*sides[1:], sides[0]], strict=True))


def components(mask, steps):
    """Return the sets of set pixels that are connected over `steps`."""
    left = {(int(y), int(x)) for y, x in np.argwhere(mask)}
    found = []
    while left:
        todo, own = [left.pop()], set()
        while todo:
            y, x = todo.pop()
            own.add((y, x))
            near = {(y + dy, x + dx) for dy, dx in steps} & left
            left -= near
            todo += near
        found.append(own)
    return found


def test_parts_are_what_touches_over_sides():
    sides = [(0, 1), (1, 0), (0, -1), (-1, 0)]
    for mask in (*random_masks(5, 40, side=12), *blobs(6, 2)):
        height, width = mask.shape
        parts = []
        for part in masks.mask_to_points(mask):
            own = masks.rasterise([part], 0, 0, width, height)
            parts.append({(int(y), int(x)) for y, x in np.argwhere(own)})
            around = components(
                np.pad(~own, 1, constant_values=True), [*sides, (1, 1), (1, -1), (-1, 1), (-1, -1)]
            )
            assert len(part) == len(around)
        assert sorted(map(sorted, parts)) == sorted(map(sorted, components(mask, sides)))


def test_a_noisy_mask_is_not_traced_without_end():
    noise = np.indices((40, 40)).sum(axis=0) % 2 == 0
    with pytest.raises(TooLarge, match="corners"):
        masks.mask_to_points(noise, limit=1_000)


def test_bounds_and_border():
    mask = np.zeros((6, 7), bool)
    mask[1:6, 2:6] = True
    assert masks.bounds_of(mask) == (2, 1, 6, 6)
    assert masks.bounds_of(np.zeros((2, 2), bool)) is None
    border = masks.inner_border(mask)
    assert masks.mask_area(border) == 20 - 6 and not border[2:5, 3:5].any()
    for mask in random_masks(7, 40):
        spans = sp.from_bits(mask)
        assert sp.bounds(spans, mask.shape[1]) == masks.bounds_of(mask)
        assert not (masks.inner_border(mask) & ~mask).any()


def test_recut_is_the_same_pixels_in_another_box():
    for mask in random_masks(8, 40):
        height, width = mask.shape
        wide = np.zeros((height + 5, width + 4), bool)
        wide[2 : height + 2, 3 : width + 3] = mask
        there = sp.recut(sp.from_bits(mask), (3, 2, width + 3, height + 2), (0, 0, width + 4, height + 5))
        assert (there == sp.from_bits(wide)).all()
        back = sp.recut(there, (0, 0, width + 4, height + 5), (3, 2, width + 3, height + 2))
        assert (back == sp.from_bits(mask)).all()
