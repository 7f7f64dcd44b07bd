"""Registers the one domain app and its admin site with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class AnnotatorConfig(AppConfig):
    name = "annotator"
    verbose_name = "Annotator"

    def ready(self) -> None:
        from annotator import checks  # noqa: F401 (registers the system checks)


class AnnotatorAdminConfig(AdminConfig):
    default_site = "annotator.admin.site.AnnotatorAdminSite"
    modules = ("marks", "media", "people", "projects", "running")

    def ready(self) -> None:
        """Load the admin's modules once the site is made: a package that imported them would make the site twice."""
        super().ready()
        for name in self.modules:
            import_module(f"annotator.admin.{name}")
