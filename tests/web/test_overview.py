"""The overview: figures, chart of days, activity feed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from annotator import events
from annotator.events import kinds
from annotator.models import Event, Job, Media, MediaStatus, Project
from annotator.services.annotations import tags
from annotator.services.jobs import jobs
from annotator.services.media import changes as media_changes, statuses
from annotator.services.projects import datasets
from annotator.services.vocabulary import concepts
from annotator.web.selectors import activity, history, progress
from tests import world as cast
from tests.web.client import browser, get, post
from tests.world import World, make_video


def move(w: World, user: Any, images: list[Media], base: str, days_ago: int = 0) -> None:
    status = MediaStatus.all_objects.get(project=w.project, base=base)
    rows = list(Media.objects.filter(pk__in=[image.pk for image in images]))
    seq = statuses.set_status(actor=w.actor(user), project=w.project, media=rows, status=status)
    Event.all_objects.filter(project=w.project, seq=seq).update(at=timezone.now() - timedelta(days=days_ago))


def counts(w: World, days: int = 28) -> dict[int, int]:
    """Return {days ago: count} of the chart."""
    cache.clear()
    found = history.days(w.project.pk, days)
    return {len(found) - 1 - place: day.count for place, day in enumerate(found) if day.count}


def test_finished_is_counted_on_the_day_it_happened(w: World) -> None:
    move(w, w.rosa, w.images[:2], "DONE", days_ago=3)
    move(w, w.rosa, w.images[2:], "DONE")
    assert counts(w) == {3: 2, 0: 1}
    by_user = history.days(w.project.pk, 7)[-4].by_user
    assert by_user == {w.rosa.pk: 2}


def test_going_on_from_done_to_completed_is_not_finishing_again(w: World) -> None:
    move(w, w.rosa, w.images[:1], "DONE", days_ago=2)
    move(w, w.max, w.images[:1], "COMPLETED")
    assert counts(w) == {2: 1}


def test_finished_twice_a_day_counts_once_and_again_on_another_day(w: World) -> None:
    for base in ("DONE", "IN PROGRESS", "DONE"):
        move(w, w.rosa, w.images[:1], base, days_ago=1)
    move(w, w.rosa, w.images[:1], "IN PROGRESS")
    move(w, w.rosa, w.images[:1], "DONE")
    assert counts(w) == {1: 1, 0: 1}


def test_past_days_are_kept_and_today_is_read(w: World) -> None:
    move(w, w.rosa, w.images[:1], "DONE", days_ago=2)
    assert sum(day.count for day in history.days(w.project.pk, 7)) == 1
    Event.all_objects.filter(project=w.project).update(at=timezone.now())
    move(w, w.rosa, w.images[1:2], "DONE")
    assert [day.count for day in history.days(w.project.pk, 7)][-3:] == [1, 0, 2]


def test_progress_counts_live_media_only(w: World) -> None:
    move(w, w.rosa, w.images[:2], "DONE")
    media_changes.trash(actor=w.actor(w.max), project=w.project, media=[w.images[0].pk])
    found = progress.of_project(w.project.pk)
    assert (found.total, found.finished, found.to_label) == (2, 1, 1)
    assert [(part.status.base, part.width) for part in found.shown] == [("DONE", "50.00%"), ("NEW", "50.00%")]


def test_the_page_shows_them(w: World) -> None:
    for image in w.images[:2]:
        cast.make_box(image, w.car, (1, 2, 3, 4))
    cast.make_box(w.images[0], w.person, (1, 2, 3, 4))
    move(w, w.rosa, w.images[:1], "DONE", days_ago=10)
    move(w, w.ann, w.images[1:2], "TO REVIEW")
    text = " ".join(get(w.ann, f"/projects/{w.project.pk}/").content.decode().split())
    assert "1 of 3 finished, 33" in text
    assert "1.0 per image" in text
    assert 'aria-label="Images finished per day' in text
    assert "66.7" in text
    assert "moved <a" in text
    assert "img 2.jpg</a> to To review" in text


def test_the_live_part_alone(w: World) -> None:
    text = get(w.ann, f"/projects/{w.project.pk}/?part=live&days=7").content.decode()
    assert "<html" not in text
    assert 'data-key="progress"' in text
    assert text.count('class="day') == 14  # a wide and a narrow chart
    assert get(w.ann, f"/projects/{w.project.pk}/?days=8").status_code == 400


def words(w: World) -> list[str]:
    return [re.sub("<[^>]+>", "", str(line.text)) for line in activity.lines(w.project)]


def test_feed_of_videos(w: World) -> None:
    Project.objects.filter(pk=w.project.pk).update(content_type="VIDEOS")
    w.project.refresh_from_db()
    keys = [make_video(w.dataset, name).pk for name in ("a.mp4", "b.mp4")]
    media_changes.trash(actor=w.actor(w.max), project=w.project, media=keys)
    assert words(w) == ["deleted 2 videos"]


def test_feed_sentences(w: World) -> None:
    actor = w.actor(w.max)
    move(w, w.rosa, w.images[:1], "DONE")
    move(w, w.rosa, w.images, "SKIPPED")
    tags.add_many(actor=actor, media=w.images[0], concept_ids=[w.sunny.pk])
    concepts.create(actor=actor, project=w.project, name="Truck")
    evening = datasets.create(actor=actor, project=w.project, name="Evening")
    media_changes.move(
        actor=actor, project=w.project, media=[image.pk for image in w.images], dataset=evening
    )
    media_changes.trash(actor=actor, project=w.project, media=[w.images[0].pk])
    assert words(w) == [
        "deleted 1 image",
        "moved 3 images to another dataset",
        "added the dataset Evening",
        "added class Truck",
        "labeled img 1.jpg",
        "moved 3 images to Skipped",
        "finished img 1.jpg",
    ]


def test_consecutive_changes_are_one_line(w: World) -> None:
    for key in ([w.sunny.pk], [w.sunny.pk], [w.sunny.pk]):
        tags.add_many(actor=w.actor(w.ann), media=w.images[0], concept_ids=key)
    tags.add_many(actor=w.actor(w.max), media=w.images[0], concept_ids=[w.sunny.pk])
    assert words(w) == ["labeled img 1.jpg", "labeled img 1.jpg, 3 changes"]


def test_every_kind_of_event_has_a_sentence_or_is_left_out(w: World) -> None:
    post(w.max, f"/web/projects/{w.project.pk}/classes/{w.car.pk}/merge", {"target": str(w.person.pk)})
    post(w.max, f"/projects/{w.project.pk}/settings/change", {"name": "Roads"})
    found = words(w)
    assert "merged a class into person, 0 objects" in found
    assert "changed the project's settings" in found
    assert browser(w.ann).get(f"/projects/{w.project.pk}/").status_code == 200


def test_an_upload_by_many_jobs_is_one_line(w: World) -> None:
    ingest = jobs.start(actor=w.actor(w.max), workspace=w.workspace, project=w.project, kind="ingest")
    with transaction.atomic():
        for images in (w.images[:2], w.images[2:]):
            briefs = [{"id": str(image.pk)} for image in images]
            events.record(
                actor=w.actor(w.max),
                kind=kinds.MEDIA_CREATED,
                project_id=w.project.pk,
                after={"media": briefs},
            )
            jobs.record_changed(ingest, w.actor(w.max))
    assert words(w) == ["added 3 images"]
    Job.all_objects.filter(pk=ingest.pk).update(state="FAILED")
    ingest.refresh_from_db()
    with transaction.atomic():
        jobs.record_changed(ingest, w.actor(w.max))
    assert words(w) == ["ran the job Image upload, which failed", "added 3 images"]
