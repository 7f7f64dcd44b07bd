"""Pictures: created one by one, replaced, refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from annotator.domain.errors import Conflict, Denied, Invalid, Missing
from annotator.models import (
    Blob,
    DatasetItem,
    Event,
    Label,
    Media,
    MediaStatus,
    QualityIssue,
    Rendition,
    Upload,
)
from annotator.services import blobs
from annotator.services.media import creation as media_creation, uploads, urls as media_urls
from tests.storage import pictures
from tests.world import World, actor, make_box, make_dataset


def keep(data: bytes) -> Blob:
    return blobs.put_bytes(data)


def events_of(w: World) -> list[tuple[str, Any]]:
    rows = Event.all_objects.filter(project=w.project).order_by("seq")
    return [(row.kind, orjson.loads(row.after or "null")) for row in rows]


def create(w: World, name: str, data: bytes, **options: Any) -> Media:
    return media_creation.create_image(
        actor=actor(w.max), dataset=w.dataset, name=name, source=keep(data), **options
    )


def sent(w: World, data: bytes) -> Upload:
    slot = uploads.create_slots(actor=actor(w.max), project=w.project, count=1)[0]
    stored = blobs.put_bytes(data)
    uploads.store(slot.pk, blobs.Stored(stored.sha256, stored.size), "image/jpeg")
    return uploads.find(project=w.project, upload_id=str(slot.pk))


def test_all_that_is_known_of_a_picture(w: World) -> None:
    data = pictures.turned_jpeg(6, 640, 480)
    made = create(w, "folder/Ünï 7.JPG", data, external_id="ext-1", metadata={"city": "Bern"})
    row = Media.objects.select_related("blob", "status").with_home().get(pk=made.pk)
    assert (row.name, row.dataset_id, row.dataset_name) == ("folder/Ünï 7.JPG", w.dataset.pk, "Morning")
    assert (row.width, row.height, row.format, row.mode, row.orientation) == (
        480,
        640,
        "JPEG",
        "RGB",
        "Rotate 90 CW",
    )
    assert (row.health, row.is_prepared, row.number, row.status.base) == ("OK", True, 4, "NEW")
    assert (row.external_id, row.metadata, row.exif["Make"]) == ("ext-1", {"city": "Bern"}, "Maker")
    assert row.phash is not None and row.created_by_id == w.max.pk
    with blobs.store().open(row.blob.sha256) as file:
        assert file.read() == data  # the original bytes are kept
    assert Rendition.objects.get(media=row, variant="thumbnail").width == 240
    assert list(QualityIssue.objects.filter(media=row).values_list("code", flat=True)) == ["exif_rotated"]
    kind, after = events_of(w)[-1]
    assert (
        kind == "media.created"
        and after["media"][0]["id"] == str(row.pk)
        and after["media"][0]["name"] == row.name
    )


@pytest.mark.parametrize("person", ["ann", "vera", "rosa"])
def test_who_may_not(w: World, person: str) -> None:
    with pytest.raises(Denied):
        media_creation.create_image(
            actor=actor(getattr(w, person)), dataset=w.dataset, name="a.jpg", source=keep(pictures.jpeg())
        )


def test_a_stranger_learns_nothing(w: World) -> None:
    with pytest.raises(Missing):
        media_creation.create_image(
            actor=actor(w.otto), dataset=w.dataset, name="a.jpg", source=keep(pictures.jpeg())
        )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "zero_bytes"),
        (pictures.HTML, "not_an_image"),
        (pictures.png_header(50_000, 50_000), "too_large"),
        (pictures.jpeg(300, 300)[:5000], "truncated"),
    ],
)
def test_one_that_is_broken_is_refused_and_nothing_is_kept(w: World, data: bytes, code: str) -> None:
    upload = sent(w, data)
    before = len(events_of(w))
    with pytest.raises(Invalid) as refusal:
        media_creation.create_image(actor=actor(w.max), dataset=w.dataset, name="a.jpg", source=upload)
    assert refusal.value.code == code
    assert (
        Media.all_objects.count() == 3
        and DatasetItem.all_objects.count() == 3
        and len(events_of(w)) == before
    )
    upload.refresh_from_db()
    assert upload.state == "stored"


def test_a_broken_one_may_be_kept_as_a_row(w: World) -> None:
    made = create(w, "a.jpg", pictures.HTML, on_broken="keep")
    assert (made.health, made.width) == ("ERROR", 0)
    assert "HTML page" in made.health_reason
    assert QualityIssue.objects.get(media=made).code == "not_an_image"
    assert media_urls.of(made)["thumbnail_url"] is None and media_urls.of(made)["url"]


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "../up.jpg",
        "a/../../b.jpg",
        "/etc/passwd",
        "C:\\x.jpg",
        "a\x00b",
        "a\ud800b",
        "n" * 1001,
        "漢" * 700,
        7,
        None,
    ],
)
def test_names_that_are_refused(w: World, name: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        create(w, name, pictures.jpeg())
    assert refusal.value.field == "name"


@pytest.mark.parametrize("name", ["ß" * 900, "1a" * 500, "🙂" * 490])
def test_long_names_fit(w: World, name: str) -> None:
    made = create(w, name, pictures.jpeg())
    assert Media.objects.with_home().get(pk=made.pk).name == name


def test_a_name_is_unique_in_its_dataset(w: World) -> None:
    create(w, "a.jpg", pictures.jpeg())
    with pytest.raises(Invalid) as refusal:
        create(w, "a.jpg", pictures.jpeg(10, 10))
    assert (refusal.value.code, refusal.value.field) == ("name_taken", "name")
    create(w, "A.jpg", pictures.jpeg())  # names are told apart by case
    other = make_dataset(w.project, "Evening")
    media_creation.create_image(actor=actor(w.max), dataset=other, name="a.jpg", source=keep(pictures.jpeg()))


def test_replace_keeps_everything_but_the_bytes(w: World) -> None:
    old = w.images[0]
    inside, outside = w.box(old, at=(1, 1, 60, 40)), w.box(old, at=(10, 20, 110, 220))
    done = MediaStatus.objects.get(project=w.project, base="DONE")
    Media.objects.filter(pk=old.pk).update(status=done, external_id="kept")
    url = media_urls.of(old)["url"]
    same = create(w, "img 1.jpg", pictures.jpeg(64, 48), replace=True)
    assert same.pk == old.pk
    same = Media.objects.select_related("blob").get(pk=old.pk)
    assert (same.width, same.height, same.status_id, same.external_id, same.number) == (
        64,
        48,
        done.pk,
        "kept",
        1,
    )
    assert dict(Label.objects.filter(media=old).values_list("pk", "error")) == {
        inside.pk: "",
        outside.pk: "out_of_bounds",
    }
    assert media_urls.of(same)["url"] != url
    assert events_of(w)[-1][0] == "media.replaced" and events_of(w)[-1][1]["width"] == 64
    create(w, "img 1.jpg", pictures.jpeg(640, 480), replace=True, external_id="new")
    assert set(Label.objects.filter(media=old).values_list("error", flat=True)) == {""}
    assert Media.objects.get(pk=old.pk).external_id == "new"
    assert Media.objects.count() == 3


def test_replace_by_id_renames_too(w: World) -> None:
    media_creation.replace_content(
        actor=actor(w.max), media=w.images[0], source=sent(w, pictures.jpeg(20, 10)), name="renamed.jpg"
    )
    row = Media.objects.with_home().get(pk=w.images[0].pk)
    assert (row.name, row.width) == ("renamed.jpg", 20)
    with pytest.raises(Invalid) as refusal:
        media_creation.replace_content(
            actor=actor(w.max), media=w.images[0], source=sent(w, pictures.jpeg(30, 10)), name="img 2.jpg"
        )
    assert refusal.value.code == "name_taken"
    assert Media.objects.get(pk=w.images[0].pk).width == 20


def test_a_broken_or_frozen_replacement_changes_nothing(w: World) -> None:
    with pytest.raises(Invalid):
        create(w, "img 1.jpg", pictures.HTML, replace=True)
    assert Media.objects.get(pk=w.images[0].pk).width == 640
    Media.objects.filter(pk=w.images[0].pk).update(is_frozen=True)
    with pytest.raises(Conflict) as refusal:
        create(w, "img 1.jpg", pictures.jpeg(), replace=True)
    assert refusal.value.code == "image_locked"


def test_an_upload_is_used_once(w: World) -> None:
    upload = sent(w, pictures.jpeg())
    media_creation.create_image(actor=actor(w.max), dataset=w.dataset, name="a.jpg", source=upload)
    with pytest.raises(Invalid) as refusal:
        media_creation.create_image(actor=actor(w.max), dataset=w.dataset, name="b.jpg", source=upload)
    assert refusal.value.code == "upload_used"
    assert not DatasetItem.all_objects.filter(name="b.jpg").exists()
    with pytest.raises(Invalid, match="used already"):
        uploads.find(project=w.project, upload_id=str(upload.pk))


def test_numbers_are_kept_or_next(w: World) -> None:
    assert create(w, "a.jpg", pictures.jpeg(), number=77).number == 77
    assert create(w, "b.jpg", pictures.jpeg()).number == 78
    assert create(w, "c.jpg", pictures.jpeg(), number=77).number == 79
    assert create(w, "d.jpg", pictures.jpeg(), number=-5).number == 80


def test_the_same_bytes_twice_are_told_within_the_project_alone(w: World) -> None:
    data = pictures.jpeg(99, 77)
    first, second = create(w, "a.jpg", data), create(w, "b.jpg", data)
    assert first.blob_id == second.blob_id
    assert QualityIssue.objects.get(media=second, code="duplicate_of").message == "The same bytes as a.jpg."
    theirs = make_dataset(w.other_project(), "Theirs")
    third = media_creation.create_image(actor=actor(w.otto), dataset=theirs, name="c.jpg", source=keep(data))
    assert not QualityIssue.objects.filter(media=third).exists()


def test_addresses(w: World) -> None:
    made = create(w, "Ünï 1.jpg", pictures.jpeg())
    found = media_urls.addresses(made, name="Ünï 1.jpg")
    assert found.preview == found.original and found.original.startswith(f"/m/{made.pk}/original/")
    assert "/%C3%9Cn%C3%AF%201.jpg?e=" in found.original
    assert found.thumbnail == media_urls.addresses(made).thumbnail  # stable, whatever is known of the name
    big = create(w, "big.jpg", pictures.jpeg(2100, 30))
    assert "/preview/" in media_urls.addresses(big).preview


def test_what_is_bounded(w: World) -> None:
    with pytest.raises(Invalid) as refusal:
        create(w, "a.jpg", pictures.jpeg(), external_id="x" * 501)
    assert refusal.value.field == "external_id"


def test_query_count_of_one_picture(w: World, django_assert_num_queries: Callable[..., Any]) -> None:
    upload = sent(w, pictures.jpeg())
    with django_assert_num_queries(18):
        media_creation.create_image(actor=actor(w.max), dataset=w.dataset, name="a.jpg", source=upload)


def test_unknown_uploads(w: World) -> None:
    for nonsense in ("x", None, 7, str(uuid.uuid4())):
        with pytest.raises(Invalid, match="names no upload"):
            uploads.find(project=w.project, upload_id=nonsense)
    empty = uploads.create_slots(actor=actor(w.max), project=w.project, count=1)[0]
    with pytest.raises(Invalid, match="Nothing was uploaded"):
        uploads.find(project=w.project, upload_id=empty.pk)
    theirs = uploads.create_slots(actor=actor(w.otto), project=w.other_project(), count=1)[0]
    with pytest.raises(Invalid, match="names no upload"):
        uploads.find(project=w.project, upload_id=theirs.pk)


def test_boxes_of_other_media_are_not_marked(w: World) -> None:
    other = make_box(w.images[1], w.car, (0, 0, 640, 480))
    create(w, "img 1.jpg", pictures.jpeg(64, 48), replace=True)
    other.refresh_from_db()
    assert other.error == ""
