"""The order of media lists."""

from __future__ import annotations

import itertools

from annotator.domain.listing import dataset_key, list_key


def test_order_then_dataset_then_name() -> None:
    orders = [-1e9, -2.5, -0.0, 0.5, 1.0, 2.0, 10.0, 1e300, None]
    keys = [
        list_key(dataset_key(order, name), item)
        for order in orders
        for name in ("a2", "A10", "b")
        for item in ("1.jpg", "IMG 2.jpg", "img 10.jpg")
    ]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_minus_zero_is_zero() -> None:
    assert dataset_key(-0.0, "a") == dataset_key(0.0, "a")


def test_a_dataset_whose_name_begins_like_another_does_not_mix_with_it() -> None:
    short, long = dataset_key(None, "a"), dataset_key(None, "a b")
    assert max(list_key(short, name) for name in ("zz", "~", "ü")) < min(
        list_key(long, name) for name in ("0", "a")
    )


def test_keys_fit_the_index_whatever_the_names_are() -> None:
    for one, other in itertools.product(("ß" * 500, "1a" * 250, "漢" * 500, "🙂" * 500), repeat=2):
        key = list_key(dataset_key(1.5, one), other)
        assert len(key) <= 1400 and len(key.encode()) <= 2020
