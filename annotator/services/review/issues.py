"""Writes of issues: opened at a place of an image, commented, resolved, deleted. Allowed with `label.write`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from annotator import events, policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Denied, Invalid, Missing
from annotator.domain.ids import parse_uuid, uuid7
from annotator.domain.polygons import is_number
from annotator.events import kinds, payloads
from annotator.models import Comment, Issue, Media, Membership, Role

#: Most issues of an image, and most comments of an issue.
LIMIT = 500
MAX_MENTIONS = 50
_Row = TypeVar("_Row", Issue, Comment)
_MODERATORS = frozenset({Role.MANAGER, Role.ADMIN, Role.OWNER})


def find(actor: Actor, issue_id: uuid.UUID) -> Issue:
    """Return an issue that the actor can see, of an image outside the trash; Missing otherwise."""
    rows = Issue.objects.visible_to(actor).filter(
        media__trashed_at=None, project__trashed_at=None, project__workspace__isnull=False
    )
    found: Issue | None = rows.select_related("project", "media").filter(pk=issue_id).first()
    if found is None:
        raise Missing("There is no such issue.")
    return found


@transaction.atomic
def create(
    *,
    actor: Actor,
    media: Media,
    body: object,
    x: object = None,
    y: object = None,
    mentions: Sequence[uuid.UUID] = (),
    key: uuid.UUID | None = None,
    client: str = "",
) -> Issue:
    """Open an issue with its first comment, at (x, y) in image pixels or, without, about the whole image.

    Sent again with its `key`, it is there once. Invalid: no text, a place outside the image, a mentioned person who is no
    member. Conflict: another issue has that key.
    """
    policy.require(actor, media.project, "label.write")
    place = _place(media, x, y)
    if key and (there := Issue.all_objects.filter(pk=key).first()):
        return _own(actor, there, there.media_id == media.pk)
    if Issue.all_objects.filter(media=media).count() >= LIMIT:
        raise Invalid(f"An image may have at most {LIMIT} issues.", code="too_many")
    issue = Issue(
        pk=key or uuid7(), project_id=media.project_id, media=media, x=place[0], y=place[1], created_by_id=actor.user_id
    )  # fmt: skip
    _insert(issue)
    _add_comment(actor, issue, body, mentions)
    _record(actor, issue, "created", client)
    return issue


@transaction.atomic
def comment(
    *,
    actor: Actor,
    issue: Issue,
    body: object,
    mentions: Sequence[uuid.UUID] = (),
    key: uuid.UUID | None = None,
    client: str = "",
) -> Comment:
    """Add a comment to an issue; sent again with its `key`, it is there once. Invalid and Conflict as in `create`."""
    policy.require(actor, issue.project, "label.write")
    row = _lock(issue)
    if key and (there := Comment.all_objects.filter(pk=key).first()):
        return _own(actor, there, there.issue_id == row.pk)
    if Comment.all_objects.filter(issue=row).count() >= LIMIT:
        raise Invalid(f"An issue may have at most {LIMIT} comments.", code="too_many")
    made = _add_comment(actor, row, body, mentions, key)
    _record(actor, row, "commented", client)
    return made


@transaction.atomic
def resolve(*, actor: Actor, issue: Issue, is_resolved: bool, client: str = "") -> Issue:
    """Resolve an issue or open it again; nothing happens when it is so already."""
    policy.require(actor, issue.project, "label.write")
    row = _lock(issue)
    if row.is_resolved != is_resolved:
        row.is_resolved = is_resolved
        row.resolved_by_id = actor.user_id if is_resolved else None
        row.save(update_fields=["is_resolved", "resolved_by", "updated_at"])
        _record(actor, row, "resolved" if is_resolved else "reopened", client)
    return row


@transaction.atomic
def delete(*, actor: Actor, issue: Issue, client: str = "") -> None:
    """Delete an issue with its comments. Allowed to who opened it, and to managers and above; Denied otherwise."""
    role = policy.require(actor, issue.project, "label.write")
    row = _lock(issue)
    if row.created_by_id != actor.user_id and role not in _MODERATORS:
        raise Denied(
            "Only who opened an issue, and managers, may delete it. Resolve it instead.", code="role"
        )
    _record(actor, row, "deleted", client)
    Comment.all_objects.filter(issue=row).delete()
    row.delete()


def write(*, actor: Actor, media: Media, fields: Mapping[str, Any], client: str = "") -> None:
    """Do what an operation of the labeling page says of an issue of an image: open, comment or resolve; done once.

    Invalid: fields that cannot be read. Missing: no such issue of the image; otherwise as the functions above.
    """
    key, what = parse_uuid(fields.get("issue")), fields.get("what")
    if key is None or what not in ("open", "comment", "resolve"):
        raise Invalid(
            "An operation on an issue needs its id, and what: open, comment or resolve.", field="issue"
        )
    if what == "open":
        create(
            actor=actor, media=media, body=fields.get("text"), x=fields.get("x"), y=fields.get("y"),
            mentions=_mentions(fields), key=key, client=client,
        )  # fmt: skip
        return
    issue = Issue.all_objects.select_related("project").filter(pk=key, media=media).first()
    if issue is None:
        raise Missing("This issue was deleted.")
    if what == "resolve":
        resolve(actor=actor, issue=issue, is_resolved=fields.get("is_resolved") is True, client=client)
        return
    own = parse_uuid(fields.get("comment"))
    if own is None:
        raise Invalid("A comment needs an id.", field="comment")
    comment(
        actor=actor, issue=issue, body=fields.get("text"), mentions=_mentions(fields), key=own, client=client
    )


def _mentions(fields: Mapping[str, Any]) -> list[uuid.UUID]:
    given = fields.get("mentions") or []
    found = [parse_uuid(each) for each in given] if isinstance(given, list) else [None]
    if None in found or len(found) > MAX_MENTIONS:
        raise Invalid(f"mentions must be at most {MAX_MENTIONS} ids.", field="mentions")
    return [key for key in found if key is not None]


def _own(actor: Actor, row: _Row, is_same_place: bool) -> _Row:
    """Return what the actor has written already, when it is the same; Conflict otherwise."""
    if not is_same_place or row.created_by_id != actor.user_id:
        raise Conflict("This id is in use.", code="exists")
    return row


def _insert(row: models.Model) -> None:
    """Insert a row; Conflict when its key was taken a moment ago."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("This id is in use.", code="exists") from error


def _lock(issue: Issue) -> Issue:
    row: Issue | None = Issue.all_objects.select_for_update(of=("self",)).filter(pk=issue.pk).first()
    if row is None:
        raise Missing("There is no such issue.")
    return row


def _place(media: Media, x: object, y: object) -> tuple[float, float] | tuple[None, None]:
    if x is None and y is None:
        return None, None
    for name, value, most in (("x", x, media.width), ("y", y, media.height)):
        if not is_number(value) or not 0 <= float(value) <= (most or 0):  # type: ignore[arg-type]
            raise Invalid(f"{name} must be a number inside the image.", field=name)
    return float(x), float(y)  # type: ignore[arg-type]


def _add_comment(
    actor: Actor, issue: Issue, body: object, mentions: Sequence[uuid.UUID], key: uuid.UUID | None = None
) -> Comment:
    clean = text.clean(body, field="text", limit=2000, multiline=True)
    wanted = sorted({str(one) for one in mentions})
    members = Membership.objects.filter(workspace__projects=issue.project_id, user_id__in=wanted)
    if members.count() != len(wanted):
        raise Invalid("Only members of the workspace can be mentioned.", field="mentions")
    made = Comment(
        pk=key or uuid7(), issue=issue, media_id=issue.media_id, text=clean, mentions=wanted, created_by_id=actor.user_id
    )  # fmt: skip
    _insert(made)
    return made


def _record(actor: Actor, issue: Issue, what: str, client: str) -> None:
    events.record(
        actor=actor,
        kind=kinds.ISSUES_CHANGED,
        project_id=issue.project_id,
        media_id=issue.media_id,
        object_id=issue.pk,
        client=client,
        after=payloads.IssuePayload(id=str(issue.pk), what=what),
    )
