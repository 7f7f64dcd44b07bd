"""The number of an attribute's value is kept by the database, however the row is written."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.db import bulk
from annotator.models import Attribute, AttributeValue
from tests.world import World

STORED = [
    (7, 7.0), (-2.5, -2.5), (0, 0.0), (1e300, 1e300), (2**53, 2.0**53), (1e-7, 1e-7),
    (True, None), (False, None), ("7", None), ("", None), ([7], None), ([], None),
]  # fmt: skip


@pytest.mark.parametrize("way", ["create", "bulk", "update"])
def test_the_number_of_a_value(w: World, way: str) -> None:
    attribute = Attribute.all_objects.create(project=w.project, name="a", name_key="a", kind="FLOAT")
    values = [AttributeValue(attribute=attribute, label=w.box(), value=value) for value, _ in STORED]
    if way == "create":
        for each in values:
            each.save()
    elif way == "bulk":
        bulk.create(values)
    else:
        wanted = [each.value for each in values]
        for each in values:
            each.value = 1
        AttributeValue.all_objects.bulk_create(values)
        for each, value in zip(values, wanted, strict=True):
            each.value = value
        AttributeValue.all_objects.bulk_update(values, ["value"])
    found: dict[Any, Any] = dict(AttributeValue.all_objects.values_list("pk", "number"))
    assert [found[each.pk] for each in values] == [number for _, number in STORED]
