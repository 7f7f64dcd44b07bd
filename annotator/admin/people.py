"""Admin of users, workspaces, memberships, tokens and sign-in links."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _, ngettext_lazy

from annotator.models import (
    ApiToken,
    GuessCount,
    Invitation,
    Membership,
    SecurityEvent,
    SignInLink,
    User,
    Workspace,
    WorkspaceClock,
)
from annotator.services import security_log
from annotator.services.accounts import accounts, sessions, tokens
from annotator.services.security_log import Kind
from annotator.services.workspaces import invitations, members, quotas, workspaces

from .base import ReadOnlyAdmin, ServiceAdmin, act, actor_of

if admin.site.is_registered(Group):
    admin.site.unregister(Group)


@admin.action(description=_("End all sessions of selected users"), permissions=("change",))
def end_sessions(modeladmin: admin.ModelAdmin, request: HttpRequest, rows: Any) -> None:
    act(
        modeladmin,
        request,
        rows,
        lambda row: sessions.end_others(user_id=row.pk, current_key=None, actor=actor_of(request)),
        ngettext_lazy("%(count)d user signed out.", "%(count)d users signed out.", "count"),
    )


@admin.action(description=_("Mark e-mail addresses as verified"), permissions=("change",))
def verify_emails(modeladmin: admin.ModelAdmin, request: HttpRequest, rows: Any) -> None:
    act(
        modeladmin,
        request,
        rows,
        lambda row: accounts.mark_verified(user=row, email=row.email, actor=actor_of(request)),
        ngettext_lazy("%(count)d address verified.", "%(count)d addresses verified.", "count"),
    )


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Accounts use Django's own admin: passwords and staff permissions are edited here."""

    list_display = (
        "username",
        "display_name",
        "email",
        "email_verified_at",
        "is_active",
        "is_staff",
        "service_of",
        "last_login",
    )
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("username", "display_name", "email")
    ordering = ("username",)
    readonly_fields = ("last_login", "date_joined", "service_of", "email_verified_at")
    actions = (verify_emails, end_sessions)
    fieldsets = (
        (None, {"fields": ("username", "password", "display_name", "email", "email_verified_at")}),
        (_("Permissions"), {"fields": ("is_active", "is_staff", "is_superuser", "service_of")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # accounts are deactivated instead, so that their work keeps its author

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the account; another address is not verified."""
        if "email" in form.changed_data:
            obj.email_verified_at = None
        super().save_model(request, obj, form, change)

    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> Any:
        security_log.record(Kind.ACCOUNT_CREATED, actor=actor_of(request), user_id=obj.pk)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """Also record which fields were changed; a password that is set here comes without a list of fields."""
        fields = [
            str(name)
            for part in message
            if isinstance(part, dict)
            for name in part.get("changed", {}).get("fields", ())
        ]
        kind = Kind.PASSWORD_CHANGED if "password" in fields or not fields else Kind.ACCOUNT_CHANGED
        details = {"fields": ", ".join(fields)}
        security_log.record(kind, actor=actor_of(request), user_id=obj.pk, details=details)
        return super().log_change(request, obj, message)


class MemberInline(admin.TabularInline):
    model = Membership
    fields = readonly_fields = ("user", "role", "created_at")
    extra, can_delete, max_num = 0, False, 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


@admin.register(Workspace)
class WorkspaceAdmin(ServiceAdmin):
    list_display = ("name", "ref", "created_at")
    search_fields = ("name", "ref")
    editable = ("name", "description", "support_email", "allow_support", "quota_bytes", "quota_sockets")
    inlines = (MemberInline,)

    def write(self, request: HttpRequest, row: Workspace, changed: dict[str, Any]) -> None:
        limits = {name: changed.pop(name) for name in ("quota_bytes", "quota_sockets") if name in changed}
        if changed:
            workspaces.update(actor=actor_of(request), workspace=row, changes=changed)
        if limits:
            former = {"quota_bytes": row.quota_bytes, "quota_sockets": row.quota_sockets}
            quotas.set_limits(actor=actor_of(request), workspace=row, **(former | limits))


@admin.register(Membership)
class MembershipAdmin(ServiceAdmin):
    list_display = ("user", "workspace", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("user", "workspace")
    search_fields = ("user__username", "workspace__name")
    editable = ("role",)

    def write(self, request: HttpRequest, row: Membership, changed: dict[str, Any]) -> None:
        members.set_role(actor=actor_of(request), member=row, role=changed["role"])


@admin.action(description=_("Revoke selected invitations"))
def revoke_invitations(modeladmin: admin.ModelAdmin, request: HttpRequest, rows: Any) -> None:
    act(
        modeladmin,
        request,
        rows,
        lambda row: invitations.revoke(actor=actor_of(request), invitation=row),
        ngettext_lazy("%(count)d invitation revoked.", "%(count)d invitations revoked.", "count"),
    )


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("shown_name", "workspace", "role", "invited_by", "expires_at")
    list_select_related = ("user", "workspace", "invited_by")
    search_fields = ("username", "email", "user__username", "workspace__name")
    exclude = ("digest", "mail_digest")
    actions = (revoke_invitations,)


@admin.action(description=_("Revoke selected tokens"))
def revoke(modeladmin: admin.ModelAdmin, request: HttpRequest, rows: Any) -> None:
    act(
        modeladmin,
        request,
        rows,
        lambda row: tokens.revoke(actor=actor_of(request), token_id=row.pk),
        ngettext_lazy("%(count)d token revoked.", "%(count)d tokens revoked.", "count"),
    )


@admin.register(ApiToken)
class TokenAdmin(ReadOnlyAdmin):
    list_display = ("name", "shown_prefix", "user", "workspace", "project", "used_at", "expires_at")
    list_select_related = ("user", "workspace", "project")
    search_fields = ("name", "shown_prefix", "user__username")
    list_filter = ("workspace",)
    exclude = ("digest",)
    actions = (revoke,)


@admin.register(SignInLink)
class SignInLinkAdmin(ReadOnlyAdmin):
    list_display = ("user", "expires_at", "used_at")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    exclude = ("digest",)


@admin.register(SecurityEvent)
class SecurityEventAdmin(ReadOnlyAdmin):
    """All of the security log, also failures of nobody's account: superusers only."""

    list_display = ("at", "kind", "user", "actor", "workspace", "address", "count")
    list_filter = ("kind", "at", "workspace")
    list_select_related = ("user", "actor", "workspace")
    search_fields = ("user__username", "actor__username", "address")
    ordering = ("-id",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)


@admin.register(WorkspaceClock)
class WorkspaceClockAdmin(ReadOnlyAdmin):
    list_display = ("workspace", "seq")
    list_select_related = ("workspace",)
    search_fields = ("workspace__name",)


@admin.register(GuessCount)
class GuessCountAdmin(ReadOnlyAdmin):
    list_display = ("key", "count", "ends_at")
    search_fields = ("key",)
