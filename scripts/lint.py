"""Runs every static check and says which failed; needs the development packages (make lint installs them)."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.node import build_bundle, node_environment  # noqa: E402

BIN = Path(sys.executable).parent


def checks() -> dict[str, list[str]]:
    """Return the commands by name."""
    manage = [sys.executable, "manage.py"]
    return {
        "mypy": [str(BIN / "mypy")],  # the longest begins first
        "ruff": [str(BIN / "ruff"), "check", "."],
        "ruff format": [str(BIN / "ruff"), "format", "--check", "."],
        "import-linter": [str(BIN / "lint-imports")],
        "deptry": [str(BIN / "deptry"), "."],
        "sizes": [sys.executable, "scripts/sizes.py"],
        "event catalogue": [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "tests/events/test_kinds.py",
        ],
        "django check": [*manage, "check", "--fail-level", "WARNING"],
        "migrations": [*manage, "makemigrations", "--check", "--dry-run", "--verbosity", "0"],
        "eslint": ["node", "node_modules/eslint/bin/eslint.js", "static/src", "tests/js", "build.mjs"],
        "tsc": ["node", "node_modules/typescript/bin/tsc", "-p", "tsconfig.json"],
    }


def main() -> int:
    """Run all checks; return 1 when any failed."""
    failed = []
    build_bundle()
    with tempfile.TemporaryDirectory(prefix="annotator-lint-") as folder:
        env = node_environment() | {"ANNOTATOR_DATA_DIR": folder}

        def check(command: list[str]) -> subprocess.CompletedProcess[str]:
            return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

        commands = checks()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            answers = dict(zip(commands, pool.map(check, commands.values()), strict=True))
        for name, done in answers.items():
            print(f"{'FAIL' if done.returncode else 'ok  '} {name}", flush=True)
            if done.returncode:
                failed.append(name)
                print((done.stdout + done.stderr).strip(), flush=True)
    if failed:
        print(f"lint: failed: {', '.join(failed)}")
        return 1
    print("lint: all checks passed")
    return 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
