"""Names, places, freezing and the trash of pictures."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.utils import timezone

from annotator.domain.errors import Conflict, Denied, Invalid, Missing
from annotator.models import DatasetItem, Event, Media, MediaStatus
from annotator.services.media import changes as media_changes
from tests.world import World, actor, make_dataset, make_images


def names(w: World) -> list[tuple[str, str]]:
    rows = Media.objects.filter(project=w.project).with_home().in_list_order()
    return list(rows.values_list("dataset_name", "name"))


def last_event(w: World) -> tuple[str, Any, Any]:
    row = Event.objects.filter(project=w.project).order_by("-seq")[0]
    return row.kind, orjson.loads(row.before or "null"), orjson.loads(row.after or "null")


def test_a_new_name_moves_it_in_the_list(w: World) -> None:
    home = media_changes.rename(actor=actor(w.max), media=w.images[0], name=" img 2b.JPG ")
    assert home.name == "img 2b.JPG"
    assert [name for _, name in names(w)] == ["img 2.jpg", "img 2b.JPG", "img 3.jpg"]
    assert last_event(w)[0] == "media.renamed" and last_event(w)[2]["name"] == "img 2b.JPG"


def test_a_move_takes_labels_and_status_along(w: World) -> None:
    evening = make_dataset(w.project, "Evening")
    label = w.box()
    home = media_changes.rename_or_move(
        actor=actor(w.max), media=w.images[0], name="first.jpg", dataset=evening
    )
    assert (home.dataset_id, home.name) == (evening.pk, "first.jpg")
    assert names(w)[0] == ("Evening", "first.jpg")
    kind, before, after = last_event(w)
    assert (
        kind == "media.moved"
        and before["dataset"] == {str(w.images[0].pk): str(w.dataset.pk)}
        and after["dataset"] == str(evening.pk)
    )
    label.refresh_from_db()
    assert label.media_id == w.images[0].pk


def test_nothing_changes_nothing(w: World) -> None:
    before = Event.objects.count()
    media_changes.rename_or_move(actor=actor(w.max), media=w.images[0], name="img 1.jpg", dataset=w.dataset)
    assert Event.objects.count() == before


def test_places_that_are_refused(w: World) -> None:
    with pytest.raises(Invalid) as refusal:
        media_changes.rename(actor=actor(w.max), media=w.images[0], name="img 2.jpg")
    assert refusal.value.code == "name_taken"
    with pytest.raises(Invalid):
        media_changes.rename(actor=actor(w.max), media=w.images[0], name="../x")
    with pytest.raises(Invalid, match="another project"):
        media_changes.rename_or_move(
            actor=actor(w.max), media=w.images[0], dataset=make_dataset(w.other_project(), "Theirs")
        )
    with pytest.raises(Denied):
        media_changes.rename(actor=actor(w.ann), media=w.images[0], name="x.jpg")
    with pytest.raises(Missing):
        media_changes.rename(actor=actor(w.otto), media=w.images[0], name="x.jpg")
    assert [name for _, name in names(w)] == ["img 1.jpg", "img 2.jpg", "img 3.jpg"]


def test_many_move_and_go_back(w: World) -> None:
    evening = make_dataset(w.project, "Evening")
    make_images(evening, 1, start=10)
    DatasetItem.objects.filter(dataset=evening).update(name="img 2.jpg")
    keys = [row.pk for row in w.images]
    was = media_changes.move(
        actor=actor(w.max), project=w.project, media=[*keys, *keys, uuid.uuid4()], dataset=evening
    )
    assert was == {w.dataset.pk: keys}
    assert [name for _, name in names(w)] == ["img 1.jpg", "img 2 (2).jpg", "img 3.jpg", "img 2.jpg"]
    media_changes.move(actor=actor(w.max), project=w.project, media=was[w.dataset.pk], dataset=w.dataset)
    assert DatasetItem.objects.filter(dataset=w.dataset).count() == 3
    media_changes.move(actor=actor(w.max), project=w.project, media=keys, dataset=evening, on_clash="skip")
    assert DatasetItem.objects.filter(dataset=evening).count() == 4


def test_frozen(w: World) -> None:
    keys = [row.pk for row in w.images]
    assert media_changes.set_frozen(actor=actor(w.max), project=w.project, media=keys, is_frozen=True) == 3
    assert media_changes.set_frozen(actor=actor(w.max), project=w.project, media=keys, is_frozen=True) == 0
    assert last_event(w)[2] == {"media": [str(key) for key in sorted(keys)], "is_frozen": True}
    done = MediaStatus.objects.get(project=w.project, base="DONE")
    with pytest.raises(Conflict):
        media_changes.set_status(actor=actor(w.max), project=w.project, media=keys, status=done)
    with pytest.raises(Denied):
        media_changes.set_frozen(actor=actor(w.rosa), project=w.project, media=keys, is_frozen=False)


def test_many_states_and_their_undo(w: World) -> None:
    status = {row.base: row for row in MediaStatus.objects.filter(project=w.project)}
    keys = [row.pk for row in w.images]
    media_changes.set_status(actor=actor(w.max), project=w.project, media=keys[:1], status=status["DONE"])
    was = media_changes.set_status(
        actor=actor(w.max), project=w.project, media=keys, status=status["SKIPPED"]
    )
    assert was == {status["DONE"].pk: keys[:1], status["NEW"].pk: keys[1:]}
    assert set(Media.objects.values_list("status__base", flat=True)) == {"SKIPPED"}
    with pytest.raises(Denied):
        media_changes.set_status(actor=actor(w.ann), project=w.project, media=keys, status=status["DONE"])
    with pytest.raises(Denied):
        media_changes.set_status(actor=actor(w.vera), project=w.project, media=keys, status=status["NEW"])


def test_the_trash_and_back(w: World) -> None:
    label = w.box()
    keys = [row.pk for row in w.images[:2]]
    assert media_changes.trash(actor=actor(w.max), project=w.project, media=[*keys, uuid.uuid4()]) == keys
    assert [name for _, name in names(w)] == ["img 3.jpg"]
    assert last_event(w)[0] == "media.trashed"
    make_images(w.dataset, 1, start=50)
    DatasetItem.objects.filter(media__number=50).update(name="img 1.jpg")
    assert media_changes.restore(actor=actor(w.max), project=w.project, media=keys) == keys
    assert sorted(name for _, name in names(w)) == ["img 1 (2).jpg", "img 1.jpg", "img 2.jpg", "img 3.jpg"]
    assert (last_event(w)[0], last_event(w)[2]["media"]) == ("media.restored", [str(key) for key in keys])
    label.refresh_from_db()
    assert Media.objects.get(pk=label.media_id).trashed_at is None


def test_what_stays_in_the_trash(w: World) -> None:
    media_changes.trash(actor=actor(w.max), project=w.project, media=[row.pk for row in w.images])
    Media.all_objects.filter(pk=w.images[0].pk).update(trashed_at=timezone.now() - timedelta(days=8))
    assert media_changes.restore(actor=actor(w.max), project=w.project, media=[w.images[0].pk]) == []
    with pytest.raises(Missing):
        media_changes.restore(actor=actor(w.max), project=w.other_project(), media=[w.images[1].pk])
    with pytest.raises(Denied):
        media_changes.restore(actor=actor(w.ann), project=w.project, media=[w.images[1].pk])


def test_ids_of_another_project_are_left_alone(w: World) -> None:
    theirs = make_images(make_dataset(w.other_project(), "Theirs"), 1)[0]
    assert media_changes.trash(actor=actor(w.max), project=w.project, media=[theirs.pk]) == []
    assert (
        media_changes.move(actor=actor(w.max), project=w.project, media=[theirs.pk], dataset=w.dataset) == {}
    )
    assert (
        media_changes.set_frozen(actor=actor(w.max), project=w.project, media=[theirs.pk], is_frozen=True)
        == 0
    )
    theirs.refresh_from_db()
    assert theirs.trashed_at is None and not theirs.is_frozen


def test_changes_go_in_short_transactions(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_changes, "CHUNK", 2)
    before = Event.objects.count()
    media_changes.trash(actor=actor(w.max), project=w.project, media=[row.pk for row in w.images])
    assert Event.objects.count() == before + 2
