"""Features, the four types of targets, and what images and bins say of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from annotator.models import (
    Attribute,
    AttributeOption,
    AttributeValue,
    Concept,
    Job,
    ModelingSetup,
    Tag,
    TagGroup,
)
from tests.api.datarobot.conftest import ROOT, Callers
from tests.api.queries import counted
from tests.world import World, make_class, make_images


@pytest.fixture
def pets(w: World) -> dict[str, Concept]:
    """A group of one tag an image: two cats, two dogs with a non-ASCII name, and one image without."""
    make_images(w.dataset, 2, start=4)
    group = TagGroup.all_objects.create(
        project=w.project, order=1, name="Art", name_key="art", sort_key="art", kind="SELECTION"
    )
    found = {
        name: make_class(w.project, name, number, on_region=False, on_media=True, tag_group=group)
        for number, name in enumerate(("cat", "Köter, groß"), 10)
    }
    for index, name in enumerate(("cat", "Köter, groß", "cat", "Köter, groß")):
        Tag.all_objects.create(project=w.project, media=images(w)[index], concept=found[name])
    return found


def images(w: World) -> list[Any]:
    return list(w.project.media.order_by("pk"))


def attribute(w: World, name: str, kind: str, *options: str) -> Attribute:
    found = Attribute.all_objects.create(
        project=w.project, name=name, name_key=name.lower(), kind=kind, subject="IMAGE", order=1
    )
    for order, value in enumerate(options):
        AttributeOption.all_objects.create(attribute=found, value=value, order=order)
    return found


def put(found: Attribute, w: World, *values: Any) -> None:
    """Give the first images their values."""
    keys = {option.value: str(option.pk) for option in found.options.all()}
    for media, value in zip(images(w), values, strict=False):
        stored = [keys[each] for each in value] if isinstance(value, list) else keys.get(value, value)
        AttributeValue.all_objects.create(attribute=found, media=media, value=stored)


def aim(by: Callers, p: str, target: str, **body: Any) -> None:
    """Set the target and follow the Location to the project."""
    answer = by.max.raw("PATCH", f"{p}/aim/", {"target": target, "mode": "quick", **body})
    assert answer.status_code == 202, answer.content
    status = answer["Location"].removeprefix(f"http://testserver{ROOT}")
    found = by.max.raw("GET", status)
    assert (found.status_code, found["Location"]) == (303, f"http://testserver{ROOT}{p}/")


def values(by: Callers, p: str, query: str = "") -> list[Any]:
    return [each["targetValue"] for each in by.vera.get(f"{p}/images/", query)["data"]]


def test_features(w: World, by: Callers, p: str, pets: dict[str, Concept]) -> None:
    put(attribute(w, "Höhe", "FLOAT"), w, 1.5, 2.5, 2.5)
    put(attribute(w, "night", "BOOL"), w, True, True)
    attribute(w, "note", "TEXT")
    attribute(w, "IMAGE", "INT")  # hidden by the column of images
    w.box()
    w.box()
    w.box(w.images[1])
    with counted("datarobot features"):
        found = by.vera.get(f"{p}/features/")
    assert {each["name"]: (each["featureType"], each["uniqueCount"], each["naCount"], each["lowInformation"]) for each in found} == {
        "image": ("Image", 5, 0, False), "Default": ("Multicategorical", 0, 5, True), "Art": ("Categorical", 2, 1, False),
        "Höhe": ("Numeric", 2, 2, False), "night": ("Boolean", 1, 3, True), "note": ("Text", 0, 5, True),
        "count of car": ("Numeric", 3, 0, False), "count of person": ("Numeric", 1, 0, True),
        "presence of car": ("Boolean", 2, 0, False), "presence of person": ("Boolean", 1, 0, True),
    }  # fmt: skip
    numbers = [each["id"] for each in found]
    assert numbers[0] == 0 and len(set(numbers)) == len(numbers)
    make_class(w.project, "another", 30)
    assert [each["id"] for each in by.vera.get(f"{p}/features/")][: len(numbers)] == numbers
    assert all(
        each["timeSeriesEligibilityReason"] == "notADate" and each["projectId"] == str(w.project.pk)
        for each in found
    )


def test_binary(w: World, by: Callers, p: str, pets: dict[str, Concept]) -> None:
    assert by.vera.get(f"{p}/status/") == {
        "autopilotDone": True, "stage": "aim", "stageDescription": "Images are there; set a target.",
    }  # fmt: skip
    with counted("datarobot aim"):
        answer = by.max.raw(
            "PATCH", f"{p}/aim/", {"target": "Art", "mode": "manual", "positiveClass": "cat", "metric": "AUC"}
        )
    assert answer.status_code == 202
    found = by.vera.get(f"{p}/")
    assert (found["stage"], found["target"], found["targetType"], found["positiveClass"]) == (
        "modeling",
        "Art",
        "Binary",
        "cat",
    )
    assert by.vera.get("/projects/")[0] == found and by.vera.get(f"{p}/status/")["stage"] == "modeling"
    assert ModelingSetup.all_objects.get(project=w.project).options == {"mode": "manual", "metric": "AUC"}
    job = Job.all_objects.get(project=w.project)
    assert (job.kind, job.state, job.started_by_id, by.vera.get(f"{p}/jobs/")["jobs"]) == (
        "set_target",
        "DONE",
        w.max.pk,
        [],
    )
    assert values(by, p) == ["cat", "Köter, groß", "cat", "Köter, groß", None]
    assert values(by, p, "targetValue=cat") == ["cat", "cat"]
    assert values(by, p, f"targetValue={quote('Köter, groß')}") == ["Köter, groß"] * 2
    assert values(by, p, "targetValue=cow") == [] and values(by, p, "targetValue=") == values(by, p)
    image = by.vera.get(f"{p}/images/{images(w)[1].pk}/")
    assert image == {
        "imageId": str(images(w)[1].pk),
        "height": 480,
        "width": 640,
        "targetValue": "Köter, groß",
    }
    assert {
        each["targetValue"] for each in by.vera.get(f"{p}/imageSamples/", "featureName=image")["data"]
    } == {None}
    # A tag given anywhere is the value at once.
    Tag.all_objects.create(project=w.project, media=images(w)[4], concept=pets["cat"])
    assert values(by, p, "targetValue=cat&limit=2&offset=1") == ["cat", "cat"]
    bins = by.vera.get(f"{p}/imageBins/", "featureName=image")["data"]
    assert [(each["targetValue"], each["targetBinRowCount"], each["targetBinStart"], each["targetBinEnd"]) for each in bins] == [
        ("cat", 3, None, None), ("Köter, groß", 2, None, None),
    ]  # fmt: skip
    assert [each["imageId"] for each in bins] == [str(images(w)[0].pk), str(images(w)[1].pk)]
    pets["cat"].tag_group.delete() if pets["cat"].tag_group else None
    found = by.vera.get(f"{p}/")
    assert (found["stage"], found["target"], found["targetType"]) == ("aim", None, None)


def test_multiclass(w: World, by: Callers, p: str, pets: dict[str, Concept]) -> None:
    aim(by, p, "Art", targetType="Multiclass")
    assert by.vera.get(f"{p}/")["targetType"] == "Multiclass"
    size = attribute(w, "size", "SELECTION", "small", "medium", "large", "huge")
    put(size, w, "small", "large", "medium", "small")
    aim(by, p, "size")
    assert by.vera.get(f"{p}/")["targetType"] == "Multiclass"
    assert values(by, p) == ["small", "large", "medium", "small", None]
    assert (
        values(by, p, "targetValue=small") == ["small", "small"] and values(by, p, "targetValue=huge") == []
    )
    bins = by.vera.get(f"{p}/imageBins/", "featureName=image&limit=2")
    assert [(each["targetValue"], each["targetBinRowCount"]) for each in bins["data"]] == [
        ("small", 2),
        ("large", 1),
    ]
    assert bins["totalCount"] == 3 and "featureName=image" in bins["next"]
    put(attribute(w, "night", "BOOL"), w, True, False, True)
    aim(by, p, "night")
    assert by.vera.get(f"{p}/")["targetType"] == "Binary"
    assert values(by, p) == ["true", "false", "true", None, None] and values(by, p, "targetValue=false") == [
        "false"
    ]
    bins = by.vera.get(f"{p}/imageBins/", "featureName=image")["data"]
    assert [(each["targetValue"], each["targetBinRowCount"]) for each in bins] == [("true", 2), ("false", 1)]


@pytest.mark.parametrize("of", ["tags", "attribute"])
def test_multilabel(w: World, by: Callers, p: str, of: str) -> None:
    names = [["a", "b"], ["b"], []]
    if of == "tags":
        group = TagGroup.all_objects.create(
            project=w.project, order=1, name="many", name_key="many", sort_key="many"
        )
        tags = {
            name: make_class(w.project, name, n, on_region=False, on_media=True, tag_group=group)
            for n, name in enumerate("ab", 20)
        }
        for media, every in zip(w.images, names, strict=True):
            for name in every:
                Tag.all_objects.create(project=w.project, media=media, concept=tags[name])
    else:
        put(attribute(w, "many", "MULTIPLE-SELECTION", "a", "b", "c"), w, *names)
    aim(by, p, "many")
    assert by.vera.get(f"{p}/")["targetType"] == "Multilabel"
    assert values(by, p) == [["a", "b"], ["b"], None if of == "tags" else []]
    assert values(by, p, "targetValue=b") == [["a", "b"], ["b"]]
    assert values(by, p, "targetValue=a&targetValue=b") == [["a", "b"]]
    bins = by.vera.get(f"{p}/imageBins/", "featureName=image")["data"]
    assert [(each["targetValue"], each["targetBinRowCount"], each["imageId"]) for each in bins] == [
        ("b", 2, str(w.images[0].pk)), ("a", 1, str(w.images[0].pk)),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["INT", "FLOAT"])
def test_regression(w: World, by: Callers, p: str, kind: str) -> None:
    numbers = [-3, 0, 7, 7, 12, 40] if kind == "INT" else [-2.5, 0.0, 7.25, 7.5, 12.0, 40.999]
    make_images(w.dataset, 4, start=4)
    put(attribute(w, "Höhe", kind), w, *numbers)
    aim(by, p, "Höhe")
    assert by.vera.get(f"{p}/")["targetType"] == "Regression" and values(by, p) == [*numbers, None]
    bins_hold_each_row_once(by, p, numbers)
    assert values(by, p, "targetBinStart=7&targetBinEnd=12") == [each for each in numbers if 7 <= each < 12]
    assert values(by, p, "targetBinStart=7&targetBinEnd=7") == []
    assert values(by, p, "targetBinStart=-1e3&targetBinEnd=1.5") == numbers[:2]


def test_regression_by_the_number_of_labels(w: World, by: Callers, p: str) -> None:
    for media, count in zip(w.images, (2, 0, 5), strict=True):
        for _ in range(count):
            w.box(media)
    w.box(w.images[1], w.person)
    aim(by, p, "count of car")
    found = by.vera.get(f"{p}/")
    assert (found["target"], found["targetType"]) == ("count of car", "Regression")
    assert values(by, p) == [2, 0, 5] and values(by, p, "targetBinStart=0&targetBinEnd=3") == [2, 0]
    bins_hold_each_row_once(by, p, [2, 0, 5])


def bins_hold_each_row_once(by: Callers, p: str, numbers: list[Any]) -> None:
    """The counts of all bins are all rows, and the list of images with a bin's edges has as many rows as it counts."""
    bins = by.vera.get(f"{p}/imageBins/", "featureName=image")["data"]
    assert sum(each["targetBinRowCount"] for each in bins) == len(numbers) and len(bins) <= 10
    for each in bins:
        query = f"targetBinStart={each['targetBinStart']}&targetBinEnd={each['targetBinEnd']}"
        page = by.vera.get(f"{p}/images/", query)
        assert page["totalCount"] == each["targetBinRowCount"] > 0
        inside = [row["targetValue"] for row in page["data"]]
        assert each["targetValue"] in inside and each["imageId"] in [row["imageId"] for row in page["data"]]


@pytest.mark.parametrize(
    "body",
    [
        [], {}, {"target": ""}, {"target": None}, {"target": 1}, {"target": "nothing"}, {"target": "image"}, {"target": "Default"},
        {"target": "art"}, {"target": "Art", "targetType": "Regression"}, {"target": "Art", "targetType": "binary"},
        {"target": "Art", "mode": "fast"}, {"target": "Art", "positiveClass": "cow"}, {"target": "Art", "positiveClass": ["cat"]},
        {"target": "Art", "targetType": "Multiclass", "positiveClass": "cat"}, {"target": "Art", "unsupervisedMode": True},
        {"target": "note"}, {"target": "one"}, {"target": "none"}, {"target": "Höhe", "targetType": "Binary"},
    ],
    ids=repr,
)  # fmt: skip
def test_what_no_target_may_be(w: World, by: Callers, p: str, pets: dict[str, Concept], body: Any) -> None:
    put(attribute(w, "note", "TEXT"), w, "a", "b")
    put(attribute(w, "one", "SELECTION", "a", "b"), w, "a", "a")
    put(attribute(w, "Höhe", "INT"), w, 1, 2)
    attribute(w, "none", "FLOAT")
    by.max.refused("PATCH", f"{p}/aim/", 422, body)
    assert not ModelingSetup.all_objects.exists() and not Job.all_objects.exists()


def test_presence_of_a_class(w: World, by: Callers, p: str, pets: dict[str, Concept]) -> None:
    first, second, *rest = images(w)
    w.box(second)
    w.box(second)
    images(w)[2].delete()
    aim(by, p, "presence of car", positiveClass="true")
    found = by.vera.get(f"{p}/")
    assert (found["target"], found["targetType"], found["positiveClass"]) == (
        "presence of car",
        "Binary",
        "true",
    )
    assert values(by, p) == ["false", "true", "false", "false"]
    with counted("datarobot images by presence"):
        assert values(by, p, "targetValue=true") == ["true"]
    assert values(by, p, "targetValue=false") == ["false"] * 3
    assert values(by, p, "targetValue=cat") == []
    with counted("datarobot bins of presence"):
        bins = by.vera.get(f"{p}/imageBins/", "featureName=image")["data"]
    assert [(each["targetValue"], each["targetBinRowCount"], each["imageId"], each["targetBinStart"]) for each in bins] == [
        ("false", 3, str(first.pk), None), ("true", 1, str(second.pk), None),
    ]  # fmt: skip
    second.labels.all().delete()
    assert values(by, p) == ["false"] * 4
    by.max.refused("PATCH", f"{p}/aim/", 422, {"target": "presence of person"})
    by.max.refused("PATCH", f"{p}/aim/", 422, {"target": "presence of car", "targetType": "Regression"})


def test_who_may_set_a_target_and_where(w: World, by: Callers, p: str, pets: dict[str, Concept]) -> None:
    for one in (by.vera, by.ann, by.rosa):
        one.refused("PATCH", f"{p}/aim/", 403, {"target": "Art"})
    by.otto.refused("PATCH", f"{p}/aim/", 404, {"target": "Art"})
    w.project.media.update(trashed_at=w.images[0].created_at)
    by.max.refused("PATCH", f"{p}/aim/", 422, {"target": "Art"})


NO_TARGET, BINARY, REGRESSION = "", "Art", "Höhe"


@pytest.mark.parametrize(
    ("target", "query"),
    [
        (BINARY, "targetValue=cat&targetBinStart=1&targetBinEnd=2"), (REGRESSION, "targetBinStart=1"), (REGRESSION, "targetBinEnd=1"),
        (BINARY, "targetBinStart=1&targetBinEnd=2"), (REGRESSION, "targetValue=1"), (NO_TARGET, "targetValue=1"),
        (NO_TARGET, "targetBinStart=1&targetBinEnd=2"), (REGRESSION, "targetBinStart=2&targetBinEnd=1"),
        (REGRESSION, "targetBinStart=x&targetBinEnd=1"), (REGRESSION, "targetBinStart=NaN&targetBinEnd=1"),
        (REGRESSION, "targetBinStart=0&targetBinEnd=1e999"), (NO_TARGET, "column=Art"), (NO_TARGET, "column=nothing"),
        (NO_TARGET, "offset=-1"), (NO_TARGET, "limit=0"), (NO_TARGET, "limit=many"),
    ],
)  # fmt: skip
def test_what_no_filter_of_images_may_be(
    w: World, by: Callers, p: str, pets: dict[str, Concept], target: str, query: str
) -> None:
    put(attribute(w, "Höhe", "INT"), w, 1, 2)
    if target:
        aim(by, p, target)
    by.vera.refused("GET", f"{p}/images/", 422, query=query)
