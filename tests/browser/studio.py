"""A project to draw in, made over the Hasty API of a real server: the independent witness of what is stored."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.servers import Server
from tests.world import picture

START = (200, 150, 400, 300)


@dataclass(slots=True)
class Studio:
    """A workspace with classes Car and Tree, and pictures of 640 x 480; labels are read and written as Hasty's clients do."""

    server: Server
    workspace: str
    token: str = ""
    project: str = ""
    dataset: str = ""
    car: str = ""
    tree: str = ""
    members: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.token = self.token or self.server.token(self.workspace)
        name = f"Studio {secrets.token_hex(3)}"
        self.project = self.call("POST", "/v1/projects", {"name": name})["id"]
        self.dataset = self.call("POST", f"{self.base}/datasets", {"name": "Set"})["id"]
        self.car, self.tree = (
            self.call("POST", f"{self.base}/label_classes", {"name": name})["id"] for name in ("Car", "Tree")
        )

    @property
    def base(self) -> str:
        return f"/v1/projects/{self.project}"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"X-Api-Key": self.token, "Content-Type": "application/json"}
        answer = self.server.request(
            method, path, None if body is None else json.dumps(body).encode(), headers
        )
        assert answer.status in (200, 204), (method, path, answer.status, answer.body[:500])
        return answer.json() if answer.body else None

    def member(self, name: str, role: str = "annotator") -> str:
        """Make a person a member and return their name."""
        self.server.token(self.workspace, user=name, role=role)
        return name

    def image(self, name: str, content: bytes = b"") -> str:
        """Upload a picture (a JPEG of 640 x 480 unless given) and return its id."""
        slot = self.call("GET", f"{self.base}/uploads?count=1")["items"][0]
        path = slot["url"].removeprefix(self.server.url)
        assert self.server.request("PUT", path, content or picture(3)).status == 200
        body = {"dataset_id": self.dataset, "filename": name, "upload_id": slot["id"]}
        return str(self.call("POST", f"{self.base}/images", body)["id"])

    def box(self, image: str, at: tuple[int, int, int, int] = START) -> str:
        """Store a box of class Car and return its id."""
        label = {"class_id": self.car, "bbox": list(at), "tool_used": "bbox"}
        return str(self.call("POST", f"{self.base}/images/{image}/labels", [label])["items"][0]["id"])

    def boxes(self, image: str) -> list[tuple[str, tuple[int, ...]]]:
        """Return (class name, box) of the stored labels in drawing order."""
        names = {self.car: "Car", self.tree: "Tree"}
        items = self.call("GET", f"{self.base}/images/{image}/labels")["items"]
        return [(names[item["class_id"]], tuple(item["bbox"])) for item in items]
