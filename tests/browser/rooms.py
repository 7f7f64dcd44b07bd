"""A project to look at in pages: made by code that runs with the server's own settings, so it costs neither uploads nor processes."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.pages import sign_in
from tests.servers import Server

Rooms = Callable[[int], "Room"]

_MAKE = """
from tests import world as cast
from annotator.domain import text
from annotator.models import *
people = {{role: cast.make_user(f"{{role}}-{tag}") for role in ("owner", "manager", "reviewer", "annotator", "viewer")}}
workspace = cast.make_workspace("ws-{tag}", **people)
project = cast.make_project(workspace, "Streets {tag}", owner=people["owner"])
dataset, evening = cast.make_dataset(project, "Morning"), cast.make_dataset(project, "Evening")
Dataset.all_objects.filter(pk=evening.pk).update(order=2.0)
colors = (("car", "#4862ed"), ("person", "#ddd81f"), ("sign", "#123456"))
classes = [cast.make_class(project, name, n, color=color) for n, (name, color) in enumerate(colors, 1)]
cast.make_class(project, "sunny", 9, on_region=False, on_media=True)
images = cast.make_images(dataset, min({count}, 6))
for image in images:
    cast.make_box(image, classes[0], (50, 60, 300, 200))
first, status = images[0], MediaStatus.all_objects.get(project=project, base="NEW")
media, items = [], []
for n in range(len(images) + 1, {count} + 1):
    name = f"img {{n}}.jpg"
    key = text.sort_key(name)
    one = Media(project=project, number=n, ref=f"m{{n}}", list_key=f"{{dataset.sort_key}}\\x01{{key}}", status=status,
                blob_id=first.blob_id, width=first.width, height=first.height, format="JPEG", mode="RGB")
    media.append(one)
    items.append(DatasetItem(dataset=dataset, media=one, name=name, name_key=text.name_key(name), sort_key=key))
Media.all_objects.bulk_create(media)
DatasetItem.all_objects.bulk_create(items)
ProjectClock.objects.filter(pk=project.pk).update(media_number={count})
result = {{"project": project.pk, "dataset": dataset.pk, "evening": evening.pk, "classes": [str(c.pk) for c in classes]}}
"""


@dataclass(slots=True)
class Room:
    """One project on a running server, with a browser profile for each person who is asked for."""

    server: Server
    browser: Browser
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    ids: dict[str, Any] = field(default_factory=dict)
    contexts: list[BrowserContext] = field(default_factory=list)

    def fill(self, count: int) -> Room:
        """Make the project with `count` pictures (six with bytes of their own, those with a box of class car)."""
        self.ids = self.run(_MAKE.format(tag=self.tag, count=count))
        return self

    def run(self, code: str) -> Any:
        """Run code with the server's settings."""
        return self.server.workshop.run(code)

    def page(self, role: str = "manager", path: str = "", **options: Any) -> Page:
        """Return a tab in which the person of that role has opened a page of the project."""
        context = self.browser.new_context(**{"viewport": {"width": 1400, "height": 900}} | options)
        self.contexts.append(context)
        sign_in(context, self.server, f"{role}-{self.tag}")
        tab = context.new_page()
        tab.set_default_timeout(20_000)
        tab.goto(self.url(path))
        return tab

    def url(self, path: str = "") -> str:
        return f"{self.server.url}/projects/{self.ids['project']}/{path}"

    def close(self) -> None:
        for context in self.contexts:
            context.close()
