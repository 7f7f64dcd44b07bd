"""The filters of lists of images: each alone and together, echoed, and true where nothing can match yet."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.models import (
    Attribute,
    AttributeBinding,
    AttributeValue,
    Media,
    MediaStatus,
    Tag,
    TagGroup,
    UploadBatch,
)
from tests.api.hasty.conftest import ANY, Callers
from tests.api.queries import counted
from tests.world import World, make_dataset, make_images


@pytest.fixture
def five(w: World) -> list[Media]:
    """Three images of Morning and two of Evening, which comes first by name."""
    return w.images + make_images(make_dataset(w.project, "Evening"), 2, start=4)


def numbers(by: Callers, p: str, query: str) -> list[int]:
    """Return the numbers of the images that a query finds, in order; the total must agree."""
    found = by.vera.get(f"{p}/images", query)
    assert found["meta"]["total"] == len(found["items"])
    return [int(row["name"].split()[1].split(".")[0]) for row in found["items"]]


def test_order_and_filters(w: World, by: Callers, p: str, five: list[Media]) -> None:
    evening = five[3].items.get().dataset
    done = MediaStatus.all_objects.get(project=w.project, base="DONE")
    Media.objects.filter(pk__in=[five[1].pk, five[4].pk]).update(status=done)
    Tag.all_objects.create(project=w.project, media=five[0], concept=w.sunny)
    assert numbers(by, p, "") == [4, 5, 1, 2, 3]
    assert numbers(by, p, f"dataset_id={evening.pk}") == [4, 5]
    assert numbers(by, p, f"dataset_id={evening.pk},{w.dataset.pk}&image_status=DONE") == [5, 2]
    assert numbers(by, p, f"dataset_id[]={ANY}") == []
    assert numbers(by, p, "image_name=IMG%203") == [3] and numbers(by, p, "image_name=%25") == []
    assert numbers(by, p, "image_status=DONE,TO%20REVIEW") == [5, 2]
    assert numbers(by, p, f"status_id={done.pk}") == [5, 2] and numbers(by, p, f"status_id={ANY}") == []
    assert numbers(by, p, f"status_id={done.pk}&image_status=NEW") == []
    for name in ("tag_class_id", "tag_class_ids", "tag", "tag_id"):
        assert numbers(by, p, f"{name}={w.sunny.pk}&{name}={ANY}") == [1]
    echoed = by.vera.get(f"{p}/images", f"image_status=DONE&offset=1&limit=1&dataset_id={evening.pk}")["meta"]
    assert echoed["search_parameters"] == {"image_status": ["DONE"], "dataset_id": [str(evening.pk)]}


def test_times(w: World, by: Callers, p: str) -> None:
    now, hour_ago = timezone.now(), timezone.now() - timedelta(hours=1)
    Media.objects.filter(number=1).update(updated_at=hour_ago, created_at=hour_ago)
    Media.objects.filter(number=2).update(updated_at=now, created_at=hour_ago)
    Media.objects.filter(number=3).update(updated_at=now, created_at=now)
    minute_ago = int(time.time()) - 60
    for since in (str(minute_ago), f"{minute_ago}000", "30m", "1800s"):
        assert numbers(by, p, f"updated_since={since}") == [2, 3]
        assert numbers(by, p, f"created_since={since}") == [3]
    assert numbers(by, p, "updated_since=3d") == [1, 2, 3] == numbers(by, p, "created_since=9w")
    for wrong in ("yesterday", "30", "-1", "1y", "99999999999999999999", "30m30m"):
        expected = 200 if wrong == "30" else 400
        by.vera.get(f"{p}/images", f"updated_since={wrong}", status=expected)


def test_batches_and_what_does_not_exist_yet(w: World, by: Callers, p: str) -> None:
    batch = UploadBatch.all_objects.create(project=w.project)
    Media.objects.filter(number=2).update(batch=batch)
    assert numbers(by, p, f"batch_id={batch.pk}") == [2]
    assert numbers(by, p, "batch_id=none") == [1, 3] == numbers(by, p, "batch_id=NULL")
    assert numbers(by, p, "queue_id=none") == [1, 2, 3] and numbers(by, p, f"queue_id={ANY}") == []
    for query in (
        f"ef_run_ids={ANY}",
        "ef_error_type=LOW_IOU",
        "ef_user_action=RESOLVED",
        f"aldi_session_id={ANY}",
    ):
        assert numbers(by, p, query) == []
    assert numbers(by, p, "ef_user_action=ALL") == [1, 2, 3]


def test_missing_attributes(w: World, by: Callers, p: str) -> None:
    def attribute(name: str, **options: object) -> Attribute:
        return Attribute.all_objects.create(
            project=w.project, name=name, name_key=name, kind="TEXT", **options
        )

    assert numbers(by, p, "has_missing_attributes=true") == []
    attribute("free")
    of_car = attribute("plate", is_required=True)
    AttributeBinding.all_objects.create(attribute=of_car, concept=w.car)
    label = w.box(w.images[0])
    w.box(w.images[1], w.person)
    assert numbers(by, p, "has_missing_attributes=True") == [1]
    assert numbers(by, p, "has_missing_attributes=false") == [2, 3]
    AttributeValue.all_objects.create(attribute=of_car, label=label, value="x")
    assert numbers(by, p, "has_missing_attributes=1") == []
    of_image = attribute("place", is_required=True, subject="IMAGE")
    AttributeValue.all_objects.create(attribute=of_image, media=w.images[2], value="here")
    assert numbers(by, p, "has_missing_attributes=1") == [1, 2]


def test_missing_tags(w: World, by: Callers, p: str) -> None:
    assert numbers(by, p, "has_missing_tags=true") == [] and numbers(by, p, "has_missing_tags=0") == [1, 2, 3]
    group = TagGroup.all_objects.get()
    TagGroup.all_objects.update(is_required=True)
    w.sunny.tag_group = group
    w.sunny.save()
    Tag.all_objects.create(project=w.project, media=w.images[1], concept=w.sunny)
    assert numbers(by, p, "has_missing_tags=true") == [1, 3] and numbers(by, p, "has_missing_tags=false") == [
        2
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        "dataset_id=x", "image_status=nonsense", "image_status=DONE,x", "status_id=x", "tag_class_id=x", "queue_id=x",
        "batch_id=x", "ef_run_ids=x", "ef_user_action=x", "ef_error_type=x", "aldi_session_id=none", "has_missing_tags=x",
        "has_missing_attributes=2", "image_name=%00", "image_name=a%0Ab", "limit=-1", "offset=1e3",
    ],
)  # fmt: skip
def test_wrong_values_are_named(w: World, by: Callers, p: str, wrong: str) -> None:
    refusal = by.vera.get(f"{p}/images", wrong, status=400)
    assert wrong.split("=")[0] in refusal["message"]
    if not wrong.startswith(("limit", "offset")):
        by.vera.get(f"{p}/images/{w.images[0].pk}/offset", wrong, status=400)


def test_the_place_of_an_image_in_a_list(w: World, by: Callers, p: str, five: list[Media]) -> None:
    done = MediaStatus.all_objects.get(project=w.project, base="DONE")
    Media.objects.filter(pk__in=[five[1].pk, five[4].pk]).update(status=done)
    for place, number in enumerate((4, 5, 1, 2, 3)):
        assert by.vera.get(f"{p}/images/{five[number - 1].pk}/offset") == {"offset": place}
    with counted("hasty images offset"):
        assert by.vera.get(f"{p}/images/{five[1].pk}/offset", "image_status=DONE") == {"offset": 1}
    by.vera.get(f"{p}/images/{five[0].pk}/offset", "image_status=DONE", status=404)
