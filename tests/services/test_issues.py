"""Issues of an image: who may write, where they lie, what the events say, and that they go with the image."""

from __future__ import annotations

import json
from typing import Any

import pytest

from annotator.domain.errors import Conflict, Denied, Invalid, Missing
from annotator.domain.ids import uuid7
from annotator.models import Comment, Event, Issue, Media
from annotator.services.projects import purging
from annotator.services.review import issues
from annotator.web.selectors import issues as selectors
from tests.world import World

pytestmark = pytest.mark.django_db


def opened(w: World, **more: Any) -> Issue:
    fields = {"actor": w.actor(w.ann), "media": w.images[0], "body": "Whose car?", "x": 10, "y": 20.5}
    return issues.create(**(fields | more))


def test_an_issue_is_discussed_resolved_and_deleted(w: World) -> None:
    issue = opened(w, mentions=[w.max.pk])
    issues.comment(actor=w.actor(w.max), issue=issue, body="Mine,\nI think")
    issues.resolve(actor=w.actor(w.max), issue=issue, is_resolved=True)
    (shown,) = selectors.of_media(w.images[0].pk)
    assert (shown["x"], shown["y"], shown["is_resolved"], shown["resolved_by"]["id"]) == (
        10,
        20.5,
        True,
        w.max.pk,
    )
    assert [one["text"] for one in shown["comments"]] == ["Whose car?", "Mine,\nI think"]
    assert shown["comments"][0]["mentions"] == [str(w.max.pk)]
    rows = Event.all_objects.filter(kind="issues.changed").order_by("seq")
    assert [json.loads(one.after)["what"] for one in rows] == ["created", "commented", "resolved"]
    with pytest.raises(Denied):
        issues.delete(actor=w.actor(w.ann), issue=opened(w, actor=w.actor(w.max)))
    for row in Issue.all_objects.all():
        issues.delete(actor=w.actor(w.max), issue=row)
    assert not Issue.all_objects.exists() and not Comment.all_objects.exists()


def test_what_is_refused(w: World) -> None:
    for more in (
        {"body": " "},
        {"x": 10, "y": None},
        {"x": -1},
        {"y": 1e9},
        {"x": float("nan")},
        {"x": "1"},
        {"mentions": [w.otto.pk]},
        {"mentions": [uuid7()]},
    ):
        with pytest.raises(Invalid):
            opened(w, **more)
    with pytest.raises(Denied):
        opened(w, actor=w.actor(w.vera))
    with pytest.raises(Missing):
        opened(w, actor=w.actor(w.otto))
    issue = opened(w, x=None, y=None)
    with pytest.raises(Conflict):
        opened(w, actor=w.actor(w.max), key=issue.pk)
    with pytest.raises(Missing):
        issues.find(w.actor(w.otto), issue.pk)
    with pytest.raises(Denied):
        issues.comment(actor=w.actor(w.vera), issue=issue, body="x")


def test_what_is_sent_again_is_there_once(w: World) -> None:
    issue = opened(w)
    assert opened(w, key=issue.pk) == issue
    key = uuid7()
    for _ in range(2):
        made = issues.comment(actor=w.actor(w.max), issue=issue, body="Yes.", key=key)
        assert made.pk == key
    assert Issue.all_objects.count() == 1
    assert sorted(Comment.all_objects.values_list("text", flat=True)) == ["Whose car?", "Yes."]
    with pytest.raises(Conflict):
        issues.comment(actor=w.actor(w.ann), issue=issue, body="No.", key=key)
    assert Event.all_objects.filter(kind="issues.changed").count() == 2


def test_issues_go_with_their_image(w: World) -> None:
    issue = opened(w)
    Media.all_objects.filter(pk=w.images[0].pk).update(trashed_at=purging.EXPIRED)
    with pytest.raises(Missing):
        issues.find(w.actor(w.ann), issue.pk)
    purging.purge_media(lambda: Media.all_objects.filter(pk=w.images[0].pk))
    assert not Issue.all_objects.exists() and not Comment.all_objects.exists()
