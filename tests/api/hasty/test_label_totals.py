"""Lists of labels show what plain SQL finds, after every kind of write: what is kept of them is never stale."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from annotator import events
from annotator.db import counts
from annotator.domain.errors import DomainError, Missing
from annotator.events import kinds
from annotator.jobs import engine
from annotator.models import Concept, Label, Media
from annotator.services.annotations import labels
from annotator.services.exchange.imports.home_datasets import HomeDatasets
from annotator.services.media import changes as media_changes
from annotator.services.projects import datasets, trash
from annotator.services.vocabulary import concepts
from api.common import pagination
from tests.api.hasty.conftest import ANY, Callers
from tests.events.test_consistency import SCENARIOS, Scenario, import_coco
from tests.world import World, make_box, make_class, make_dataset, make_images


def check(w: World, by: Callers, p: str) -> int:
    """Return the length of the whole list; the totals of full pages, which are counted, agree with a join by hand."""
    sql = (
        "SELECT count(*) FROM annotator_label l JOIN annotator_media m ON m.id = l.media_id "
        "JOIN annotator_datasetitem i ON i.media_id = m.id AND i.is_home "
        "WHERE l.project_id = %s AND l.error = '' AND m.trashed_at IS NULL"
    )
    car = w.car.pk or ANY  # it has no key any more when it was deleted
    keys = (w.project.pk, w.dataset.pk, car, w.ann.pk)
    project, dataset, concept, user = (Label._meta.pk.get_db_prep_value(key, connection) for key in keys)
    filters = {
        "": ("", []),
        f"&label_class_id={car}": (" AND l.concept_id = %s", [concept]),
        f"&label_author_id={w.ann.pk}": (" AND l.created_by_id = %s", [user]),
        f"&dataset_id={w.dataset.pk}": (" AND i.dataset_id = %s", [dataset]),
        f"&label_class_id={car}&label_author_id={w.ann.pk}&dataset_id={w.dataset.pk}": (
            " AND l.concept_id = %s AND l.created_by_id = %s AND i.dataset_id = %s", [concept, user, dataset],
        ),
        "&image_status=NEW": (" AND m.status_id IN (SELECT id FROM annotator_mediastatus WHERE name = 'NEW')", []),
    }  # fmt: skip
    for query, (condition, values) in filters.items():
        with connection.cursor() as cursor:
            cursor.execute(sql + condition, [project, *values])
            expected = cursor.fetchone()[0]
        assert by.vera.get(f"{p}/labels", f"limit=1{query}")["meta"]["total"] == expected, query
    return len(by.vera.get(f"{p}/labels", "limit=1000")["items"])


def check_repeated(w: World) -> None:
    """Assert that every label says of its image whether it is in the trash, and in which dataset it is."""
    rows = Label.all_objects.filter(project=w.project).values_list("trashed_at", "media__trashed_at")
    assert all((of_label is None) == (of_image is None) for of_label, of_image in rows)
    homes = Label.all_objects.filter(project=w.project, media__items__is_home=True)
    assert not homes.exclude(dataset=F("media__items__dataset")).exists()


def write_while_images_come_and_go(w: World) -> None:
    """Do, in an order that chance gives, what puts labels and images in and out of sight."""
    chance, actor = random.Random(7), w.actor(w.max)
    other = make_dataset(w.project, "Evening")
    keys = [image.pk for image in (*w.images, *make_images(other, 2, start=20))]

    def label() -> None:
        media = Media.all_objects.select_related("project").get(pk=chance.choice(keys))
        box = {"concept": str(w.car.pk), "box": [1, 2, 30, 40]}
        if media.trashed_at is None:
            labels.create_many(actor=w.actor(w.ann), media=media, patches=[box])
        with transaction.atomic():  # as an import does that began before the image went
            events.record(
                actor=actor, kind=kinds.BULK, project_id=w.project.pk, after={"what": "import", "count": 1}
            )
            w.box(media)
            media_changes.mark_labels_trashed(w.project.pk, {media.pk})

    kinds_of_write = [
        label,
        lambda: media_changes.trash(actor=actor, project=w.project, media=chance.sample(keys, 2)),
        lambda: media_changes.restore(actor=actor, project=w.project, media=chance.sample(keys, 2)),
        lambda: media_changes.move(
            actor=actor,
            project=w.project,
            media=chance.sample(keys, 2),
            dataset=chance.choice([w.dataset, other]),
        ),
        lambda: datasets.trash(actor=actor, dataset=other) if other.trashed_at is None else None,
        lambda: trash.restore(actor=actor, project=w.project, datasets=[other.pk]),
    ]
    for _ in range(40):
        other.refresh_from_db()
        # An image that is gone, a dataset in the trash: refused, and nothing is written.
        with contextlib.suppress(DomainError):
            chance.choice(kinds_of_write)()
        check_repeated(w)


def import_to_an_image_in_the_trash(w: World) -> None:
    media_changes.trash(actor=w.actor(w.max), project=w.project, media=[w.images[1].pk])
    import_coco(w)


@pytest.mark.parametrize(
    "scenario",
    [*SCENARIOS, write_while_images_come_and_go, import_to_an_image_in_the_trash],
    ids=lambda one: one.__name__,
)
def test_no_write_leaves_a_stale_total(w: World, by: Callers, p: str, scenario: Scenario) -> None:
    w.extra["label"] = make_box(w.images[0], w.car, (100, 100, 200, 200))
    w.extra["tag"] = make_class(w.project, "rainy", 20, on_region=False, on_media=True)
    by.vera.get(f"{p}/labels", "limit=1")
    scenario(w)
    check(w, by, p)
    check_repeated(w)


def run_purge(w: World) -> None:
    assert engine.run(trash.start_purge_all(actor=w.actor(w.olga), project=w.project).pk)


def test_totals_follow_every_write(w: World, by: Callers, p: str) -> None:
    other = make_dataset(w.project, "Evening")
    inside = make_images(other, 2, start=20)
    patches = [{"concept": str(w.car.pk), "box": [1, 2, 30, 40]}] * 3
    actor = w.actor(w.max)
    for image in (*w.images[:2], *inside):
        media = Media.objects.select_related("project").get(pk=image.pk)
        labels.create_many(actor=w.actor(w.ann), media=media, patches=patches)
    assert check(w, by, p) == 12
    one, two = (image.pk for image in w.images[:2])
    first = Label.objects.filter(media=one)[0]
    steps: list[tuple[Callable[[], object], int]] = [
        (lambda: media_changes.trash(actor=actor, project=w.project, media=[one]), 9),
        (lambda: media_changes.restore(actor=actor, project=w.project, media=[one]), 12),
        (lambda: media_changes.move(actor=actor, project=w.project, media=[one], dataset=other), 12),
        (lambda: datasets.trash(actor=actor, dataset=other), 3),
        (lambda: trash.restore(actor=actor, project=w.project, datasets=[other.pk]), 12),
        (
            lambda: labels.delete_many(
                actor=actor, media=Media.objects.get(pk=one), label_ids=[first.pk]
            ),
            11,
        ),
        (lambda: media_changes.trash(actor=actor, project=w.project, media=[two]), 8),
        (lambda: run_purge(w), 8),
        (
            lambda: concepts.delete(
                actor=actor, concept=Concept.objects.get(pk=w.car.pk), role="region"
            ),
            0,
        ),
    ]  # fmt: skip
    for number, (step, expected) in enumerate(steps):
        step()
        assert check(w, by, p) == expected, number


def test_a_total_is_counted_once(w: World, by: Callers, p: str) -> None:
    w.box()
    w.box()

    def counted() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert by.vera.get(f"{p}/labels", "limit=1")["meta"]["total"] == 2
        return sum("COUNT(" in query["sql"] for query in queries)

    assert (counted(), counted()) == (1, 0)


def test_a_page_behind_the_end_is_counted_anew(w: World) -> None:
    version = (w.project.pk, 0)
    rows = Label.objects.filter(project=w.project)
    assert counts.count(rows, version) == 0
    w.box()
    assert (counts.count(rows, version), counts.count(rows, None)) == (0, 1)
    assert counts.count(rows.none(), version) == 0


def test_no_label_reaches_an_image_that_went_into_the_trash(w: World) -> None:
    media = Media.objects.select_related("project").get(pk=w.images[0].pk)
    media_changes.trash(actor=w.actor(w.max), project=w.project, media=[media.pk])
    with pytest.raises(Missing):
        labels.create_many(
            actor=w.actor(w.ann), media=media, patches=[{"concept": str(w.car.pk), "box": [1, 2, 30, 40]}]
        )
    assert not Label.all_objects.filter(media=media).exists()


def test_a_label_goes_to_the_dataset_to_which_its_image_was_moved(w: World, by: Callers, p: str) -> None:
    """Whoever writes it has read the image before it was moved."""
    other = make_dataset(w.project, "Evening")
    media = Media.objects.select_related("project").get(pk=w.images[0].pk)
    media_changes.rename_or_move(actor=w.actor(w.max), media=media, dataset=other)
    labels.create_many(
        actor=w.actor(w.ann), media=media, patches=[{"concept": str(w.car.pk), "box": [1, 2, 30, 40]}]
    )
    found = [len(by.vera.get(f"{p}/labels", f"dataset_id={one.pk}")["items"]) for one in (w.dataset, other)]
    assert found == [0, 1]


@pytest.mark.parametrize("is_one", [True, False])
def test_a_label_written_while_its_image_is_moved_follows_it(
    w: World, monkeypatch: pytest.MonkeyPatch, is_one: bool
) -> None:
    """As its writer commits last before whoever moves the image has the project's clock."""
    other, media, actor = make_dataset(w.project, "Evening"), w.images[0], w.actor(w.max)
    take = events.next_seq

    def write_and_take(**project: Any) -> int:
        w.box(media)
        return take(**project)

    w.box(media)
    monkeypatch.setattr(events, "next_seq", write_and_take)
    if is_one:
        media_changes.rename_or_move(actor=actor, media=media, dataset=other)
    else:
        media_changes.move(actor=actor, project=w.project, media=[media.pk], dataset=other)
    assert list(Label.all_objects.values_list("dataset", flat=True)) == [other.pk] * 2


def test_an_import_writes_labels_to_the_dataset_where_an_image_is_by_now(w: World) -> None:
    other, image = make_dataset(w.project, "Evening"), w.images[0].pk
    homes = HomeDatasets(w.project.pk)

    def home() -> Any:
        with transaction.atomic():
            seq = events.next_seq(project_id=w.project.pk)
            return homes.of({image}, seq)[image]

    assert (home(), home()) == (w.dataset.pk, w.dataset.pk)
    media_changes.move(actor=w.actor(w.max), project=w.project, media=[image], dataset=other)
    assert home() == other.pk


def test_labels_imported_to_an_image_in_the_trash_come_back_with_it(w: World, by: Callers, p: str) -> None:
    media = w.images[0]
    media_changes.trash(actor=w.actor(w.max), project=w.project, media=[media.pk])
    w.box(media)
    media_changes.mark_labels_trashed(w.project.pk, {media.pk, w.images[1].pk})
    assert check(w, by, p) == 0
    media_changes.restore(actor=w.actor(w.max), project=w.project, media=[media.pk])
    assert check(w, by, p) == 1


def test_a_label_of_an_image_that_is_hidden_is_never_shown(w: World, by: Callers, p: str) -> None:
    w.box(w.images[0])
    shown = w.box(w.images[1])
    Media.all_objects.filter(pk=w.images[0].pk).update(trashed_at="2026-01-01T00:00Z")  # past the services
    assert [row["id"] for row in by.vera.get(f"{p}/labels")["items"]] == [str(shown.pk)]


def test_pages_far_behind_are_parts_of_the_whole_list(
    w: World, by: Callers, p: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        for image in w.images:
            w.box(image, z=number % 2)
    lists = ("labels", "images"), ("", f"&dataset_id={w.dataset.pk}")
    whole = {
        (name, query): by.vera.get(f"{p}/{name}", query)["items"] for name in lists[0] for query in lists[1]
    }
    monkeypatch.setattr(pagination, "DEEP", 1)
    for (name, query), items in whole.items():
        for offset in range(1, len(items)):
            page = by.vera.get(f"{p}/{name}", f"limit=2&offset={offset}{query}")
            assert page["items"] == items[offset : offset + 2] and page["meta"]["total"] == len(items)
