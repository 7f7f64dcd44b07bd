"""The pages of augmentation lists: lists, sliders, preview, save, delete with undo, roles."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from annotator.models import AugmentationList, Project
from annotator.services.insight import augmentation, augmentation_samples
from tests.web.client import get, post
from tests.world import World, actor, make_box

ROTATE = {"name": "rotate", "enabled": True, "params": {"maximum_degrees": 45}}


def url(w: World, path: str = "") -> str:
    return f"/web/projects/{w.project.pk}/augmentation/{path}"


def make(w: World, **fields: Any) -> AugmentationList:
    given = {"name": "Flips", "probability": 0.5, "number_of_new_images": 2, "transformations": [ROTATE]}
    return augmentation.create(actor=actor(w.max), project=w.project, fields=given | fields)


def html(user: Any, path: str) -> str:
    return get(user, path).content.decode()


def test_a_list_is_made_with_the_defaults_and_opened(w: World) -> None:
    page = f"/projects/{w.project.pk}/augmentation/"
    assert "No augmentation lists yet" in html(w.max, page)
    answer = post(w.max, url(w, "new"), {"name": "Flips"}).json()
    made = AugmentationList.all_objects.get(project=w.project)
    assert answer["to"] == f"{page}{made.pk}/" and answer["toast"] == "Flips created."
    enabled = {one["name"] for one in made.transformations if one["enabled"]}
    assert enabled == {"horizontal_flip", "shift", "scale", "rotate", "blur", "cutout"}
    listed = html(w.vera, page)
    assert "Flips" in listed and "Horizontal flip, Shift, Scale" in listed and "data-post" not in listed
    detail = html(w.max, f"{page}{made.pk}/")
    assert 'id="f-rotate-maximum_degrees"' in detail and 'max="180"' in detail and "Save</button>" in detail
    for media in augmentation_samples.pick(w.project, 3):
        assert f'data-media="{media}"' in detail
    viewed = html(w.vera, f"{page}{made.pk}")
    assert "disabled" in viewed and "Save</button>" not in viewed


def test_settings_are_saved_and_a_deleted_list_comes_back(w: World) -> None:
    made = make(w)
    changes = {
        "name": "Turns",
        "number_of_new_images": 5,
        "probability": 0.25,
        "is_initial": True,
        "transformations": [ROTATE],
    }
    answer = post(w.max, url(w, f"{made.pk}"), changes).json()
    assert answer["toast"] == "Turns saved." and answer["to"] is None
    made.refresh_from_db()
    assert (made.name, made.number_of_new_images, made.probability, made.is_initial) == (
        "Turns",
        5,
        0.25,
        True,
    )
    answer = post(w.max, url(w, f"{made.pk}/delete")).json()
    assert answer["toast"] == "Turns deleted." and not AugmentationList.all_objects.exists()
    assert post(w.max, answer["undo"]["url"], answer["undo"]["body"]).json()["toast"] == "Turns restored."
    back = AugmentationList.all_objects.get(pk=made.pk)
    assert (back.name, back.transformations, back.is_initial) == ("Turns", made.transformations, True)


def test_who_may_what(w: World) -> None:
    made = make(w)
    for path in ("new", f"{made.pk}", f"{made.pk}/delete"):
        assert post(w.ann, url(w, path), {"name": "x"}).status_code == 403
        assert post(w.otto, url(w, path), {"name": "x"}).status_code == 404
    assert get(w.otto, f"/projects/{w.project.pk}/augmentation/").status_code == 404
    assert post(w.max, url(w, f"{w.images[0].pk}"), {}).status_code == 404
    assert post(w.max, url(w, "restore"), {"name": "x"}).status_code == 400


def preview(w: World, user: Any, **fields: Any) -> Any:
    given = {"media": str(w.images[0].pk), "transformations": [ROTATE], "probability": 1, "copies": 2}
    return post(user, url(w, "preview"), given | fields)


def test_a_preview_is_of_the_settings_sent_and_has_the_labels(w: World) -> None:
    make_box(w.images[0], w.car, (100, 100, 200, 150))
    first = preview(w, w.vera).json()["copies"]
    assert [(one["width"], one["height"]) for one in first] == [(512, 384)] * 2
    data = base64.b64decode(first[0]["image"].removeprefix("data:image/jpeg;base64,"))
    assert Image.open(io.BytesIO(data)).size == (512, 384)
    (label,) = first[0]["labels"]
    assert label["path"].startswith("M") and label["path"].endswith("Z") and label["color"] == w.car.color
    (flat,) = preview(w, w.vera, transformations=[], copies=1).json()["copies"]
    assert flat["labels"][0]["path"] == "M80.0,80.0L160.0,80.0L160.0,120.0L80.0,120.0Z"
    assert preview(w, w.vera).json()["copies"] == first
    assert preview(w, w.vera, probability=0).json()["copies"][0]["image"] == flat["image"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"media": "x"}, 400), ({"media": "0190b2c4-0000-7000-8000-000000000000"}, 404), ({"copies": 5}, 400), ({"copies": 0}, 400),
        ({"transformations": None}, 400), ({"transformations": [{"name": "melt"}]}, 400), ({"probability": 2}, 400), ({"probability": None}, 400),
    ],
    ids=str,
)  # fmt: skip
def test_what_no_preview_may_ask(w: World, fields: dict[str, Any], status: int) -> None:
    assert preview(w, w.max, **fields).status_code == status
    assert preview(w, w.otto).status_code == 404


def test_a_server_without_opencv_says_so(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(augmentation_samples, "is_installed", lambda: False)
    made = make(w)
    assert "extra “vision”" in html(w.max, f"/projects/{w.project.pk}/augmentation/{made.pk}/")
    assert "extra “vision”" in preview(w, w.max).json()["message"]


def test_a_project_of_videos_has_no_such_tab(w: World) -> None:
    assert "/augmentation/" in html(w.max, f"/projects/{w.project.pk}/")
    Project.objects.filter(pk=w.project.pk).update(content_type="VIDEOS")
    assert "/augmentation/" not in html(w.max, f"/projects/{w.project.pk}/")
