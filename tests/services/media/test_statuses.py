"""Statuses: moving media by role, and a project's own statuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from annotator import events
from annotator.domain.errors import Conflict, Denied, Invalid, Missing
from annotator.models import Event, Media, MediaStatus, User
from annotator.services.media import statuses
from tests.world import World, make_images


def status(w: World, base: str) -> MediaStatus:
    return MediaStatus.all_objects.get(project=w.project, base=base, is_default=True)


def move(w: World, user: User, base: str, **options: Any) -> int:
    media = options.pop("media", w.images[:1])
    return statuses.set_status(
        actor=w.actor(user), project=w.project, media=media, status=status(w, base), **options
    )


def bases(w: World) -> list[str]:
    return list(Media.all_objects.order_by("number").values_list("status__base", flat=True))


def test_media_move_with_one_event_that_knows_the_status_before(w: World) -> None:
    move(w, w.ann, "TO REVIEW")
    seq = move(w, w.rosa, "DONE", media=w.images[:2], client="tab", ops=["1"])
    assert bases(w) == ["DONE", "DONE", "NEW"]
    first = Media.objects.get(pk=w.images[0].pk)
    assert (first.status_by_id, first.updated_by_id) == (w.rosa.pk, w.rosa.pk) and first.status_at
    event = Event.all_objects.get(project=w.project, seq=seq)
    assert (event.kind, event.client, event.actor_id) == ("status.changed", "tab", w.rosa.pk)
    keys = [str(media.pk) for media in w.images[:2]]
    assert json.loads(event.before) == {"status": dict(zip(keys, ("TO REVIEW", "NEW"), strict=True))}
    done = status(w, "DONE")
    assert json.loads(event.after) == {
        "status": {"id": str(done.pk), "name": done.name, "base": "DONE"},
        "media": keys,
    }


def test_a_status_that_a_medium_has_is_no_event(w: World) -> None:
    assert move(w, w.ann, "SKIPPED") == 1
    assert move(w, w.ann, "SKIPPED") == 0
    assert len(w.recorded()) == 1


def test_a_role_that_may_not_move_one_moves_none(w: World) -> None:
    move(w, w.rosa, "DONE")
    for user, base in ((w.vera, "NEW"), (w.ann, "DONE"), (w.ann, "TO REVIEW"), (w.rosa, "COMPLETED")):
        with pytest.raises(Denied):
            move(w, user, base, media=[w.images[1], w.images[0]])
    assert bases(w) == ["DONE", "NEW", "NEW"] and len(w.recorded()) == 1


def test_a_stranger_and_media_of_another_project_are_missing(w: World) -> None:
    with pytest.raises(Missing):
        move(w, w.otto, "SKIPPED")
    other = Media.all_objects.get(pk=w.images[0].pk)
    Media.all_objects.filter(pk=other.pk).update(project=w.other_project())
    with pytest.raises(Missing, match="no longer there"):
        move(w, w.max, "SKIPPED", media=w.images)
    assert set(bases(w)) == {"NEW"} and w.recorded() == []


def test_locked_media_are_a_conflict(w: World) -> None:
    Media.objects.filter(pk=w.images[1].pk).update(is_frozen=True)
    with pytest.raises(Conflict) as refusal:
        move(w, w.max, "SKIPPED", media=w.images)
    assert refusal.value.code == "image_locked" and set(bases(w)) == {"NEW"}


def test_many_media_are_a_bulk_event(w: World) -> None:
    many = make_images(w.dataset, events.EXACT_LIMIT + 1, start=10, width=8, height=6)
    move(w, w.ann, "SKIPPED", media=many)
    assert w.recorded() == [("bulk", {"what": "status", "count": len(many)})]


def test_a_status_of_the_project_is_made_changed_and_deleted(w: World) -> None:
    actor = w.actor(w.max)
    made = statuses.create(actor=actor, project=w.project, name=" Second look ", color="#ff0000")
    assert (made.name, made.base, made.is_default, made.order) == ("Second look", "IN PROGRESS", False, 7)
    statuses.update(actor=actor, status=made, changes={"name": "Third look", "color": None, "order": 2.5})
    stored = MediaStatus.all_objects.get(pk=made.pk)
    assert (stored.name, stored.name_key, stored.color, stored.order) == ("Third look", "third look", "", 2.5)
    statuses.delete(actor=actor, status=made)
    assert not MediaStatus.all_objects.filter(name="Third look").exists()
    assert w.recorded() == [
        ("statuses.changed", {"name": "Second look"}),
        ("statuses.changed", {"name": "Third look"}),
        ("statuses.changed", None),
    ]


@pytest.mark.parametrize(("who", "error"), [("rosa", Denied), ("otto", Missing)])
def test_statuses_are_managed_by_those_who_may(w: World, who: str, error: type[Exception]) -> None:
    made = statuses.create(actor=w.actor(w.max), project=w.project, name="Own")
    actor = w.actor(getattr(w, who))
    for call in (
        lambda: statuses.create(actor=actor, project=w.project, name="Another"),
        lambda: statuses.update(actor=actor, status=made, changes={"name": "Another"}),
        lambda: statuses.delete(actor=actor, status=made),
    ):
        with pytest.raises(error):
            call()
    assert MediaStatus.all_objects.get(pk=made.pk).name == "Own" and len(w.recorded()) == 1


def test_what_a_status_of_the_project_may_not_be(w: World) -> None:
    actor = w.actor(w.max)
    own = statuses.create(actor=actor, project=w.project, name="Own")
    for name in ("to review", "OWN", ""):
        with pytest.raises(Invalid) as refusal:
            statuses.create(actor=actor, project=w.project, name=name)
        assert refusal.value.field == "name"
    with pytest.raises(Invalid):
        statuses.update(actor=actor, status=own, changes={"name": "new"})
    for call in (
        lambda: statuses.update(actor=actor, status=status(w, "DONE"), changes={"name": "Finished"}),
        lambda: statuses.delete(actor=actor, status=status(w, "DONE")),
    ):
        with pytest.raises(Conflict) as default:
            call()
        assert default.value.code == "default_status"
    Media.all_objects.filter(pk=w.images[0].pk).update(status=own)
    with pytest.raises(Conflict) as used:
        statuses.delete(actor=actor, status=own)
    assert used.value.code == "status_used"


def test_a_status_is_found_by_name_and_id(w: World) -> None:
    done = status(w, "DONE")
    assert statuses.find(project_id=w.project.pk, name="done") == done
    assert statuses.find(project_id=w.project.pk, status_id=done.pk) == done
    with pytest.raises(Invalid, match=r"NEW, .*DONE") as refusal:
        statuses.find(project_id=w.project.pk, name="over")
    assert refusal.value.field == "status"
    with pytest.raises(Invalid):
        statuses.find(project_id=w.other_project().pk, status_id=done.pk)
