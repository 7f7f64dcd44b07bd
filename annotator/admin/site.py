"""The admin site itself: its name, and that people sign in on our own page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class AnnotatorAdminSite(AdminSite):
    """Django's admin under our name."""

    site_title = _("Annotator admin")
    site_header = "Annotator"
    index_title = _("Administration")
    site_url = "/"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send people to our sign-in page, and back; who is signed in but no curator is refused."""
        if request.user.is_authenticated:
            raise PermissionDenied("Only staff members can use the admin site.")
        return redirect_to_login(request.GET.get("next", "/admin/"), settings.LOGIN_URL)
