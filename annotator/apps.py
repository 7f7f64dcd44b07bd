"""Registers the one domain app and its admin site with Django."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks


class AnnotatorConfig(AppConfig):
    name = "annotator"
    verbose_name = "Annotator"

    def ready(self) -> None:
        from annotator import checks  # noqa: F401 (registers the system checks)


class AnnotatorAdminConfig(SimpleAdminConfig):
    """The admin's modules are loaded with the addresses: a worker and most commands need none of them (16 MB)."""

    default_site = "annotator.admin.site.AnnotatorAdminSite"
    modules = (
        "buckets",
        "machines",
        "marks",
        "media",
        "people",
        "projects",
        "review",
        "running",
        "vocabulary",
    )

    def ready(self) -> None:
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(_check_admin, checks.Tags.admin)

    def load(self) -> None:
        """Load the admin's modules once the site is made: a package that imported them would make the site twice."""
        for name in self.modules:
            import_module(f"annotator.admin.{name}")


def _check_admin(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Check the admin as Django does, with its modules loaded."""
    config: Any = apps.get_app_config("admin")
    config.load()
    found: list[checks.CheckMessage] = check_admin_app(app_configs, **kwargs)
    return found
