"""One live server for all tests of the `hasty` package in a test process."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hasty import Client

from tests import servers
from tests.sdk.hasty_cast import Cast, Upload
from tests.world import picture


@pytest.fixture(scope="session")
def hasty_server() -> Iterator[servers.Server]:
    """A server that may fetch pictures from this machine."""
    with servers.our_server(ANNOTATOR_URL_IMPORT_HOSTS="127.0.0.1") as running:
        yield running


@pytest.fixture(scope="session")
def client(hasty_server: servers.Server) -> Any:
    """A client of the service account of a workspace."""
    return Client(hasty_server.token("streets"), base_url=hasty_server.url)


@pytest.fixture
def cast(hasty_server: servers.Server, client: Any) -> Cast:
    project = client.create_project(client.get_workspaces()[0], f"Streets {uuid.uuid4().hex[:6]}")
    return Cast(hasty_server, "streets", client, project)


@pytest.fixture
def upload(cast: Cast, tmp_path: Path) -> Upload:
    """Upload a picture to a dataset under a name."""

    def send(dataset: Any, name: str = "a.jpg", number: int = 1, **options: Any) -> Any:
        file = tmp_path / name
        file.write_bytes(picture(number, 320, 240))
        return cast.project.upload_from_file(dataset, str(file), **options)

    return send
