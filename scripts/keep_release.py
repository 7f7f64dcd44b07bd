"""Keep a database of this release under fixtures/releases/, so that later releases test the upgrade from it.

usage: scripts/keep_release.py     run once, with the version in annotator/__init__.py, before the release is tagged

The database holds the demo project. Kept are its SQL dumps (SQLite and PostgreSQL), what the API answers from it, and the
digests of the migrations, which are never edited from then on.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from annotator import __version__  # noqa: E402
from tests import servers, upgrades  # noqa: E402


def main() -> int:
    """Write the files of the release; an existing release is never written again."""
    folder = upgrades.RELEASES / __version__
    folder.mkdir(parents=True)
    found: dict[str, Any] = {}
    for name, dump in (("sqlite", _sqlite), ("postgresql", _postgresql)):
        sql, found[name] = dump()
        (folder / f"{name}.sql.gz").write_bytes(gzip.compress(sql.encode(), mtime=0))
    text = json.dumps(found, indent=1, ensure_ascii=False)
    (folder / "answers.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    digests = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(upgrades.MIGRATIONS.glob("[0-9]*.py"))
    }
    upgrades.DIGESTS.write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")
    print(f"kept {folder.relative_to(ROOT)}")
    return 0


def _sqlite() -> tuple[str, Any]:
    os.environ.pop("ANNOTATOR_DATABASE_URL", None)
    with servers.our_server(start=False) as server:
        answers = _fill(server)
        with sqlite3.connect(server.folder / "data" / "annotator.sqlite3") as link:
            return "\n".join(link.iterdump()), answers


def _postgresql() -> tuple[str, Any]:
    with servers.postgres() as database:
        os.environ["ANNOTATOR_DATABASE_URL"] = database.url
        servers.migrated.cache_clear()
        with servers.our_server(start=False) as server:
            answers = _fill(server)
            dump = [
                "pg_dump",
                "--inserts",
                "--no-owner",
                "--no-privileges",
                f"--dbname={server.database_url}",
            ]
            done = subprocess.run(dump, capture_output=True, text=True, check=True)
            # Lines that begin with a backslash are commands of psql, not SQL.
            return "\n".join(line for line in done.stdout.splitlines() if not line.startswith("\\")), answers


def _fill(server: servers.Server) -> dict[str, Any]:
    """Make the demo project and return a token with all that it is answered."""
    server.command("prepare")
    token = server.token("demo")
    server.start()
    try:
        return {"token": token, "answers": upgrades.answers(server, token)}
    finally:
        server.stop()


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
