"""Registers the one domain app and its admin site with Django."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class AnnotatorConfig(AppConfig):
    name = "annotator"
    verbose_name = "Annotator"

    def ready(self) -> None:
        from annotator import checks  # noqa: F401 (registers the system checks)


class AnnotatorAdminConfig(AdminConfig):
    default_site = "annotator.admin.site.AnnotatorAdminSite"
