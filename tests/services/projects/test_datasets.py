"""Datasets: made, renamed, ordered, trashed with their media, and taken back."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from django.utils import timezone

from annotator.domain.errors import Denied, Invalid, Missing
from annotator.jobs import engine
from annotator.models import Dataset, Event, Job, Media
from annotator.services.media import changes as media_changes
from annotator.services.operations import purge
from annotator.services.projects import datasets
from tests.world import World, actor, make_dataset, make_images


def order(w: World) -> list[int]:
    return [row.number for row in Media.objects.filter(project=w.project).in_list_order()]


def test_create(w: World) -> None:
    made = datasets.create(actor=actor(w.max), project=w.project, name=" Ünï ", order=2.5, metadata={"a": 1})
    assert (made.name, made.name_key, made.ref, made.order, made.metadata) == (
        "Ünï",
        "ünï",
        "uni",
        2.5,
        {"a": 1},
    )
    event = Event.objects.filter(project=w.project).order_by("-seq")[0]
    assert event.kind == "dataset.created" and orjson.loads(event.after)["name"] == "Ünï"


@pytest.mark.parametrize("name", ["", "Morning", "a\nb", "x" * 501, None, 5])
def test_names_that_are_refused(w: World, name: object) -> None:
    with pytest.raises(Invalid) as refusal:
        datasets.create(actor=actor(w.max), project=w.project, name=name)  # type: ignore[arg-type]
    assert refusal.value.field == "name"
    assert Dataset.objects.count() == 1


def test_who_may(w: World) -> None:
    for person in (w.ann, w.rosa, w.vera):
        with pytest.raises(Denied):
            datasets.create(actor=actor(person), project=w.project, name="x")
        with pytest.raises(Denied):
            datasets.trash(actor=actor(person), dataset=w.dataset)
    with pytest.raises(Missing):
        datasets.update(actor=actor(w.otto), dataset=w.dataset, changes={"name": "x"})


@pytest.mark.parametrize("order", [float("nan"), float("inf"), "1", True])
def test_orders_that_are_refused(w: World, order: object) -> None:
    with pytest.raises(Invalid) as refusal:
        datasets.update(actor=actor(w.max), dataset=w.dataset, changes={"order": order})
    assert refusal.value.field == "order"


def test_lists_follow_name_and_order(w: World) -> None:
    evening = make_dataset(w.project, "Evening")
    make_images(evening, 2, start=10)
    trashed = make_images(evening, 1, start=20)[0]
    media_changes.trash(actor=actor(w.max), project=w.project, media=[trashed.pk])
    assert order(w) == [10, 11, 1, 2, 3]
    datasets.update(actor=actor(w.max), dataset=evening, changes={"name": "Night"})
    assert order(w) == [1, 2, 3, 10, 11]
    datasets.update(actor=actor(w.max), dataset=evening, changes={"order": -1})
    assert order(w) == [10, 11, 1, 2, 3]
    datasets.update(actor=actor(w.max), dataset=evening, changes={"order": None, "description": "later"})
    assert order(w) == [1, 2, 3, 10, 11]
    media_changes.restore(actor=actor(w.max), project=w.project, media=[trashed.pk])
    assert order(w) == [1, 2, 3, 10, 11, 20]


def test_a_name_in_use(w: World) -> None:
    evening = make_dataset(w.project, "Evening")
    with pytest.raises(Invalid) as refusal:
        datasets.update(actor=actor(w.max), dataset=evening, changes={"name": "Morning"})
    assert refusal.value.code == "name_taken"
    datasets.update(actor=actor(w.max), dataset=evening, changes={"name": "Evening"})


def test_a_large_dataset_is_relisted_by_a_job(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "INLINE", 2)
    monkeypatch.setattr(datasets, "_CHUNK", 2)
    make_images(make_dataset(w.project, "Noon"), 1, start=10)
    datasets.update(actor=actor(w.max), dataset=w.dataset, changes={"name": "Zenith"})
    assert order(w) == [1, 2, 3, 10]
    job = Job.all_objects.get(kind="relist")
    assert engine.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("DONE", {"changed": 3})
    assert order(w) == [10, 1, 2, 3]


def test_the_trash_and_back(w: World) -> None:
    media_changes.trash(actor=actor(w.max), project=w.project, media=[w.images[2].pk])
    assert datasets.trash(actor=actor(w.max), dataset=w.dataset) == 2
    assert order(w) == [] and not Dataset.objects.filter(project=w.project).exists()
    with pytest.raises(Missing):
        datasets.trash(actor=actor(w.max), dataset=w.dataset)
    datasets.create(actor=actor(w.max), project=w.project, name="Morning")
    back = datasets.restore(actor=actor(w.max), dataset=w.dataset)
    assert back.name == "Morning (2)"
    assert order(w) == [1, 2]  # the third was in the trash before
    assert [row.name for row in Dataset.objects.filter(project=w.project).order_by("sort_key")] == [
        "Morning",
        "Morning (2)",
    ]
    assert datasets.restore(actor=actor(w.max), dataset=w.dataset).pk == w.dataset.pk


def test_the_trash_is_over_after_a_week(w: World) -> None:
    datasets.trash(actor=actor(w.max), dataset=w.dataset)
    Dataset.all_objects.filter(pk=w.dataset.pk).update(trashed_at=timezone.now() - timedelta(days=8))
    with pytest.raises(Missing):
        datasets.restore(actor=actor(w.max), dataset=w.dataset)


def test_a_server_killed_in_mid_trash_is_made_up_for(w: World) -> None:
    Dataset.objects.filter(pk=w.dataset.pk).update(trashed_at=timezone.now())
    assert order(w) == [1, 2, 3]
    assert purge.purge_trash() == 0
    assert order(w) == []
    datasets.restore(actor=actor(w.max), dataset=w.dataset)
    assert order(w) == [1, 2, 3]
