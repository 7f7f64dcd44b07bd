"""A real server with a project to upload files to, used over HTTP like a script."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests import servers


@dataclass(slots=True)
class Site:
    """A server, a token of its workspace's owner, and one project with one dataset."""

    server: servers.Server
    headers: dict[str, str]
    project: str
    dataset: str

    def call(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """Send JSON and return what comes back; fails unless the status is the expected one."""
        answer = self.server.request(
            method, path, None if body is None else json.dumps(body).encode(), self.headers
        )
        assert answer.status == status, (answer.status, answer.body[:500])
        return answer.json() if answer.body else None

    def slot(self, style: str = "simple") -> tuple[str, str]:
        """Return id and path of a new upload slot."""
        item = self.call("GET", f"/v1/projects/{self.project}/uploads?count=1&style={style}")["items"][0]
        return item["id"], item["url"].removeprefix(self.server.url)

    def put(self, path: str, data: bytes, **headers: str) -> servers.Answer:
        return self.server.request(
            "PUT", path, data, {name.replace("_", "-"): value for name, value in headers.items()}
        )

    def get(self, address: str, **headers: str) -> servers.Answer:
        path = address.removeprefix(self.server.url)
        return self.server.request(
            "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    def image(self, name: str, data: bytes, status: int = 200, query: str = "") -> Any:
        """Send a picture and return it as the API says it."""
        key, path = self.slot()
        assert self.put(path, data).status == 200
        body = {"dataset_id": self.dataset, "filename": name, "upload_id": key}
        return self.call("POST", f"/v1/projects/{self.project}/images{query}", body, status)

    def stored(self, sha256: str) -> list[tuple[Any, ...]]:
        return self.server.query("SELECT id FROM annotator_blob WHERE sha256 = %s", sha256)

    def key(self, text: str) -> Any:
        """Return an id as this database takes it in SQL."""
        return uuid.UUID(text) if self.server.database_url else text.replace("-", "")


@contextlib.contextmanager
def site(*arguments: str, **variables: str) -> Iterator[Site]:
    """Give a server without a worker (unless `arguments` say else) and a project in it."""
    with servers.our_server(*(arguments or ("--no-worker",)), **variables) as server:
        headers = {"X-Api-Key": server.token(), "Content-Type": "application/json"}
        made = Site(server, headers, "", "")
        workspace = made.call("GET", "/v1/workspaces")["items"][0]["id"]
        made.project = made.call("POST", "/v1/projects", {"workspace_id": workspace, "name": "Files"})["id"]
        made.dataset = made.call("POST", f"/v1/projects/{made.project}/datasets", {"name": "All"})["id"]
        yield made
