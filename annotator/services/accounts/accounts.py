"""Writes of people's own accounts: name, password, preferences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Denied, Invalid
from annotator.models import User
from annotator.services import security_log
from annotator.services.security_log import Kind

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


def update(*, actor: Actor, display_name: str, email: str) -> User:
    """Change one's own display name and e-mail address."""
    user = User.objects.get(pk=actor.user_id)
    user.display_name = text.clean(display_name, field="display_name", limit=150)
    has_changed = user.email != (address := clean_email(email))
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


def new_name(value: str) -> str:
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


def clean_email(value: str) -> str:
    """Return an e-mail address, or nothing for nothing; raise Invalid for anything else."""
    address = text.clean(value, field="email", limit=254, required=False)
    if address:
        try:
            validate_email(address)
        except ValidationError:
            raise Invalid("This is not an e-mail address.", field="email") from None
    return address
