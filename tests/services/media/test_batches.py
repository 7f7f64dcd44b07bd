"""Many pictures at once: the batch path, imports, and what a second attempt finds."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import pytest

from annotator.domain.errors import Denied
from annotator.models import DatasetItem, Event, Job, Media, QualityIssue, Rendition
from annotator.services import blobs
from annotator.services.jobs.steps import Steps
from annotator.services.media import batches as media_batches, urls as media_urls
from annotator.services.media.batches import Source
from annotator.services.media.rows import NewImage, Outcome
from annotator.storage.base import put_bytes
from tests.storage import pictures
from tests.world import World, actor, make_dataset


def new(w: World, name: str, data: bytes | None = None, **options: Any) -> NewImage:
    blob = blobs.put_bytes(pictures.jpeg() if data is None else data)
    return NewImage(options.pop("dataset", w.dataset), name, blob, **options)


def create(w: World, images: Sequence[NewImage], **options: Any) -> list[Outcome]:
    return media_batches.create_many(actor=actor(w.max), project=w.project, images=images, **options)


def names(w: World) -> list[str]:
    return list(
        Media.objects.filter(project=w.project).with_home().in_list_order().values_list("name", flat=True)
    )


def test_good_and_broken_ones(w: World) -> None:
    truncated = pictures.jpeg(300, 300)[:5000]
    made = create(
        w,
        [
            new(w, "b.jpg"),
            new(w, "page.jpg", pictures.HTML),
            new(w, "cut.jpg", truncated),
            new(w, "none.jpg", b""),
        ],
    )
    assert [outcome.state for outcome in made] == ["created", "broken", "broken", "broken"]
    assert [outcome.code for outcome in made] == ["", "not_an_image", "truncated", "zero_bytes"]
    rows = {
        row.name: row
        for row in Media.objects.with_home().filter(pk__in=[one.media.pk for one in made if one.media])
    }
    assert rows["b.jpg"].health == "OK" and rows["cut.jpg"].health == "ERROR"
    assert rows["cut.jpg"].health_reason == "It cannot be decoded: the file is truncated."
    assert rows["cut.jpg"].blob is not None  # the bytes stay, for whoever wants to look
    assert Rendition.objects.filter(media__in=rows.values()).count() == 1
    assert set(QualityIssue.objects.filter(severity="error").values_list("code", flat=True)) == {
        "not_an_image",
        "truncated",
        "zero_bytes",
    }


def test_chunks_each_tell_what_they_made(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_batches, "CHUNK", 3)
    told: list[list[str]] = []
    create(
        w,
        [new(w, f"{n}.jpg") for n in range(8)],
        on_chunk=lambda outcomes: told.append([one.name for one in outcomes]),
    )
    assert told == [["0.jpg", "1.jpg", "2.jpg"], ["3.jpg", "4.jpg", "5.jpg"], ["6.jpg", "7.jpg"]]
    events = [
        orjson.loads(row.after)["media"]
        for row in Event.objects.filter(project=w.project, kind="media.created").order_by("seq")
    ]
    assert [[brief["name"] for brief in one] for one in events] == told
    fresh = {
        row.name: row for row in Media.objects.filter(project=w.project).with_home().select_related("status")
    }
    for brief in (brief for one in events for brief in one):
        row = fresh[brief["name"]]
        told_fields = (
            brief["id"],
            brief["number"],
            brief["dataset"],
            brief["status"],
            brief["width"],
            brief["height"],
            brief["health"],
        )
        assert told_fields == (
            str(row.pk),
            row.number,
            str(row.dataset_id),
            row.status.name,
            row.width,
            row.height,
            row.health,
        )


def test_what_stops_the_caller_keeps_what_is_written(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_batches, "CHUNK", 2)

    class Stop(BaseException): ...

    def stop(outcomes: Sequence[Outcome]) -> None:
        raise Stop

    with pytest.raises(Stop):
        create(w, [new(w, f"{n}.jpg") for n in range(6)], on_chunk=stop)
    assert [name for name in names(w) if not name.startswith("img")] == ["0.jpg", "1.jpg"]


@pytest.mark.parametrize(
    ("on_clash", "states", "expected"),
    [
        ("skip", ["skipped", "created", "skipped"], ["img 1.jpg", "img 2.jpg", "img 3.jpg", "new.jpg"]),
        (
            "number",
            ["created", "created", "created"],
            ["img 1 (2).jpg", "img 1.jpg", "img 2.jpg", "img 3.jpg", "new (2).jpg", "new.jpg"],
        ),
        ("replace", ["replaced", "created", "skipped"], ["img 1.jpg", "img 2.jpg", "img 3.jpg", "new.jpg"]),
    ],
)
def test_names_that_are_taken(w: World, on_clash: str, states: list[str], expected: list[str]) -> None:
    made = create(
        w, [new(w, "img 1.jpg"), new(w, "new.jpg"), new(w, "new.jpg", pictures.jpeg(9, 9))], on_clash=on_clash
    )
    assert [outcome.state for outcome in made] == states
    assert names(w) == expected
    assert Media.objects.get(pk=w.images[0].pk).width == (64 if on_clash == "replace" else 640)


def test_a_frozen_picture_is_not_replaced_by_a_batch(w: World) -> None:
    Media.objects.filter(pk=w.images[0].pk).update(is_frozen=True)
    made = create(w, [new(w, "img 1.jpg")], on_clash="replace")
    assert (made[0].state, made[0].code) == ("skipped", "image_locked")


def test_several_datasets_at_once(w: World) -> None:
    evening = make_dataset(w.project, "Evening")
    create(w, [new(w, "a.jpg"), new(w, "a.jpg", dataset=evening)])
    assert DatasetItem.objects.filter(name="a.jpg").count() == 2
    assert names(w)[0] == "a.jpg"  # Evening comes before Morning


def test_duplicates_within_a_batch_are_named(w: World) -> None:
    data = pictures.jpeg(31, 17)
    create(w, [new(w, "one.jpg", data), new(w, "two.jpg", data)])
    assert QualityIssue.objects.get(code="duplicate_of").message == "The same bytes as one.jpg."


def test_only_those_who_may(w: World) -> None:
    with pytest.raises(Denied):
        media_batches.create_many(actor=actor(w.ann), project=w.project, images=[new(w, "a.jpg")])


def test_statements_grow_with_chunks_not_with_pictures(
    w: World, django_assert_num_queries: Callable[..., Any]
) -> None:
    images = [new(w, f"{n}.jpg", pictures.jpeg(20 + n, 20)) for n in range(30)]
    with django_assert_num_queries(14):
        create(w, images)


def test_an_import_keeps_numbers_and_order(w: World) -> None:
    good, bad = (put_bytes(blobs.store(), data) for data in (pictures.jpeg(50, 40), pictures.HTML))
    job = Job.all_objects.create(workspace=w.workspace, project=w.project, kind="import_coco", number=1)
    sources = [
        Source("z.jpg", good, number=900),
        Source("../y.jpg", None, number=1, width=12, height=34),
        Source("x.jpg", bad),
        Source("w.jpg", good, metadata={"coco": {"id": 1}}),
    ]
    outcomes = media_batches.import_many(actor=actor(w.max), dataset=w.dataset, sources=sources, job=job)
    made = [outcome.media for outcome in outcomes if outcome.media is not None]
    assert [row.number for row in made] == [900, 901, 902, 903]  # 1 is taken
    assert [(row.health, row.width, row.height) for row in made] == [
        ("OK", 50, 40),
        ("ERROR", 12, 34),
        ("ERROR", 0, 0),
        ("OK", 50, 40),
    ]
    assert "Upload it under the same name" in made[1].health_reason and made[1].blob is None
    assert {row.import_job_id for row in made} == {job.pk}
    assert {"y.jpg", "z.jpg"} < set(names(w))
    assert Media.objects.get(pk=made[3].pk).metadata == {"coco": {"id": 1}}


def test_a_picture_that_waits_for_its_bytes_gets_them_by_replacing(w: World) -> None:
    (made,) = media_batches.import_many(
        actor=actor(w.max), dataset=w.dataset, sources=[Source("later.jpg", None, width=64, height=48)]
    )
    assert made.media is not None and media_urls.addresses(made.media).original is None
    create(w, [new(w, "later.jpg")], on_clash="replace")
    row = Media.objects.select_related("blob").get(pk=made.media.pk)
    assert (row.health, row.width, row.blob is not None) == ("OK", 64, True)


def test_rows_written_without_decoding_are_prepared_later(w: World) -> None:
    broken = w.images[1]
    Media.objects.filter(pk=broken.pk).update(blob=blobs.put_bytes(pictures.HTML))
    told: list[float] = []
    assert media_batches.prepare_pending(
        project=w.project, steps=Steps(), progress=lambda share, words: told.append(share)
    ) == {"images": 3}
    rows = {row.pk: row for row in Media.objects.filter(project=w.project)}
    assert rows[broken.pk].health == "ERROR" and rows[w.images[0].pk].phash is not None
    assert Rendition.objects.filter(media__project=w.project).count() == 2
    assert told == [1.0]
    assert media_batches.prepare_pending(
        project=w.project, steps=Steps(), progress=lambda share, words: None
    ) == {"images": 0}


def test_a_slot_that_somebody_used_meanwhile_is_skipped(w: World) -> None:
    made = create(w, [new(w, "a.jpg", upload_id=uuid.uuid4())])
    assert (made[0].state, made[0].code) == ("skipped", "upload_used")
    assert "a.jpg" not in names(w)
