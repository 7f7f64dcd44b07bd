"""Base classes of the admin: read-only by default, writes only through services."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import transaction
from django.db.models import CharField, Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from annotator.domain.actor import Actor
from annotator.domain.errors import DomainError
from annotator.models import User

# Text fields of at least this length get a text area.
LONG = 1000


def actor_of(request: HttpRequest) -> Actor:
    """Return the staff member as an Actor; services check their permissions as for every user."""
    assert isinstance(request.user, User)
    return Actor(user_id=request.user.pk, via="admin")


class ValuesFilter(admin.AllValuesFieldListFilter):
    """Django's filter by the values of a text column, with a label for the empty text."""

    def choices(self, changelist: Any) -> Any:
        for choice in super().choices(changelist):
            yield {**choice, "display": choice["display"] or _("(none)")}


admin.FieldListFilter.register(
    lambda field: isinstance(field, CharField) and not field.choices, ValuesFilter, take_priority=True
)


class ReadOnlyPermissions:
    """Staff see the rows; nobody writes them here."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_active and request.user.is_staff)


class ReadOnlyAdmin(ReadOnlyPermissions, admin.ModelAdmin):
    """Rows that only services write: the admin lists and shows them."""

    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return (
            self.model.all_objects.all()
            if hasattr(self.model, "all_objects")
            else self.model._default_manager.all()
        )


class ServiceAdmin(ReadOnlyAdmin):
    """Rows whose change form calls a service: override `write(request, row, changed)`; fields that are not in `editable` are read-only."""

    editable: tuple[str, ...] = ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Return the form field; long texts, such as descriptions, get a text area."""
        if isinstance(db_field, CharField) and (db_field.max_length or 0) >= LONG:
            options.setdefault("widget", AdminTextareaWidget(attrs={"rows": 4}))
        return super().formfield_for_dbfield(db_field, request, **options)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [field.name for field in self.model._meta.fields if field.name not in self.editable]

    def write(self, request: HttpRequest, row: Any, changed: dict[str, Any]) -> None:
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        changed = {name: form.cleaned_data[name] for name in form.changed_data if name in self.editable}
        if not changed:
            return
        stored = self.model.all_objects.get(pk=obj.pk)
        try:
            self.write(request, stored, changed)
        except DomainError as error:
            _refuse(request, error.message)


class DeletableAdmin(ReadOnlyAdmin):
    """Rows that a service deletes, after Django's own page of confirmation: override `erase(request, row)` and `lost(row)`."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def erase(self, request: HttpRequest, row: Any) -> None:
        raise NotImplementedError

    def lost(self, row: Any) -> str:
        """Return what goes with a row, in words for the page of confirmation."""
        return ""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """Return what Django's page shows: the rows with `lost`. Django itself would read everything that depends on them."""
        rows = list(objs)
        shown = [": ".join(filter(None, (str(row), self.lost(row)))) for row in rows]
        return shown, {self.model._meta.verbose_name_plural: len(rows)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.delete_queryset(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            name = str(row)
            try:
                with transaction.atomic():
                    super().log_deletions(request, self.model.all_objects.filter(pk=row.pk))
                    self.erase(request, row)
            except DomainError as error:
                _refuse(request, f"{name}: {error.message}")

    def log_deletions(self, request: HttpRequest, queryset: Any) -> list[Any]:
        """Leave Django's log to `delete_queryset`: only what the service has deleted is logged as deleted."""
        return []


class ReadOnlyInline(ReadOnlyPermissions, admin.TabularInline):
    """Rows of a row's own page; `related` are the relations that they show."""

    extra = 0
    related: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        return self.model.all_objects.select_related(*self.related)


def _refuse(request: HttpRequest, message: str) -> None:
    """Show why a service refuses, instead of Django's message that all went well."""
    messages.set_level(request, messages.ERROR)
    messages.error(request, message)


def act(modeladmin: admin.ModelAdmin, request: HttpRequest, rows: Any, call: Any, done: Any) -> None:
    """Run `call(row)` for each selected row and show the result; an error is shown with the domain's message.

    `done` is an `ngettext_lazy` text with `%(count)d`.
    """
    count = 0
    for row in rows:
        try:
            call(row)
            count += 1
        except DomainError as error:
            modeladmin.message_user(request, f"{row}: {error.message}", messages.ERROR)
    if count:
        modeladmin.message_user(request, done % {"count": count}, messages.SUCCESS)
