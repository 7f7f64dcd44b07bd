"""The undo of small removals that pages offer: a member who was removed, a tag group that was deleted."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import orjson
from django.db import transaction
from django.db.models import Q

from annotator import policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Missing
from annotator.domain.ids import parse_uuid
from annotator.events import kinds
from annotator.models import Concept, Event, Membership, Project, TagGroup, User, Workspace
from annotator.services.vocabulary import concepts
from annotator.services.workspaces import members


@transaction.atomic
def remove_member(*, actor: Actor, member: Membership) -> int:
    """Remove a member and return the sequence number of the event, by which `restore_member` takes it back."""
    workspace_id, member_id = member.workspace_id, member.pk
    members.remove(actor=actor, member=member)
    rows = Event.all_objects.filter(
        workspace_id=workspace_id, project=None, kind=kinds.MEMBER_REMOVED.name, object_id=member_id
    )
    return int(rows.order_by("-seq").values_list("seq", flat=True)[0])


@transaction.atomic
def restore_member(*, actor: Actor, workspace: Workspace, seq: object) -> Membership:
    """Take back a removal that the actor made: the same person in the same role. Raises Missing and Conflict."""
    policy.require(actor, workspace, "member.manage")
    number = text.check_int(seq, field="seq", low=0)
    rows = Event.all_objects.filter(
        workspace=workspace, project=None, seq=number, kind=kinds.MEMBER_REMOVED.name, actor_id=actor.user_id
    )
    fact: dict[str, Any] = orjson.loads(rows.values_list("after", flat=True).first() or "{}")
    person = User.objects.filter(pk=parse_uuid(fact.get("user")) or uuid.UUID(int=0)).first()
    if person is None:
        raise Missing("There is nothing to undo.")
    if Membership.all_objects.filter(workspace=workspace, user=person).exists():
        raise Conflict("This person is a member again already.")
    return members.add(actor=actor, workspace=workspace, user=person, role=fact["role"])


@transaction.atomic
def restore_group(
    *,
    actor: Actor,
    project: Project,
    key: uuid.UUID,
    name: str,
    kind: str,
    is_required: bool,
    order: object,
    concept_ids: Sequence[uuid.UUID],
) -> TagGroup:
    """Recreate a deleted tag group under its id and at its place, with its former tags that are in the default group now."""
    policy.require(actor, project, "vocabulary.write")
    if TagGroup.all_objects.filter(pk=key).exists():
        raise Conflict("This tag group exists again already.")
    place = None if order is None else text.check_float(order, field="order")
    group = concepts.create_group(
        actor=actor, project=project, name=name, kind=kind, is_required=is_required, order=place, id=key
    )
    rows = Concept.all_objects.filter(project=project, on_media=True, pk__in=list(concept_ids))
    rows.filter(Q(tag_group=None) | Q(tag_group__is_default=True)).update(tag_group=group)
    return group
