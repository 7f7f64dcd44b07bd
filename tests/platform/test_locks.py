"""The lock files say what pyproject.toml says, with hashes, and nothing of where packages come from."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests import servers

FILES = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock")


def pins(file: str) -> dict[str, set[str]]:
    """Return the pinned versions by package name."""
    found: dict[str, set[str]] = {}
    for line in (servers.ROOT / file).read_text().splitlines():
        match = re.fullmatch(r"([a-z0-9-]+)==([\w.+]+)( ; .+?)?((?: --hash=sha256:[0-9a-f]{64})+)", line)
        assert match, f"{file}: {line}"
        found.setdefault(match[1], set()).add(match[2])
    return found


@pytest.mark.parametrize("file", FILES)
def test_every_line_is_a_pin_with_hashes_and_names_no_host(file: str) -> None:
    assert pins(file)
    assert "://" not in (servers.ROOT / file).read_text()


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((servers.ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = {
        "requirements.lock": project["dependencies"] + extras["redis"] + extras["s3"],
        "requirements-dev.lock": project["dependencies"] + extras["dev"][1:],
        "requirements-node.lock": extras["frontend"],
    }
    for file, requirements in wanted.items():
        locked = pins(file)
        for requirement in requirements:
            match = re.match(r"([\w.-]+)(?:\[[\w,]+\])?(?:==([\w.]+))?", requirement)
            assert match
            name = match[1].lower().replace("_", "-").replace(".", "-")
            assert name in locked, f"{file} lacks {name}"
            assert match[2] is None or locked[name] == {match[2]}, f"{file}: {name}"


def test_development_and_production_use_the_same_versions() -> None:
    production, development = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: development.get(name) for name in production} == production
