"""The admin site: its names, the grouping of its index, and sign-in on our own page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from annotator.services import security_log
from annotator.services.security_log import Kind

from .base import actor_of


class AnnotatorAdminSite(AdminSite):
    """Django's admin site with our names; tables that only the server writes are grouped under "System"."""

    site_title = _("Annotator admin")
    site_header = "Annotator"
    index_title = _("Administration")
    site_url = "/"

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return Django's list, with the tables of each app that are `is_system` in a group of their own."""
        found: list[Any] = []
        for app in super().get_app_list(request, app_label):
            is_system = [self._is_system(entry["model"]) for entry in app["models"]]
            groups = {app["name"]: False, str(_("System")): True}
            for name, wanted in groups.items():
                entries = [
                    entry for entry, flag in zip(app["models"], is_system, strict=True) if flag == wanted
                ]
                if entries:
                    found.append({**app, "name": name, "models": entries})
        return found

    def _is_system(self, model: type[Model]) -> bool:
        return bool(getattr(self._registry[model], "is_system", False))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to our sign-in page and back; refuse signed-in users who are not staff."""
        if request.user.is_authenticated:
            security_log.record(Kind.REFUSED, actor=actor_of(request), details={"path": request.path})
            raise PermissionDenied("Only staff members can use the admin site.")
        return redirect_to_login(request.GET.get("next", "/admin/"), settings.LOGIN_URL)
