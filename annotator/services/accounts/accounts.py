"""Writes of people's own accounts: name, email, password."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Denied, Invalid, Missing
from annotator.models import User
from annotator.services import security_log
from annotator.services.accounts import guesses
from annotator.services.security_log import Kind

# Without these a name cannot break an address or a command line.
_NOT_IN_NAMES = frozenset("/\\:<>\"'@ ")
EMAIL_LINK_VALID_FOR = timedelta(days=1)
_EMAIL_SALT = "annotator.email"


def find(*, name: str) -> User | None:
    """Return the person with this user name or verified e-mail address; None otherwise.

    Anybody can write any address into a profile, so one that is not verified names nobody.
    """
    exact = User.objects.filter(username=name).first()
    if exact is not None or "@" not in name:
        return exact
    return _verified(name).first()


def _verified(email: str) -> QuerySet[User]:
    return User.objects.filter(email__iexact=email, email_verified_at__isnull=False, service_of=None)


def update(*, actor: Actor, display_name: str, email: str) -> User:
    """Change one's own display name and e-mail address; another address is not verified."""
    user = User.objects.get(pk=actor.user_id)
    user.display_name = text.clean(display_name, field="display_name", limit=150)
    has_changed = user.email != (address := clean_email(email))
    if user.email.casefold() != address.casefold():
        user.email_verified_at = None
    user.email = address
    with transaction.atomic():
        user.save(update_fields=["display_name", "email", "email_verified_at"])
        if has_changed:
            security_log.record(Kind.EMAIL_CHANGED, actor=actor)
    return user


def email_token(*, user: User) -> str:
    """Return the text of a link that verifies the present address of a person: to be sent there, good for a day."""
    return signing.dumps([str(user.pk), user.email], salt=_EMAIL_SALT)


def verify_email(*, actor: Actor, token: str) -> User:
    """Verify one's own address by the link that was sent to it.

    Raises Missing for a link that is too old, of another account or of an address that was changed since, Conflict
    when another account has verified the address.
    """
    try:
        user_id, email = signing.loads(token, salt=_EMAIL_SALT, max_age=EMAIL_LINK_VALID_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        user_id, email = "", ""
    user = User.objects.get(pk=actor.user_id)
    if not email or (user_id, email) != (str(user.pk), user.email):
        raise Missing(
            "This link is too old, or belongs to another account or address. Send a new one on your account page.",
            code="link_void",
        )
    return mark_verified(user=user, email=email, actor=actor)


@transaction.atomic
def mark_verified(*, user: User, email: str, actor: Actor | None = None) -> User:
    """Note that mail to `email` reaches the person. Conflict when another account has verified the address."""
    if not email:
        raise Invalid("This account has no e-mail address.", field="email")
    taken = Conflict("Another account has this e-mail address.", field="email")
    if _verified(email).exclude(pk=user.pk).exists():
        raise taken
    if user.email_verified_at is None:
        user.email_verified_at = timezone.now()
        try:
            with transaction.atomic():
                user.save(update_fields=["email_verified_at"])
        except IntegrityError as error:  # the other account did so at this moment
            raise taken from error
        security_log.record(Kind.EMAIL_VERIFIED, actor=actor, user_id=user.pk)
    return user


def set_password(*, actor: Actor, old: str, new: str) -> User:
    """Change one's own password; the old one is asked for when there is one. Other sessions end with it.

    Raises Busy after too many wrong ones.
    """
    user = User.objects.get(pk=actor.user_id)
    if user.service_of_id:
        raise Denied("A service account has no password.", code="not_yours")
    if user.has_usable_password():
        attempt = guesses.begin_old_password(account=user)
        if not user.check_password(old):
            security_log.record(Kind.PASSWORD_FAILED, actor=actor)
            raise Invalid("This is not your present password.", field="old")
        guesses.succeeded(attempt)
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


def new_name(value: str, *, field: str = "name") -> str:
    """Return a user name that nobody has, in any case, or raise Invalid or Conflict."""
    name = text.clean(value, field=field, limit=150)
    if wrong := sorted(_NOT_IN_NAMES.intersection(name)):
        character = "a space" if wrong[0] == " " else wrong[0]
        raise Invalid(f"A user name cannot contain {character}.", field=field)
    if any(text.is_invisible(character) for character in name):
        raise Invalid("A user name cannot hold characters that are not seen.", field=field)
    if User.objects.filter(Q(username__iexact=name)).exists():
        raise Conflict(f"There is already somebody called {name!r}.", field=field)
    return name


def clean_email(value: str, *, field: str = "email") -> str:
    """Return an e-mail address, or nothing for nothing; raise Invalid for anything else."""
    address = text.clean(value, field=field, limit=254, required=False)
    if address:
        try:
            validate_email(address)
        except ValidationError:
            raise Invalid("This is not an e-mail address.", field=field) from None
    return address
