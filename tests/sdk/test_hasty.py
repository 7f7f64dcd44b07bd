"""The published `hasty` package against the real server; what it wrote is read back by SQL, what it reads was written by SQL."""

from __future__ import annotations

import io
import json
import time
import uuid
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hasty import Client, label_utils
from hasty.exception import (
    AuthenticationException,
    AuthorisationException,
    LimitExceededException,
    NotFound,
    ValidationException,
)
from PIL import Image

from tests.sdk.hasty_cast import Cast, Upload
from tests.world import picture

pytestmark = pytest.mark.sdk


def test_projects(cast: Cast) -> None:
    workspaces = cast.client.get_workspaces()
    assert len(workspaces) == 1 and len(workspaces[0].id) == 36
    project = cast.project
    assert len(project.id) == 36 and project.workspace_id == workspaces[0].id
    for part in (
        project.get_datasets(),
        project.get_images(),
        project.get_label_classes(),
        project.get_tag_classes(),
    ):
        assert len(part) == 0
    project.edit("Roads", "all of them")
    assert cast.row("project", project.id, "name", "description") == ("Roads", "all of them")
    assert [one.name for one in cast.client.get_projects() if one.id == project.id] == ["Roads"]
    again = cast.client.get_project(project.id)
    assert (type(again).__name__, again.name, again.description) == ("Project", "Roads", "all of them")
    videos = cast.client.create_project(workspaces[0].id, "Clips", content_type="VIDEOS")
    assert type(cast.client.get_project(videos.id)).__name__ == "VideoProject"
    project.delete()
    with pytest.raises(NotFound):
        cast.client.get_project(project.id)
    (trashed,) = cast.row("project", project.id, "trashed_at") or (None,)
    assert trashed is not None


def test_datasets(cast: Cast) -> None:
    made = cast.project.create_dataset("Morning", 3)
    assert (len(made.id), made.project_id) == (36, cast.project.id)
    assert cast.row("dataset", made.id, "name", '"order"') == ("Morning", 3.0)
    made.edit("Evening", 4)
    assert (made.name, made.norder) == ("Evening", 4)
    with pytest.raises(ValidationException, match="Evening"):
        cast.project.create_dataset("Evening")
    assert cast.project.get_dataset(made.id).name == "Evening"
    made.delete()
    assert len(cast.project.get_datasets()) == 0


def test_images(cast: Cast, upload: Upload, tmp_path: Path) -> None:
    first, second = cast.project.create_dataset("A"), cast.project.create_dataset("B")
    image = upload(first, "a.jpg", 1, external_id="mine")
    assert (image.name, image.width, image.height, image.status, image.external_id) == (
        "a.jpg",
        320,
        240,
        "NEW",
        "mine",
    )
    assert (image.dataset_id, image.dataset_name, len(image.id)) == (first.id, "A", 36)
    assert cast.row("media", image.id, "width", "format", "external_id") == (320, "JPEG", "mine")
    image.download(str(tmp_path / "copy"))
    assert (tmp_path / "copy").read_bytes() == picture(1, 320, 240)
    with pytest.raises(ValidationException, match=r"a\.jpg"):
        upload(first, "a.jpg", 2)
    with pytest.raises(ValidationException):
        cast.project.upload_from_file(first, str(_broken(tmp_path)))
    other = upload(second, "b.jpg", 2)
    assert [one.name for one in cast.project.get_images()] == ["a.jpg", "b.jpg"]
    image.set_status("DONE")
    (status,) = cast.row("media", image.id, "status_id") or (None,)
    assert cast.row("mediastatus", str(uuid.UUID(str(status))), "name") == ("DONE",)
    assert [one.id for one in cast.project.get_images([first, second], ["DONE", "NEW"])] == [
        image.id,
        other.id,
    ]
    assert [one.id for one in cast.project.get_images([first, second], ["TO REVIEW", "DONE"])] == [image.id]
    assert [one.id for one in cast.project.get_images(second.id)] == [other.id]
    with pytest.raises(ValidationException, match="AUTO-LABELLED"):
        image.set_status("AUTO-LABELLED")
    image.rename("z.jpg")
    image.move(second)
    assert (image.name, image.dataset_id, image.dataset_name) == ("z.jpg", second.id, "B")
    found = cast.project.get_image(image.id)
    assert (found.name, found.dataset_name, found.status) == ("z.jpg", "B", "DONE")
    image.delete()
    with pytest.raises(NotFound):
        cast.project.get_image(image.id)
    assert len(cast.project.get_images()) == 1


def _broken(folder: Path) -> Path:
    file = folder / "broken.jpg"
    file.write_bytes(picture(1)[:2000])
    return file


def test_images_by_address(cast: Cast, upload: Upload) -> None:
    dataset = cast.project.create_dataset("A")
    source = upload(dataset, "a.jpg", 4)
    copied = cast.project.upload_from_url(dataset, "copied.jpg", source.public_url)
    linked = cast.project.upload_from_url(dataset, "linked.jpg", source.public_url, copy_original=False)
    assert (copied.width, linked.width) == (320, 320)
    assert cast.row("media", copied.id, "source_url", "width") == ("", 320)
    assert cast.row("media", linked.id, "source_url", "blob_id") == (source.public_url, None)
    assert linked.public_url == source.public_url
    with pytest.raises(ValidationException, match="404"):
        cast.project.upload_from_url(dataset, "gone.jpg", f"{cast.server.url}/nothing.jpg")
    with pytest.raises(ValidationException, match="bucket"):
        cast.project.upload_from_bucket(dataset, "b.jpg", "b.jpg", str(uuid.uuid4()))


def test_labels_come_back_as_they_were_given(cast: Cast, upload: Upload) -> None:
    image = upload(cast.project.create_dataset("A"))
    car, man = cast.project.create_label_class("car"), cast.project.create_label_class("man")
    ring = [[1, 2], [200, 2], [150, 90]]
    label = image.create_label(car, polygon=ring, z_index=3, external_id="mine")
    assert (label.polygon, label.bbox, label.mask) == (ring, [1, 2, 200, 90], None)
    columns = ("x0", "x1", "shape", "points", "z", "tool", "external_id")
    assert cast.row("label", label.id, *columns) == (
        1.0,
        200.0,
        "polygon",
        "[[[[1,2],[200,2],[150,90]]]]",
        3,
        "api",
        "mine",
    )
    label.edit(man, bbox=[15, 15, 55, 55], mask=[1, 10, 20, 3])
    assert (label.polygon, label.bbox, label.mask) == (None, [15, 15, 55, 55], [1, 10, 20, 3])
    assert (label.class_id, label.external_id) == (man.id, None)
    assert cast.row("label", label.id, "shape", "points", "z") == ("mask", None, 3)
    many = [{"class_id": car.id, "bbox": [i, 0, i + 5, 9]} for i in range(1, 101)]
    made = image.create_labels(many)
    assert [one.bbox for one in made] == [row["bbox"] for row in many]
    with pytest.raises(LimitExceededException):
        image.create_labels([*many, many[0]])
    listed = image.get_labels()
    assert len(listed) == 101 and listed[99].bbox == [100, 0, 105, 9] and listed[100].id == label.id
    image.edit_labels([{"label_id": made[0].id, "class_id": man.id, "bbox": [0, 0, 7, 7], "z_index": 9}])
    assert cast.row("label", made[0].id, "x1", "z") == (7.0, 9)
    image.delete_labels([one.id for one in made])
    label.delete()
    assert len(image.get_labels()) == 0
    assert cast.row("label", label.id, "id") is None


def test_masks_are_those_of_the_package(cast: Cast, upload: Upload) -> None:
    image = upload(cast.project.create_dataset("A"))
    car = cast.project.create_label_class("car")
    bits = np.zeros((30, 40), np.uint8)
    bits[3:20, 5:30] = 1
    bits[8:12, 10:14] = 0
    runs = [int(number) for number in label_utils.rle_encoding(bits)]
    label = image.create_label(car, bbox=[10, 20, 50, 50], mask=runs)
    assert label.mask == runs
    found = image.get_labels()[0]
    assert (label_utils.rle_decode(found.mask, (40, 30)) == bits).all()


def test_a_label_keeps_its_stored_numbers_through_a_read_and_a_write(cast: Cast, upload: Upload) -> None:
    image = upload(cast.project.create_dataset("A"))
    car, man = cast.project.create_label_class("car"), cast.project.create_label_class("man")
    label = image.create_label(car, bbox=[1, 2, 30, 40], polygon=[[1, 2], [30, 2], [30, 40]])
    points = "[[[[1.2345678901,2.5],[29.999999999999996,2],[30,40.1]]]]"
    sql = "UPDATE annotator_label SET x0 = 1.2345678901, x1 = 29.999999999999996, y1 = 40.1, points = %s WHERE id = %s"
    cast.server.query(sql, points, cast.key(label.id))
    read = image.get_labels()[0]
    assert (read.bbox, read.polygon) == ([1, 2, 30, 40], [[1, 3], [30, 2], [30, 40]])
    read.edit(man, bbox=read.bbox, polygon=read.polygon, mask=read.mask, z_index=read.z_index)
    found = cast.row("label", label.id, "x0", "y0", "x1", "y1", "points", "concept_id")
    assert found is not None
    assert found[:5] == (1.2345678901, 2.0, 29.999999999999996, 40.1, points)
    assert str(uuid.UUID(str(found[5]))) == man.id


def test_label_classes(cast: Cast) -> None:
    first = cast.project.create_label_class("car", color="#FF0000AA", norder=4, external_id="e")
    assert (first.color, first.class_type, first.norder, first.external_id) == ("#FF0000AA", "object", 4, "e")
    second = cast.project.create_label_class("sky", class_type="background")
    assert second.norder == 5 and len(second.color) == 9
    columns = ("name", "region_kind", "on_region", "on_media")
    assert [bool(x) if i > 1 else x for i, x in enumerate(cast.row("concept", second.id, *columns) or ())] == [
        "sky", "background", True, False,
    ]  # fmt: skip
    second.edit("heaven", color="#00FF00", class_type="background", norder=1)
    assert [one.name for one in cast.project.get_label_classes()] == ["heaven", "car"]
    with pytest.raises(ValidationException):
        cast.project.create_label_class("CAR")
    first.delete()
    with pytest.raises(NotFound):
        cast.project.get_label_class(first.id)


def test_lists_longer_than_a_page(cast: Cast) -> None:
    names = [f"class {number}" for number in range(1, 103)]
    for name in names:
        cast.project.create_label_class(name)
    assert [one.name for one in cast.project.get_label_classes()] == names


def test_tags(cast: Cast, upload: Upload) -> None:
    image = upload(cast.project.create_dataset("A"))
    sun, rain = cast.project.create_tag_class("sun"), cast.project.create_tag_class("rain", 1)
    sun.edit("sunny", 7)
    assert (cast.project.get_tag_class(sun.id).name, sun.norder) == ("sunny", 7)
    added = image.add_tags([sun, {"tag_class_id": rain.id}])
    again = image.add_tags([sun])
    assert [one.tag_class_id for one in added] == [sun.id, rain.id] and again[0].id == added[0].id
    assert sorted(one.tag_class_name for one in image.get_tags()) == ["rain", "sunny"]
    (count,) = cast.server.query(
        "SELECT count(*) FROM annotator_tag WHERE media_id = %s", cast.key(image.id)
    )[0]
    assert count == 2
    image.delete_tags([sun])
    image.delete_tags([{"tag_class_id": sun.id}, rain, {"tag_id": added[1].id}])
    assert len(image.get_tags()) == 0
    sun.delete()
    assert [one.name for one in cast.project.get_tag_classes()] == ["rain"]


@pytest.mark.parametrize("format_name", ["json_coco", "json_v1.1", "semantic_png", "images"])
def test_exports(cast: Cast, upload: Upload, tmp_path: Path, format_name: str) -> None:
    dataset = cast.project.create_dataset("A")
    image, other = upload(dataset, "a.jpg", 1), upload(dataset, "b.jpg", 2)
    car = cast.project.create_label_class("car")
    image.create_label(car, bbox=[10, 20, 30, 40])
    other.create_label(car, bbox=[1, 2, 3, 4])
    image.set_status("DONE")
    job = cast.project.export("Mine", format_name, dataset=dataset, sign_urls=True)
    assert len(job.id) == 36 and job.status in ("INIT", "RUNNING", "DONE")
    until = time.monotonic() + 60
    while job.check_status() != "DONE":
        assert time.monotonic() < until and job.status in ("INIT", "RUNNING"), (job.status, job.meta)
        time.sleep(0.1)
    job.download(str(tmp_path))
    with zipfile.ZipFile(io.BytesIO((tmp_path / "Mine.zip").read_bytes())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    if format_name == "images":
        assert files == {"a.jpg": picture(1, 320, 240)}  # one dataset needs no folder
    elif format_name == "json_coco":
        out = json.loads(files["annotations.json"])
        numbers = cast.server.query("SELECT number FROM annotator_media WHERE id = %s", cast.key(image.id))
        assert [row["id"] for row in out["images"]] == [numbers[0][0]]
        assert [row["bbox"] for row in out["annotations"]] == [[10, 20, 20, 20]]
    elif format_name == "semantic_png":
        listed = json.loads(files["label_classes.json"])
        assert [(row["png_index"], row["class_name"]) for row in listed] == [(1, "car")]
        pixels = np.asarray(Image.open(io.BytesIO(files["A/a.png"])))
        assert pixels.shape == (240, 320) and pixels.sum() == 20 * 20 and (pixels[20:40, 10:30] == 1).all()
    else:
        out = json.loads(files["Mine.json"])
        assert [row["image_name"] for row in out["images"]] == ["a.jpg"]
        assert out["images"][0]["labels"][0]["bbox"] == [10, 20, 30, 40]
        assert out["images"][0]["public_url"].startswith(cast.server.url)


def test_strangers_and_roles(cast: Cast, upload: Upload, tmp_path: Path) -> None:
    for token in ("", "nonsense", f"{uuid.uuid4()}.x"):
        with pytest.raises(AuthenticationException):
            Client(token, base_url=cast.server.url).get_projects()
    other = Client(cast.server.token(f"w{uuid.uuid4().hex[:8]}"), base_url=cast.server.url)
    assert len(other.get_projects()) == 0
    with pytest.raises(NotFound):
        other.get_project(cast.project.id)
    with pytest.raises(ValidationException):
        other.create_project(cast.project.workspace_id, "x")
    image = upload(cast.project.create_dataset("A"))
    car = cast.project.create_label_class("car")
    theirs = cast.member("viewer").get_project(cast.project.id)
    seen = theirs.get_image(image.id)
    with pytest.raises(AuthorisationException):
        seen.create_label(car, bbox=[1, 2, 3, 4])
    with pytest.raises(AuthorisationException):
        theirs.create_dataset("B")
    annotators = cast.member("annotator").get_project(cast.project.id).get_image(image.id)
    made = annotators.create_label(car, bbox=[1, 2, 3, 4])
    annotators.set_status("TO REVIEW")
    with pytest.raises(AuthorisationException):
        annotators.set_status("COMPLETED")
    assert cast.row("label", made.id, "x1") == (3.0,)
