"""The admin site itself: its name, its sign-in page, its look."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class AnnotatorAdminSite(AdminSite):
    """Django's admin under our name; people sign in on our own page."""

    site_title = _("Annotator admin")
    site_header = _("Annotator")
    index_title = _("Administration")
    login_template = "admin/login.html"
