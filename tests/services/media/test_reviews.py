"""Review: where it is required, on images that cannot be read, and the reason of a rejection."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.domain.errors import Conflict, Denied
from annotator.domain.ids import uuid7
from annotator.models import Event, Media, MediaStatus, Project, User
from annotator.services.annotations import editing
from annotator.services.media import bulk, statuses
from annotator.services.projects import projects
from tests.world import World


@pytest.fixture
def reviewed(w: World) -> World:
    """A world whose project requires review."""
    projects.update(actor=w.actor(w.max), project=w.project, changes={"requires_review": True})
    return w


def status(w: World, base: str) -> MediaStatus:
    return MediaStatus.all_objects.get(project=w.project, base=base)


def media(w: World) -> Media:
    return Media.objects.select_related("project", "status").get(pk=w.images[0].pk)


def send(w: World, user: User, base: str, **more: Any) -> dict[str, Any]:
    """Set the status as the labeling page does; return the answer."""
    op = {"op_id": str(uuid7()), "status": base, **more}
    return editing.apply(actor=w.actor(user), media=media(w), ops=[op])[0][0]


def move(w: World, user: User, base: str) -> None:
    """Set the status as the APIs do."""
    statuses.set_status(actor=w.actor(user), project=w.project, media=[media(w)], status=status(w, base))


def many(w: World, user: User, base: str) -> int:
    """Set the status as the media page does; return how many images were changed."""
    change = bulk.change_of("status", status(w, base).pk)
    keys = [w.images[0].pk]
    return bulk.apply(actor=w.actor(user), project=w.project, change=change, media=keys).changed


@pytest.mark.parametrize("base", ["DONE", "COMPLETED"])
@pytest.mark.parametrize("who", ["ann", "rosa", "max", "olga"])
def test_where_review_is_required_nobody_finishes_what_was_not_submitted(
    reviewed: World, who: str, base: str
) -> None:
    w, user = reviewed, getattr(reviewed, who)
    assert send(w, user, base)["code"] in ("review_required", "role")
    with pytest.raises(Denied):
        move(w, user, base)
    assert many(w, user, base) == 0
    assert media(w).status.base == "NEW"


def test_where_review_is_required_a_reviewer_accepts(reviewed: World) -> None:
    assert send(reviewed, reviewed.ann, "TO REVIEW")["status"] == "ok"
    refused = send(reviewed, reviewed.ann, "DONE")
    assert (refused["code"], media(reviewed).status.base) == ("role", "TO REVIEW")
    assert send(reviewed, reviewed.rosa, "DONE")["status"] == "ok"


def test_an_acceptance_that_comes_after_the_labeler_took_the_image_back_is_refused(reviewed: World) -> None:
    w = reviewed
    send(w, w.ann, "TO REVIEW")
    seen = media(w)
    send(w, w.ann, "IN PROGRESS")
    op = {"op_id": str(uuid7()), "status": "DONE"}
    (late,), _ = editing.apply(actor=w.actor(w.rosa), media=seen, ops=[op])
    assert (late["code"], media(w).status.base) == ("review_required", "IN PROGRESS")
    assert "Submit the image for review first" in late["message"]


def test_without_the_setting_reviewers_finish_at_once(w: World) -> None:
    assert not Project.objects.get(pk=w.project.pk).requires_review
    assert send(w, w.rosa, "DONE")["status"] == "ok"


@pytest.mark.parametrize("base", ["TO REVIEW", "DONE", "COMPLETED"])
def test_an_unreadable_image_is_neither_submitted_nor_finished(w: World, base: str) -> None:
    Media.objects.filter(pk=w.images[0].pk).update(health="ERROR")
    assert send(w, w.olga, base)["code"] == "image_unreadable"
    with pytest.raises(Conflict, match="could not be read"):
        move(w, w.olga, base)
    assert many(w, w.olga, base) == 0
    assert send(w, w.ann, "SKIPPED")["status"] == "ok"


def test_a_rejection_keeps_its_reason_author_and_time_until_the_image_is_finished(w: World) -> None:
    send(w, w.ann, "TO REVIEW")
    assert send(w, w.rosa, "IN PROGRESS", reason=" Two cars are missing. ")["status"] == "ok"
    found = media(w)
    assert (found.rejection, found.rejected_by_id) == ("Two cars are missing.", w.rosa.pk)
    assert found.rejected_at == found.status_at and found.is_sent_back
    assert w.recorded()[-1][1]["reason"] == "Two cars are missing."
    send(w, w.ann, "TO REVIEW")
    assert (media(w).rejection, media(w).is_sent_back) == ("Two cars are missing.", False)
    send(w, w.ann, "IN PROGRESS")  # the labeler takes the submission back: the reason waits again
    assert media(w).is_sent_back
    send(w, w.ann, "TO REVIEW")
    send(w, w.rosa, "DONE")
    assert media(w).rejection is None
    assert (
        Event.all_objects.filter(kind="status.changed", after__contains="Two cars are missing.").count() == 1
    )


def test_whoever_rejected_withdraws_it_by_submitting(w: World) -> None:
    send(w, w.ann, "TO REVIEW")
    send(w, w.rosa, "IN PROGRESS", reason="Too loose")
    send(w, w.rosa, "TO REVIEW")
    assert media(w).rejection is None


@pytest.mark.parametrize(
    ("who", "base", "reason", "code"),
    [
        ("ann", "IN PROGRESS", "Mine", "role"),
        ("rosa", "DONE", "Fine", "invalid"),
        ("rosa", "IN PROGRESS", "", "invalid"),
        ("rosa", "IN PROGRESS", 5, "invalid"),
        ("rosa", "IN PROGRESS", "x" * 1001, "invalid"),
        ("rosa", "IN PROGRESS", "nul \0", "invalid"),
    ],
)
def test_what_is_no_reason(w: World, who: str, base: str, reason: object, code: str) -> None:
    send(w, w.ann, "TO REVIEW")
    answer = send(w, getattr(w, who), base, reason=reason)
    assert (answer["status"], answer.get("code"), answer.get("field")) == (
        "rejected", code, None if code == "role" else "reason",
    )  # fmt: skip
    assert media(w).status.base == "TO REVIEW" and media(w).rejection is None


def test_a_change_of_many_and_its_undo_keep_the_reason(w: World) -> None:
    send(w, w.ann, "TO REVIEW")
    send(w, w.rosa, "IN PROGRESS", reason="Too loose")
    change = bulk.change_of("status", status(w, "SKIPPED").pk)
    bulk.apply(actor=w.actor(w.max), project=w.project, change=change, media=[w.images[0].pk])
    assert not media(w).is_sent_back
    bulk.undo_change(actor=w.actor(w.max), project=w.project, change_id=change.id, what="status")
    assert media(w).is_sent_back
