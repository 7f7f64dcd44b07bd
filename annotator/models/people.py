"""Who: users, workspaces, memberships, tokens and one-time sign-in links."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Lower

from annotator.domain.ids import uuid7

from .base import Row, ScopedQuerySet, key, scoped, text, user_key


class User(AbstractUser):
    """A person, or the service account of one workspace (then `service_of` is set and no password works)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    display_name = text(150)
    # When the person showed that mail to `email` reaches them. Only such an address signs in and is invited.
    email_verified_at = models.DateTimeField(null=True, blank=True)
    service_of = key("annotator.Workspace", null=True, blank=True, related_name="service_accounts")
    preferences = models.JSONField(default=dict, blank=True)
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(email_verified_at__isnull=False),
                name="user_verified_email_once",
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        return self.display_name or self.get_full_name() or self.username

    @property
    def initials(self) -> str:
        words = self.shown_name.replace(".", " ").replace("_", " ").replace("-", " ").split()
        letters = words[0][:1] + words[-1][:1] if len(words) > 1 else (words or ["?"])[0][:2]
        return letters.upper()

    @property
    def hue(self) -> int:
        """The hue of the avatar and of the live cursor, 0..359, fixed per person."""
        return self.id.int % 360


class Role(models.TextChoices):
    """Roles of a member, strongest first; what each may do is in policy.py."""

    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    REVIEWER = "reviewer"
    ANNOTATOR = "annotator"
    VIEWER = "viewer"


class WorkspaceQuerySet(ScopedQuerySet):
    memberships = "memberships"

    def visible_to(self, actor):  # type: ignore[no-untyped-def]
        rows = self.filter(memberships__user_id=actor.user_id)
        return rows if actor.workspace_id is None else rows.filter(pk=actor.workspace_id)


class Workspace(Row):
    """What a team shares: projects, members, tokens. `ref` is the slug in commands and URLs."""

    ref = text(128, unique=True, blank=False)
    name = text()
    description = text(2000)
    unique_name = text(128)
    logo_url = text(2000)
    background_color = text(9)
    support_email = text(254)
    is_public = models.BooleanField(default=False)
    allow_support = models.BooleanField(default=False)
    settings = models.JSONField(default=dict, blank=True)
    # Limits of this workspace: empty = the server's default, 0 = none.
    quota_bytes = models.BigIntegerField(null=True, blank=True)
    quota_sockets = models.PositiveIntegerField(null=True, blank=True)
    objects = models.Manager.from_queryset(WorkspaceQuerySet)()

    def __str__(self) -> str:
        return self.name or self.ref


class WorkspaceClock(models.Model):
    """The sequence of a workspace's own event stream and the bytes that it stores; a narrow row, see ProjectClock."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, primary_key=True, related_name="clock")
    seq = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)


class Membership(Row):
    workspace = key(Workspace, related_name="memberships", db_index=False)
    user = key(User, related_name="memberships")
    role = text(12, choices=Role.choices, default=Role.ANNOTATOR)
    objects = scoped("workspace")

    class Meta(Row.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace} ({self.role})"


class Invitation(Row):
    """A membership that is offered; the row goes when the person accepts or declines, or an admin revokes it.

    `user` is somebody with an account, who answers signed in. Without one a link answers: `digest` is that of the link
    that the inviter hands over, `mail_digest` that of the one that was sent to `email`, which shows whose address it is.
    """

    workspace = key(Workspace, related_name="invitations")
    user = key(User, null=True, blank=True, related_name="invitations")
    username = text(150)
    display_name = text(150)
    email = text(254)
    role = text(12, choices=Role.choices, default=Role.ANNOTATOR)
    invited_by = user_key()
    digest = text(64)
    mail_digest = text(64)
    expires_at = models.DateTimeField()
    objects = scoped("workspace")

    class Meta(Row.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "user"],
                condition=models.Q(user__isnull=False),
                name="invitation_once",
            ),
            models.UniqueConstraint(
                fields=["digest"], condition=~models.Q(digest=""), name="invitation_digest"
            ),
            models.UniqueConstraint(
                fields=["mail_digest"], condition=~models.Q(mail_digest=""), name="invitation_mail_digest"
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="invitation_role"),
        ]

    def __str__(self) -> str:
        return f"{self.shown_name} to {self.workspace} ({self.role})"

    @property
    def shown_name(self) -> str:
        """Who is invited, as the inviter named them."""
        if self.user is not None:
            return self.user.shown_name
        return self.display_name or self.username or self.email


class ApiToken(Row):
    """A credential of scripts. Only the SHA-256 of the secret is kept; the token reads `<id>.<secret>`."""

    user = key(User, related_name="api_tokens")
    workspace = key(Workspace, null=True, blank=True, related_name="api_tokens")
    project = key("annotator.Project", null=True, blank=True, related_name="api_tokens")
    name = text(150)
    digest = text(64)
    shown_prefix = text(16)
    scopes = models.JSONField(default=list, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    created_by = key(User, models.SET_NULL, null=True, blank=True, related_name="+")
    objects = scoped("workspace")

    class Meta(Row.Meta):
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"{self.name or 'token'} ({self.shown_prefix}…)"


class SignInLink(Row):
    """A one-time address that signs a person in; kept as a digest, void after use or after `expires_at`.

    `auth_hash` is the session hash of the account when the link was made: it ends with a change of the password.
    Links of earlier releases have none.
    """

    user = key(User, related_name="sign_in_links")
    digest = text(64, unique=True)
    auth_hash = text(128)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class GuessCount(models.Model):
    """Failed guesses of a password until `ends_at`: of an account, an address or all, by a digest."""

    key = models.CharField(max_length=50, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
