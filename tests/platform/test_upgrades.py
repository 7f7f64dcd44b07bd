"""A database of an earlier release is migrated, answers the same and has the tables of a new one; a migration that was
released is not edited."""

from __future__ import annotations

import hashlib
import json

import pytest

from annotator import __version__
from tests import servers, upgrades

RELEASES = sorted(folder.name for folder in upgrades.RELEASES.iterdir() if folder.is_dir())


def test_this_release_is_kept() -> None:
    assert __version__ in RELEASES, "keep a database of it: scripts/keep_release.py"


@pytest.mark.parametrize("release", RELEASES)
def test_an_upgrade_keeps_everything(release: str) -> None:
    kept = upgrades.kept(release)
    with servers.our_server(start=False, migrate=False) as server:
        upgrades.load(server, release)
        server.command("migrate", "--verbosity", "0")
        server.command("migrate", "--check")
        with servers.our_server(start=False) as new:
            assert upgrades.schema(server) ^ upgrades.schema(new) == set()
        server.start()
        assert upgrades.answers(server, kept["token"]) == kept["answers"]


def test_released_migrations_stay_as_they_were() -> None:
    released = json.loads(upgrades.DIGESTS.read_text(encoding="utf-8"))
    assert released
    for name, digest in released.items():
        content = (upgrades.MIGRATIONS / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest, f"{name} was released: add a migration instead"
