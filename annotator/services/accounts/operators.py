"""What the operator's console makes without asking anybody: the administrator, people by name, service accounts."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction

from annotator.domain import text
from annotator.domain.errors import Conflict, Invalid
from annotator.models import User, Workspace

_check_username = UnicodeUsernameValidator()


def ensure_person(*, username: str) -> User:
    """Return the person of this name; a new one has no password that works and signs in by link."""
    name = text.clean(username, field="user", limit=150)
    try:
        _check_username(name)
    except ValidationError as error:
        raise Invalid(str(error.message), field="user") from None
    user, _ = User.objects.get_or_create(username=name, defaults={"password": make_password(None)})
    if user.service_of_id is not None:
        raise Conflict(f"{name} is the service account of a workspace, not a person.", field="user")
    return user


@transaction.atomic
def ensure_administrator(*, username: str = "admin") -> User:
    """Return an active administrator: the first there is, else a new one without a password."""
    found = User.objects.filter(is_superuser=True, is_active=True).order_by("date_joined").first()
    if found is not None:
        return found
    user = ensure_person(username=username)
    user.is_staff = user.is_superuser = user.is_active = True
    user.display_name = user.display_name or "Administrator"
    user.save(update_fields=["is_staff", "is_superuser", "is_active", "display_name"])
    return user


def ensure_service(*, workspace: Workspace) -> User:
    """Return the service account of a workspace: it signs in nowhere and acts through tokens only."""
    found = User.objects.filter(service_of=workspace).order_by("date_joined").first()
    if found is not None:
        return found
    return User.objects.create(
        username=_free_name(f"service-{workspace.ref}"[:140]),
        display_name="Service account",
        service_of=workspace,
        password=make_password(None),
    )


def _free_name(base: str) -> str:
    name, number = base, 2
    while User.objects.filter(username=name).exists():
        name, number = f"{base}-{number}", number + 1
    return name
