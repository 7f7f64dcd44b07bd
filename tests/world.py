"""The cast of the tests: one workspace with its members and a project of three images, made by plain functions.

Rows are written directly (a test of a service must not depend on other services). Colors and names are fixed, so
that tests can name them; ids are new in every test process.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import io
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import F
from PIL import Image

from annotator.domain import listing, text
from annotator.domain.actor import Actor
from annotator.models import (
    Blob,
    Concept,
    Dataset,
    DatasetItem,
    Event,
    Label,
    Media,
    MediaStatus,
    Membership,
    Project,
    ProjectClock,
    Role,
    TagGroup,
    User,
    Workspace,
    WorkspaceClock,
)
from annotator.services.accounts import tokens

WIDTH, HEIGHT = 640, 480
IMAGES = 3


def actor(user: User, **limits: Any) -> Actor:
    """Return `user` as the actor of a page; `limits` are fields of Actor."""
    return Actor(user_id=user.pk, **limits)


def token(
    user: User, workspace: Workspace | None = None, project: Project | None = None, **options: Any
) -> str:
    """Return the text `<id>.<secret>` of a new token of `user`."""
    return tokens.issue(user=user, name="test", workspace=workspace, project=project, **options)[1]


@functools.cache
def picture(number: int, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """Return a real JPEG whose content depends on `number`: a gradient with a disc."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    red = (x / width * 200 + 17 * number) % 256
    green = (y / height * 200 + 43 * number) % 256
    blue = np.where(
        (x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 4 + 5 * number) ** 2, 220.0, 40.0
    )
    stream = io.BytesIO()
    Image.fromarray(np.stack([red, green, blue], axis=2).astype(np.uint8)).save(stream, "JPEG", quality=80)
    return stream.getvalue()


def store(content: bytes) -> str:
    """Store bytes as local storage does and return their digest."""
    sha256 = hashlib.sha256(content).hexdigest()
    file = settings.MEDIA_DIR / sha256[:2] / sha256[2:4] / sha256
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return sha256


def keep(content: bytes, mime: str = "image/jpeg") -> Blob:
    """Store bytes as local storage does and return their row."""
    return Blob.objects.get_or_create(sha256=store(content), defaults={"size": len(content), "mime": mime})[0]


def make_user(name: str, **fields: Any) -> User:
    """Return a person without a password: tests sign them in with `client.force_login`."""
    return User.objects.create(
        username=name, display_name=name.capitalize(), email=f"{name}@example.org", password="!", **fields
    )


def make_workspace(ref: str, **members: User) -> Workspace:
    """Return a workspace with `members` given as role=user."""
    workspace = Workspace.all_objects.create(ref=ref, name=ref.capitalize())
    WorkspaceClock.objects.create(workspace=workspace)
    Membership.all_objects.bulk_create(
        Membership(workspace=workspace, user=user, role=role) for role, user in members.items()
    )
    return workspace


def make_project(workspace: Workspace, name: str, **fields: Any) -> Project:
    """Return an empty project with its clock, the seven statuses and the default tag group."""
    project = Project.all_objects.create(
        workspace=workspace,
        ref=name.lower(),
        name=name,
        name_key=text.name_key(name),
        sort_key=text.sort_key(name),
        **fields,
    )
    ProjectClock.objects.create(project=project)
    MediaStatus.all_objects.bulk_create(
        MediaStatus(project=project, name=base, name_key=text.name_key(base), base=base, order=order)
        for order, base in enumerate(MediaStatus.BASES)
    )
    TagGroup.all_objects.create(
        project=project, is_default=True, order=0, name="Default", name_key="default", sort_key="default"
    )
    return project


def make_dataset(project: Project, name: str, **fields: Any) -> Dataset:
    """Return an empty dataset. All have the order 1, so the name decides."""
    return Dataset.all_objects.create(
        project=project,
        ref=name.lower(),
        name=name,
        name_key=text.name_key(name),
        sort_key=text.sort_key(name),
        order=1.0,
        **fields,
    )


def make_images(
    dataset: Dataset, count: int, *, start: int = 1, width: int = WIDTH, height: int = HEIGHT
) -> list[Media]:
    """Return images named `img <n>.jpg`, numbered from `start`, with real bytes in storage."""
    project = dataset.project
    status = MediaStatus.all_objects.get(project=project, base="NEW")
    home = listing.dataset_key(dataset.order, dataset.name)
    images, items = [], []
    for number in range(start, start + count):
        name = f"img {number}.jpg"
        key = text.sort_key(name)
        media = Media(
            project=project, number=number, ref=f"img-{number}", list_key=listing.list_key(home, name), status=status,
            blob=keep(picture(number, width, height)), width=width, height=height, format="JPEG", mode="RGB",
        )  # fmt: skip
        images.append(media)
        items.append(
            DatasetItem(dataset=dataset, media=media, name=name, name_key=text.name_key(name), sort_key=key)
        )
    Media.all_objects.bulk_create(images)
    DatasetItem.all_objects.bulk_create(items)
    ProjectClock.objects.filter(pk=project.pk).update(media_number=start + count - 1)
    return images


def make_video(dataset: Dataset, name: str = "clip.mp4", **fields: Any) -> Media:
    """Return a video of ten seconds that was read, without bytes; `fields` are those of Media."""
    project = dataset.project
    ProjectClock.objects.filter(pk=project.pk).update(media_number=F("media_number") + 1)
    number = ProjectClock.objects.values_list("media_number", flat=True).get(pk=project.pk)
    home = listing.dataset_key(dataset.order, dataset.name)
    values = {
        "kind": "video", "ref": f"video-{number}", "number": number, "list_key": listing.list_key(home, name),
        "status": MediaStatus.all_objects.get(project=project, base="NEW"), "width": 128, "height": 96, "format": "MP4",
        "frame_rate": 25.0, "duration_ms": 10_000, "frame_count": 250,
    }  # fmt: skip
    media = Media.all_objects.create(project=project, **(values | fields))
    key = text.sort_key(name)
    DatasetItem.all_objects.create(
        dataset=dataset, media=media, name=name, name_key=text.name_key(name), sort_key=key
    )
    return media


def make_class(project: Project, name: str, number: int, *, color: str = "#2e7dff", **fields: Any) -> Concept:
    """Return a class of regions; pass on_media=True, on_region=False for a tag."""
    roles = (
        {"on_region": True, "region_order": 9.0 + number}
        if fields.get("on_region", True)
        else {"media_order": 9.0 + number}
    )
    concept = Concept.all_objects.create(
        project=project, ref=f"{text.name_key(name)}-{number}", number=number, name=name, name_key=text.name_key(name),
        sort_key=text.sort_key(name), color=color, **(roles | fields),
    )  # fmt: skip
    ProjectClock.objects.filter(pk=project.pk, concept_number__lt=number).update(concept_number=number)
    return concept


@dataclass(slots=True)
class World:
    """Ann annotates, Max manages, Rosa reviews, Vera views, Olga owns; Otto owns another workspace."""

    ann: User
    max: User
    rosa: User
    vera: User
    olga: User
    otto: User
    workspace: Workspace
    other_workspace: Workspace
    project: Project
    dataset: Dataset
    images: list[Media]
    car: Concept
    person: Concept
    sunny: Concept
    extra: dict[str, Any] = field(default_factory=dict)

    def actor(self, user: User, **limits: Any) -> Actor:
        return actor(user, **limits)

    def token(self, user: User, **options: Any) -> str:
        return token(user, **options)

    def box(
        self,
        media: Media | None = None,
        concept: Concept | None = None,
        at: tuple[float, float, float, float] = (10, 20, 110, 220),
        **fields: Any,
    ) -> Label:
        """Write a label with a box directly, past services and events."""
        return make_box(media or self.images[0], concept or self.car, at, **fields)

    def recorded(self) -> list[tuple[str, Any]]:
        """Return (kind, payload) of the project's events, oldest first."""
        rows = Event.all_objects.filter(project=self.project).order_by("seq")
        return [(kind, json.loads(after or "null")) for kind, after in rows.values_list("kind", "after")]

    def other_project(self) -> Project:
        """Return a project of Otto's workspace, made once."""
        if "other_project" not in self.extra:
            self.extra["other_project"] = make_project(self.other_workspace, "Theirs", owner=self.otto)
        found: Project = self.extra["other_project"]
        return found


def make_box(media: Media, concept: Concept, at: tuple[float, float, float, float], **fields: Any) -> Label:
    """Write a label with a box directly, past services and events."""
    now = fields.pop("created_at", media.created_at)
    home = DatasetItem.all_objects.filter(media=media, is_home=True).values_list("dataset", flat=True).first()
    return Label.all_objects.create(
        id=fields.pop("id", uuid.uuid4()), project_id=media.project_id, media=media, concept=concept, dataset_id=home,
        x0=at[0], y0=at[1], x1=at[2], y1=at[3], created_at=now, updated_at=now, **fields,
    )  # fmt: skip


_written: World | None = None


def write_world() -> World:
    """Write the rows of the cast unless they are in the database, and return their objects.

    Tests that empty all tables take the rows along; the next test writes new ones.
    """
    global _written
    if _written is None or not Workspace.all_objects.filter(pk=_written.workspace.pk).exists():
        _written = make_world()
    return _written


def world() -> World:
    """Return the cast as it is in the database; its objects belong to the test."""
    for number in range(1, 1 + IMAGES):
        store(picture(number))
    return copy.deepcopy(write_world())


def make_world() -> World:
    """Write the rows of the cast and return their objects."""
    names = ("ann", "max", "rosa", "vera", "olga", "otto")
    people = {
        name: User(username=name, display_name=name.capitalize(), email=f"{name}@example.org", password="!")
        for name in names
    }
    User.objects.bulk_create(people.values())
    workspace = make_workspace(
        "acme",
        **{Role.OWNER: people["olga"], Role.MANAGER: people["max"], Role.REVIEWER: people["rosa"],
           Role.ANNOTATOR: people["ann"], Role.VIEWER: people["vera"]},
    )  # fmt: skip
    project = make_project(workspace, "Streets", owner=people["olga"])
    dataset = make_dataset(project, "Morning")
    return World(
        **people,
        workspace=workspace,
        other_workspace=make_workspace("others", **{Role.OWNER: people["otto"]}),
        project=project,
        dataset=dataset,
        images=make_images(dataset, IMAGES),
        car=make_class(project, "car", 1, color="#e5484d"),
        person=make_class(project, "person", 2, color="#30a46c"),
        sunny=make_class(project, "sunny", 3, color="#ffb224", on_region=False, on_media=True),
    )
