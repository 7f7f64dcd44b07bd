"""Writes of people's own accounts: name, password, preferences, and inviting a person with a one-time link."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from annotator import policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Denied, Invalid
from annotator.models import Membership, User, Workspace
from annotator.services import security_log
from annotator.services.accounts import sign_in
from annotator.services.security_log import Kind
from annotator.services.workspaces import members

# An invitation is handed over by chat or mail, so it lives longer than a link from the operator's console.
INVITATION_VALID_FOR = timedelta(days=7)
PREFERENCES: dict[str, tuple[str, ...]] = {"theme": ("", "light", "dark"), "contrast": ("", "more")}
# Without these a name cannot break an address or a command line.
_NOT_IN_NAMES = frozenset("/\\:<>\"' ")


def find(*, name: str) -> User | None:
    """Return the person with this user name, or with this e-mail address when only one has it; None otherwise."""
    exact = User.objects.filter(username=name).first()
    if exact is not None or "@" not in name:
        return exact
    found = list(User.objects.filter(email__iexact=name, service_of=None)[:2])
    return found[0] if len(found) == 1 else None


@transaction.atomic
def invite(
    *, actor: Actor, workspace: Workspace, name: str, role: str, display_name: str = "", email: str = ""
) -> tuple[Membership, str]:
    """Make a person a member and return (membership, secret of a one-time link; empty for one who has an account).

    `name` is the user name, or the e-mail address of somebody who has an account here. A new person has no
    password until they set one. Raises Denied below admin or for a role above one's own, Conflict for a member.
    """
    policy.require(actor, workspace, "member.manage")
    person = find(name=text.clean(name, field="name", limit=150))
    if person is not None:
        return members.add(actor=actor, workspace=workspace, user=person, role=role), ""
    person = User.objects.create(
        username=_new_name(name),
        display_name=text.clean(display_name, field="display_name", limit=150, required=False),
        email=_email(email),
        password="!",  # noqa: S106 (unusable by Django's convention)
    )
    security_log.record(Kind.ACCOUNT_CREATED, actor=actor, user_id=person.pk, workspace_id=workspace.pk)
    member = members.add(actor=actor, workspace=workspace, user=person, role=role)
    return member, sign_in.make_link(user=person, valid_for=INVITATION_VALID_FOR, actor=actor)


@transaction.atomic
def invite_again(*, actor: Actor, member: Membership) -> str:
    """Return a new one-time link for a person who has never signed in; Conflict for anybody else: it would open their account."""
    policy.require(actor, member.workspace, "member.manage")
    if member.user.last_login is not None or member.user.has_usable_password() or member.user.service_of_id:
        raise Conflict("This person has an account already and signs in herself.")
    if Membership.all_objects.filter(user=member.user).exclude(pk=member.pk).exists():
        raise Denied("This person belongs to another workspace too.", code="not_yours")
    return sign_in.make_link(user=member.user, valid_for=INVITATION_VALID_FOR, actor=actor)


def update(*, actor: Actor, display_name: str, email: str) -> User:
    """Change one's own display name and e-mail address."""
    user = User.objects.get(pk=actor.user_id)
    user.display_name = text.clean(display_name, field="display_name", limit=150)
    has_changed = user.email != (address := _email(email))
    user.email = address
    with transaction.atomic():
        user.save(update_fields=["display_name", "email"])
        if has_changed:
            security_log.record(Kind.EMAIL_CHANGED, actor=actor)
    return user


def set_preferences(*, actor: Actor, changes: Mapping[str, Any]) -> dict[str, str]:
    """Change one's theme ("", light, dark) or contrast ("", more) and return all preferences; absent keys stay."""
    for name, value in changes.items():
        if name not in PREFERENCES or value not in PREFERENCES[name]:
            raise Invalid(
                f"{name} must be one of {', '.join(v or 'nothing' for v in PREFERENCES.get(name, ()))}.",
                field=name,
            )
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=actor.user_id)
        user.preferences = {**user.preferences, **changes}
        user.save(update_fields=["preferences"])
    return dict(user.preferences)


def set_password(*, actor: Actor, old: str, new: str) -> User:
    """Change one's own password; the old one is asked for when there is one. Other sessions end with it."""
    user = User.objects.get(pk=actor.user_id)
    if user.service_of_id:
        raise Denied("A service account has no password.", code="not_yours")
    if user.has_usable_password() and not user.check_password(old):
        security_log.record(Kind.PASSWORD_FAILED, actor=actor)
        raise Invalid("This is not your present password.", field="old")
    if len(new) > 1000:
        raise Invalid("At most 1,000 characters.", field="new")
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="new") from None
    user.set_password(new)
    with transaction.atomic():
        user.save(update_fields=["password"])
        security_log.record(Kind.PASSWORD_CHANGED, actor=actor)
    return user


def _new_name(value: str) -> str:
    """Return a user name that nobody has, in any case, or raise Invalid or Conflict."""
    name = text.clean(value, field="name", limit=150)
    if "@" in name:
        raise Invalid("Nobody here has this e-mail address. Give a new person a user name.", field="name")
    if wrong := sorted(_NOT_IN_NAMES.intersection(name)):
        character = "a space" if wrong[0] == " " else wrong[0]
        raise Invalid(f"A user name cannot contain {character}.", field="name")
    if any(text.is_invisible(character) for character in name):
        raise Invalid("A user name cannot hold characters that are not seen.", field="name")
    if User.objects.filter(Q(username__iexact=name)).exists():
        raise Conflict(f"There is already somebody called {name!r}.", field="name")
    return name


def _email(value: str) -> str:
    address = text.clean(value, field="email", limit=254, required=False)
    if address:
        try:
            validate_email(address)
        except ValidationError:
            raise Invalid("This is not an e-mail address.", field="email") from None
    return address
