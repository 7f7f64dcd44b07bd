"""The admin site: one module per aggregate; every mutation goes through services."""

from . import marks, media, people, projects, running

__all__ = ["marks", "media", "people", "projects", "running"]
