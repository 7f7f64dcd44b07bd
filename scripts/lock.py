"""Writes the lock files from pyproject.toml: exact versions with the hashes of their files; `make lock` calls it.

Versions that still fit stay as they are; name packages as arguments to move them to their newest version.
A package is one line, since bootstrap.sh installs the lines of a lock file in two halves.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = "uv==0.13.9"
#: Extras of each lock file.
LOCKS = {"requirements.lock": ("redis", "s3", "tiles", "video", "vision"), "requirements-dev.lock": ("dev",)}
#: Lock files that hold nothing but their extra: for Node, and for a package that cannot be installed beside the others.
SEPARATE = {"requirements-node.lock": "frontend", "requirements-coactive.lock": "coactive"}


def main(upgrade: list[str]) -> int:
    """Write all lock files; return the status of the first compilation that failed."""
    with tempfile.TemporaryDirectory(prefix="annotator-lock-") as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        binaries = Path(folder) / ("Scripts" if os.name == "nt" else "bin")
        subprocess.run([str(binaries / "python"), "-m", "pip", "install", "--quiet", UV], check=True)
        sources: list[tuple[str, str, tuple[str, ...]]] = []
        sources += [(name, "pyproject.toml", extras) for name, extras in LOCKS.items()]
        for name, extra in SEPARATE.items():
            source = Path(folder) / f"{extra}.in"
            source.write_text("\n".join(_extra(extra)) + "\n")
            sources.append((name, str(source), ()))
        for name, path, extras in sources:
            status = compile_lock(binaries / "uv", name, path, extras, upgrade)
            if status:
                return status
    return 0


def compile_lock(uv: Path, name: str, source: str, extras: tuple[str, ...], upgrade: list[str]) -> int:
    """Write one lock file and return the status of uv."""
    with tempfile.TemporaryDirectory(prefix="annotator-lock-") as folder:
        target = Path(folder) / name
        if (ROOT / name).exists():  # uv keeps the versions that it finds in its output file
            target.write_text((ROOT / name).read_text())
        command = [
            str(uv), "pip", "compile", source, "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes",
            "--no-annotate", "--no-header", "--output-file", str(target), *(f"--extra={extra}" for extra in extras),
            *(f"--upgrade-package={package}" for package in upgrade),
        ]  # fmt: skip
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if status == 0:
            (ROOT / name).write_text(re.sub(r" \\\n\s*", " ", target.read_text()))
        return status


def _extra(name: str) -> list[str]:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found: list[str] = project["optional-dependencies"][name]
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
