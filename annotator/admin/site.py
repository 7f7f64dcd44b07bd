"""The admin site: its names, the groups of its index, and sign-in on our own page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from annotator.services import security_log
from annotator.services.security_log import Kind

from .base import actor_of

# The groups of the index and of the side bar with their tables, in order. What no group names is under "System": the
# tables that only the server writes.
GROUPS = (
    (
        _("Accounts and workspaces"),
        "User Workspace Membership Invitation SignInLink ApiToken Bucket SecurityEvent",
    ),
    (_("Projects"), "Project Dataset Media MediaStatus QualityIssue AugmentationList Job"),
    (
        _("Classes and attributes"),
        "Concept TagGroup Attribute AttributeOption AttributeBinding KeypointSchema KeypointClass SkeletonEdge KeypointBinding",
    ),
    (_("Annotations"), "Label Tag Segment AttributeValue Prediction Issue Comment"),
)
SYSTEM = _("System")


class AnnotatorAdminSite(AdminSite):
    """Django's admin site with our names, our tables in groups."""

    site_title = _("Annotator admin")
    site_header = "Annotator"
    index_title = _("Administration")
    site_url = "/"

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return Django's list, with the tables of each app in GROUPS."""
        found: list[Any] = []
        for app in super().get_app_list(request, app_label):
            entries = {entry["object_name"]: entry for entry in app["models"]}
            for name, tables in GROUPS:
                models = [entries.pop(table) for table in tables.split() if table in entries]
                if models:
                    found.append({**app, "name": str(name), "models": models})
            if entries:
                found.append({**app, "name": str(SYSTEM), "models": list(entries.values())})
        return found

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to our sign-in page and back; refuse signed-in users who are not staff."""
        if request.user.is_authenticated:
            security_log.record(Kind.REFUSED, actor=actor_of(request), details={"path": request.path})
            raise PermissionDenied("Only staff members can use the admin site.")
        return redirect_to_login(request.GET.get("next", "/admin/"), settings.LOGIN_URL)
