"""The page of statuses: counts, create, change, order, delete with a target and its undo, roles, bad input."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.models import Media, MediaStatus
from annotator.services.media import bulk
from tests.web.client import get, post
from tests.world import World

NOBODY = "0190b2c4-0000-7000-8000-000000000000"  # no status has this id


def send(w: World, path: str, body: dict[str, Any], user: Any = None) -> Any:
    return post(user or w.max, f"/web/projects/{w.project.pk}/statuses/{path}", body)


def make(w: World, name: str = "Blurred", images: int = 0) -> MediaStatus:
    assert send(w, "new", {"name": name, "color": "#aa0000"}).status_code == 200
    status = MediaStatus.all_objects.get(project=w.project, name=name)
    keys = [one.pk for one in w.images[:images]]
    Media.all_objects.filter(pk__in=keys).update(status=status)
    return status


def base(w: World, name: str) -> MediaStatus:
    return MediaStatus.all_objects.get(project=w.project, base=name, is_default=True)


def test_a_status_is_made_changed_and_counted(w: World) -> None:
    status = make(w, images=2)
    answer = send(w, f"{status.pk}", {"name": "Too dark", "color": "#00aa00"}).json()
    assert answer["toast"] == "Too dark saved." and answer["undo"]["body"] == {
        "name": "Blurred",
        "color": "#aa0000",
    }
    page = get(w.vera, f"/projects/{w.project.pk}/statuses/").content.decode()
    assert "Too dark" in page and "--st:#00aa00" in page and f'status={status.pk}">2<' in page
    assert "data-rename" not in page and "data-grip" not in page
    assert post(w.max, answer["undo"]["url"], answer["undo"]["body"]).status_code == 200
    status.refresh_from_db()
    assert (status.name, status.color, status.base) == ("Blurred", "#aa0000", "IN PROGRESS")


def test_the_order_names_all_statuses(w: World) -> None:
    status = make(w)
    rows = MediaStatus.all_objects.filter(project=w.project)
    ids = [str(one.pk) for one in rows.order_by("order")]
    ids = [ids[-1], *ids[:-1]]
    assert send(w, "order", {"ids": ids[1:]}).json()["code"] == "outdated"
    assert send(w, "order", {"ids": ids}).status_code == 200
    assert [str(one.pk) for one in rows.order_by("order")] == ids and ids[0] == str(status.pk)


def test_a_status_in_use_goes_with_a_target_and_comes_back_with_its_images(w: World) -> None:
    status, done = make(w, images=3), base(w, "DONE")
    trashed, later = w.images[2], w.images[1]
    Media.all_objects.filter(pk=trashed.pk).update(trashed_at=trashed.created_at)
    refused = send(w, f"{status.pk}/delete", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "status_used")
    assert send(w, f"{status.pk}/delete", {"target": str(status.pk)}).json()["field"] == "target"
    answer = send(w, f"{status.pk}/delete", {"target": str(done.pk)}).json()
    keys = [one.pk for one in w.images[:3]]
    assert set(Media.all_objects.filter(pk__in=keys).values_list("status", flat=True)) == {done.pk}
    Media.all_objects.filter(pk=later.pk).update(status=base(w, "SKIPPED"))
    assert post(w.ann, answer["undo"]["url"], answer["undo"]["body"]).status_code == 403
    for code in (200, 409):
        assert post(w.max, answer["undo"]["url"], answer["undo"]["body"]).status_code == code
    back = MediaStatus.all_objects.get(pk=status.pk)
    assert (back.name, back.color, back.order, back.is_default) == ("Blurred", "#aa0000", status.order, False)
    found = dict(Media.all_objects.filter(pk__in=keys).values_list("pk", "status__name"))
    assert found == {keys[0]: "Blurred", later.pk: "SKIPPED", trashed.pk: "DONE"}


@pytest.mark.parametrize("reason", ["locked", "unreadable", "many"])
def test_nothing_changes_when_an_image_cannot_get_the_target(w: World, reason: str, monkeypatch: Any) -> None:
    status, done = make(w, images=2), base(w, "DONE")
    rows = Media.all_objects.filter(pk=w.images[0].pk)
    if reason == "many":
        monkeypatch.setattr(bulk, "AT_ONCE", 1)
    else:
        rows.update(**{"locked": {"is_frozen": True}, "unreadable": {"health": "ERROR"}}[reason])
    answer = send(w, f"{status.pk}/delete", {"target": str(done.pk)})
    assert (answer.status_code, answer.json()["code"]) == (409, "status_used")
    assert Media.all_objects.filter(status=status).count() == 2


@pytest.mark.parametrize(("path", "body", "status", "field"), [
    ("new", {}, 400, "name"), ("new", {"name": "new"}, 400, "name"), ("new", {"name": "x" * 61}, 400, "name"),
    ("new", {"name": "x", "color": "red"}, 400, "color"), ("new", {"name": 5}, 400, "name"), ("order", {}, 400, "ids"),
    ("order", {"ids": ["x"]}, 400, "ids"), (NOBODY, {"name": "x"}, 404, None), ("restore", {"name": "x"}, 409, None),
    (f"{NOBODY}/delete", {}, 404, None),
])  # fmt: skip
def test_bad_input_is_refused(
    w: World, path: str, body: dict[str, Any], status: int, field: str | None
) -> None:
    answer = send(w, path, body)
    assert (answer.status_code, answer.json()["field"] or None) == (status, field)


def test_only_managers_change_statuses_and_the_seven_stay(w: World) -> None:
    status = make(w)
    for who, code in ((w.ann, 403), (w.vera, 403), (w.otto, 404)):
        for path, body in (
            ("new", {"name": "x"}),
            (f"{status.pk}", {"name": "x"}),
            (f"{status.pk}/delete", {}),
        ):
            assert send(w, path, body, who).status_code == code
    for path in ("", "/delete"):
        assert send(w, f"{base(w, 'DONE').pk}{path}", {"name": "x"}).json()["code"] == "default_status"
