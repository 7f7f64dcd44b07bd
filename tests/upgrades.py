"""Databases of earlier releases: how they are loaded, and what is asked of them before and after an upgrade."""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
from typing import Any

from tests.servers import ROOT, Server

RELEASES = ROOT / "fixtures" / "releases"
#: The sha256 of each migration that was released.
DIGESTS = RELEASES / "migrations.json"
MIGRATIONS = ROOT / "annotator" / "migrations"
# Signed addresses differ with the key, the host and the day.
_ADDRESSES = frozenset({"url", "public_url", "thumbnail_url", "last_opened_on"})
_NOUNS = ("datasets", "label_classes", "tag_classes", "tag_groups", "keypoint_schemas", "statuses")


def answers(server: Server, token: str) -> dict[str, Any]:
    """Return what the Hasty API answers about all projects of the token, by path."""
    found: dict[str, Any] = {}

    def ask(path: str) -> Any:
        answer = server.request("GET", f"/v1/{path}", headers={"X-Api-Key": token})
        assert answer.status == 200, (path, answer.status, answer.body[:500])
        found[path] = _without_addresses(answer.json())
        return answer.json()

    for workspace in ask("workspaces")["items"]:
        ask(f"workspaces/{workspace['id']}")
    for project in ask("projects")["items"]:
        base = f"projects/{project['id']}"
        for noun in _NOUNS:
            ask(f"{base}/{noun}")
        for image in ask(f"{base}/images")["items"]:
            ask(f"{base}/images/{image['id']}/labels?limit=1000")
            ask(f"{base}/images/{image['id']}/tags")
    return found


def _without_addresses(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_addresses(one) for key, one in value.items() if key not in _ADDRESSES}
    return [_without_addresses(one) for one in value] if isinstance(value, list) else value


def kept(release: str) -> dict[str, Any]:
    """Return the token and the answers of a release, for the database that the suite runs on."""
    name = "postgresql" if os.environ.get("ANNOTATOR_DATABASE_URL") else "sqlite"
    found: dict[str, Any] = json.loads(gzip.decompress((RELEASES / release / "answers.json.gz").read_bytes()))
    answers_of_database: dict[str, Any] = found[name]
    return answers_of_database


def load(server: Server, release: str) -> None:
    """Fill the server's empty database with that of a release."""
    if server.database_url:
        import psycopg

        with psycopg.connect(server.database_url, autocommit=True) as link:
            link.execute(_sql(release, "postgresql"))  # type: ignore[arg-type]
        return
    folder = server.folder / "data"
    folder.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(folder / "annotator.sqlite3") as link:
        link.executescript(_sql(release, "sqlite"))


def schema(server: Server) -> set[tuple[Any, ...]]:
    """Return what the tables of a server's database are: columns, keys, indexes and constraints, in no order."""
    if server.database_url:
        rows = [row for sql in _POSTGRESQL for row in server.query(sql)]
        # A dump that is read back has casts in other places.
        return {
            tuple(re.sub(r"::[a-z ]+(\[\])?|[()]", "", one) if isinstance(one, str) else one for one in row)
            for row in rows
        }
    found: set[tuple[Any, ...]] = set()
    for kind, name, table, sql in server.query("SELECT type, name, tbl_name, sql FROM sqlite_master"):
        if kind != "table":
            found.add((name, table, sql))
            continue
        found |= {(name, *row[1:]) for row in server.query(f"PRAGMA table_xinfo({name})")}
        found |= {(name, *row[2:]) for row in server.query(f"PRAGMA foreign_key_list({name})")}
        # The order of columns and constraints is that of the migrations; what is said of each is the same.
        parts = sorted(re.split(r", (?=CONSTRAINT|\")", sql[sql.index("(") + 1 : -1]))
        found |= {(name, part) for part in parts}
    return found


_POSTGRESQL = (
    "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, collation_name "
    "FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace",
)


def _sql(release: str, name: str) -> str:
    return gzip.decompress((RELEASES / release / f"{name}.sql.gz").read_bytes()).decode()
