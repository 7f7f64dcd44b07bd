"""Node for the scripts, found as `manage.py build_frontend` finds it; and the browser bundle."""

from __future__ import annotations

import functools
import subprocess
import sys
import tempfile
from pathlib import Path

from annotator.management.commands.build_frontend import BuildError, find_node

ROOT = Path(__file__).resolve().parent.parent


@functools.cache
def node_environment() -> dict[str, str]:
    """Return this process's environment with a good `node` first on PATH; ends with a hint when there is none."""
    try:
        return find_node().environment()
    except BuildError as error:
        raise SystemExit(str(error)) from None


def build_bundle() -> None:
    """Bring static/dist and node_modules up to date, the checkers and axe included."""
    with tempfile.TemporaryDirectory(prefix="annotator-build-") as folder:
        env = node_environment() | {"ANNOTATOR_DATA_DIR": folder}
        subprocess.run(
            [sys.executable, "manage.py", "build_frontend", "--tools"], cwd=ROOT, env=env, check=True
        )
