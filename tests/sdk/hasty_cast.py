"""What the tests of the `hasty` package share: a client, a project of its own, and the rows behind them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hasty import Client

from tests import servers

Upload = Callable[..., Any]


@dataclass(slots=True)
class Cast:
    """A client of a workspace's service account, and a project of its own."""

    server: servers.Server
    workspace: str
    client: Any
    project: Any

    def key(self, value: str) -> str:
        """Return an id as the server's database holds it."""
        return value if self.server.database_url else uuid.UUID(value).hex

    def row(self, table: str, key: str, *columns: str) -> tuple[Any, ...] | None:
        """Return columns of a row, None when there is none."""
        sql = f"SELECT {', '.join(columns)} FROM annotator_{table} WHERE id = %s"
        found = self.server.query(sql, self.key(key))
        return found[0] if found else None

    def member(self, role: str) -> Any:
        """Return a client of another member."""
        token = self.server.token(self.workspace, f"{role}-{uuid.uuid4().hex[:6]}", role)
        return Client(token, base_url=self.server.url)
