"""Images of a project: lists, one, its file, samples and duplicates."""

from __future__ import annotations

import pytest

from annotator.models import Media
from annotator.services.media import urls
from tests.api.datarobot.conftest import ANY, MALFORMED, ROOT, Callers, caller
from tests.api.queries import counted
from tests.world import World, keep, make_images, make_video, picture


def test_the_list_is_in_order_of_creation_and_pages(w: World, by: Callers, p: str) -> None:
    make_images(w.dataset, 2, start=4, width=64, height=48)
    make_video(w.dataset)
    with counted("datarobot images"):
        found = by.vera.get(f"{p}/images/")
    keys = [
        str(key) for key in w.project.media.filter(kind="image").order_by("pk").values_list("pk", flat=True)
    ]
    assert [each["imageId"] for each in found["data"]] == keys
    assert found["data"][0] == {"imageId": keys[0], "height": 480, "width": 640, "targetValue": None}
    assert {name: found[name] for name in ("count", "next", "previous", "totalCount")} == {
        "count": 5, "next": None, "previous": None, "totalCount": 5,
    }  # fmt: skip
    seen, query = [], "limit=2&column=image"
    while query:
        page = by.vera.get(f"{p}/images/", query)
        seen += [each["imageId"] for each in page["data"]]
        assert page["next"] is None or page["next"].startswith(
            f"http://testserver{ROOT}{p}/images/?limit=2&column=image&offset="
        )
        query = (page["next"] or "?").partition("?")[2]
    assert seen == keys
    second = by.vera.get(f"{p}/images/", "limit=2&offset=2")
    first = by.vera.get(f"{p}/images/", second["previous"].partition("?")[2])
    assert [each["imageId"] for each in first["data"]] == keys[:2]
    assert by.vera.get(f"{p}/images/", "offset=9")["data"] == []


def test_links_begin_with_the_address_that_was_asked(w: World, by: Callers, p: str) -> None:
    """Fact 3."""
    for host in ("localhost:8000", "127.0.0.1:8000"):
        answer = by.vera.raw("GET", f"{p}/images/", query="limit=1&offset=1", headers={"Host": host})
        assert answer.json()["next"].startswith(f"http://{host}{ROOT}/") and answer.json()[
            "previous"
        ].startswith(f"http://{host}/")  # type: ignore[attr-defined]


def test_rows_of_equal_bytes_have_one_image_id(w: World, by: Callers, p: str) -> None:
    make_images(w.dataset, 3, start=4)
    every = list(w.project.media.order_by("pk"))
    for index, number in ((3, 0), (4, 0), (5, 1)):
        Media.all_objects.filter(pk=every[index].pk).update(blob=every[number].blob)
    found = [each["imageId"] for each in by.vera.get(f"{p}/images/")["data"]]
    assert found == [str(every[index].pk) for index in (0, 1, 2, 0, 0, 1)]
    assert by.vera.get(f"{p}/images/{every[5].pk}/")["imageId"] == str(every[1].pk)
    with counted("datarobot duplicates"):
        page = by.vera.get(f"{p}/duplicateImages/image/")
    assert page["data"] == [
        {"imageId": str(every[0].pk), "rowCount": 3},
        {"imageId": str(every[1].pk), "rowCount": 2},
    ]
    assert by.vera.get(f"{p}/duplicateImages/image/", "limit=1&offset=1")["data"] == page["data"][1:]
    Media.all_objects.filter(pk__in=[every[0].pk, every[5].pk]).update(trashed_at=every[0].created_at)
    assert by.vera.get(f"{p}/duplicateImages/image/")["data"] == [
        {"imageId": str(every[3].pk), "rowCount": 2}
    ]
    for column in ("Image", "Default", "a%20b", "caf%C3%A9", "a/b", "%2F"):
        by.vera.refused("GET", f"{p}/duplicateImages/{column}/", 404)
    by.vera.refused("GET", f"{p}/duplicateImages/image/", 422, query="limit=x")
    by.vera.refused("GET", f"{p}/imageBins/", 422, query="featureName=image")


def test_samples_are_the_same_each_time(
    w: World, by: Callers, p: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_images(w.dataset, 9, start=4)
    query = "featureName=image"
    with counted("datarobot samples"):
        found = by.vera.get(f"{p}/imageSamples/", query)
    keys = [each["imageId"] for each in found["data"]]
    assert sorted(keys) == sorted(
        str(key) for key in w.project.media.values_list("pk", flat=True)
    ) and keys != sorted(keys)
    assert found["data"][0] == {"imageId": keys[0], "height": 480, "width": 640, "targetValue": None}
    assert by.ann.get(f"{p}/imageSamples/", query)["data"] == found["data"]
    page = by.vera.get(f"{p}/imageSamples/", f"{query}&limit=5&offset=5")
    assert [each["imageId"] for each in page["data"]] == keys[5:10]
    monkeypatch.setattr("api.datarobot.views.images.SAMPLE", 4)
    page = by.vera.get(f"{p}/imageSamples/", query)
    assert [each["imageId"] for each in page["data"]] == keys[:4] and page["totalCount"] == 4
    for wrong in ("", "featureName=", "featureName=Default", "featureName=nothing", f"{query}&limit=0"):
        by.vera.refused("GET", f"{p}/imageSamples/", 422, query=wrong)
        by.vera.refused("GET", f"{p}/imageBins/", 422, query=wrong)


def test_the_file_is_handed_over_to_who_sends_bytes(w: World, by: Callers, p: str) -> None:
    media = Media.objects.select_related("blob").get(pk=w.images[0].pk)
    with counted("datarobot image file"):
        answer = by.vera.raw("GET", f"{p}/images/{media.pk}/file/")
    assert answer.status_code == 200 and answer["X-Internal-File"] == urls.addresses(media).original
    Media.all_objects.filter(pk=media.pk).update(blob=None, source_url="https://example.org/a.jpg")
    answer = by.vera.raw("GET", f"{p}/images/{media.pk}/file/")
    assert (answer.status_code, answer["Location"]) == (302, "https://example.org/a.jpg")
    Media.all_objects.filter(pk=media.pk).update(source_url="")
    by.vera.refused("GET", f"{p}/images/{media.pk}/file/", 404)


def test_whom_and_what_there_is_not(w: World, by: Callers, p: str) -> None:
    video = make_video(w.dataset)
    theirs = Media.all_objects.create(
        project=w.other_project(),
        number=1,
        status=w.other_project().statuses.first(),
        blob=keep(picture(1)),
        width=1,
        height=1,
    )
    for key in (*MALFORMED, ANY, video.pk, theirs.pk):
        by.vera.refused("GET", f"{p}/images/{key}/", 404)
        by.vera.refused("GET", f"{p}/images/{key}/file/", 404)
    paths = (
        "images/",
        f"images/{w.images[0].pk}/",
        f"images/{w.images[0].pk}/file/",
        "features/",
        "options/",
        "status/",
        "models/",
    )
    for path in (*paths, "imageSamples/", "imageBins/", "duplicateImages/image/", "imageEmbeddings/"):
        by.otto.refused("GET", f"{p}/{path}", 404)
        caller(None).refused("GET", f"{p}/{path}", 401)
        by.vera.refused("DELETE", f"{p}/{path}", 405)
