"""A project to look at in pages: made by code that runs with the server's own settings, so it costs no uploads."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chrome import sign_in
from tests.servers import ROOT, Server

# Runs in `manage.py shell`: a world of its own with real pictures; the copies share their bytes.
_MAKE = """
import json, sys
sys.path.insert(0, {root!r})
from tests import world as cast
from annotator.domain import listing
from annotator.models import *
people = {{role: cast.make_user(f"{{role}}-{tag}") for role in ("owner", "manager", "reviewer", "annotator", "viewer")}}
workspace = cast.make_workspace("ws-{tag}", **people)
project = cast.make_project(workspace, "Streets {tag}", owner=people["owner"])
dataset, evening = cast.make_dataset(project, "Morning"), cast.make_dataset(project, "Evening")
Dataset.all_objects.filter(pk=evening.pk).update(order=2.0)
classes = [cast.make_class(project, name, n, color=color) for n, (name, color) in enumerate((("car", "#4862ed"), ("person", "#ddd81f"), ("sign", "#123456")), 1)]
sunny = cast.make_class(project, "sunny", 9, on_region=False, on_media=True)
images = cast.make_images(dataset, min({count}, 6))
for image in images:
    cast.make_box(image, classes[0], (50, 60, 300, 200))
first = images[0]
status = MediaStatus.all_objects.get(project=project, base="NEW")
media, items = [], []
from annotator.domain import text
for n in range(len(images) + 1, {count} + 1):
    name = f"img {{n}}.jpg"
    key = text.sort_key(name)
    one = Media(project=project, number=n, ref=f"m{{n}}", list_key=f"{{dataset.sort_key}}\\x01{{key}}", status=status, blob_id=first.blob_id, width=first.width, height=first.height, format="JPEG", mode="RGB")
    media.append(one)
    items.append(DatasetItem(dataset=dataset, media=one, name=name, name_key=text.name_key(name), sort_key=key))
Media.all_objects.bulk_create(media)
DatasetItem.all_objects.bulk_create(items)
ProjectClock.objects.filter(pk=project.pk).update(media_number={count})
print("ROOM" + json.dumps({{"project": str(project.pk), "workspace": str(workspace.pk), "images": [str(i.pk) for i in images], "dataset": str(dataset.pk), "evening": str(evening.pk), "classes": [str(c.pk) for c in classes]}}))
"""


@dataclass(slots=True)
class Room:
    """One project on a running server, with a browser profile for each person who is asked for."""

    server: Server
    chrome: Browser
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    ids: dict[str, Any] = field(default_factory=dict)
    contexts: list[BrowserContext] = field(default_factory=list)

    def fill(self, count: int) -> Room:
        """Make the project with `count` pictures (six with bytes of their own, those with a box of class car)."""
        found = re.search("ROOM(.*)", self.run(_MAKE.format(root=str(ROOT), tag=self.tag, count=count)))
        assert found is not None
        self.ids = json.loads(found[1])
        return self

    def run(self, code: str) -> str:
        """Run code in the server's `manage.py shell` and return what it prints."""
        return str(self.server.command("shell", "--no-imports", "-v", "0", "-c", code).stdout)

    def page(self, role: str = "manager", path: str = "", **options: Any) -> Page:
        """Return a tab in which the person of that role has opened a page of the project."""
        context = self.chrome.new_context(**{"viewport": {"width": 1400, "height": 900}} | options)
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
