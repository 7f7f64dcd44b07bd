"""Vendors' packages that cannot be installed beside the others: in folders of their own, driven in a process of their own."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def install(name: str) -> Path:
    """Return the folder in .venv that holds the packages of requirements-<name>.lock, installed unless it does already."""
    lock, folder = ROOT / f"requirements-{name}.lock", Path(sys.prefix) / f"sdk-{name}"
    installed = folder / "installed.lock"
    with (Path(sys.prefix) / f"sdk-{name}.mutex").open("w") as mutex:
        fcntl.flock(mutex, fcntl.LOCK_EX)
        if not installed.exists() or installed.read_bytes() != lock.read_bytes():
            shutil.rmtree(folder, ignore_errors=True)
            options = [
                "--quiet",
                "--disable-pip-version-check",
                "--no-input",
                "--no-deps",
                "--no-compile",
                "--require-hashes",
            ]
            command = [
                sys.executable,
                "-m",
                "pip",
                "install",
                *options,
                "--target",
                str(folder),
                "--requirement",
                str(lock),
            ]
            subprocess.run(command, check=True)
            installed.write_bytes(lock.read_bytes())
    return folder


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a process that sees these packages; `python -S` sees no others."""
    return os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}


class Refused(Exception):
    """The package raised: the name of its exception, status and body."""

    def __init__(self, kind: str, status: int | None, body: Any) -> None:
        super().__init__(kind, status, body)
        self.kind, self.status, self.body = kind, status, body


class Package:
    """A client of a package in another process; calls and results are JSON."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, method: str, **options: Any) -> Any:
        """Call a method like "dataset.create" and return its result. Raises Refused.

        A value {"type": ..., ...} is made to an object of that class of the package, {"file": ...} to a file.
        """
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({"method": method, "options": options}) + "\n")
        self._process.stdin.flush()
        said = json.loads(self._process.stdout.readline())
        if "error" in said:
            raise Refused(said["error"], said["status"], said["body"])
        return said["result"]


@contextmanager
def driven(script: str, folder: Path, **options: Any) -> Iterator[Package]:
    """Give a client that `script` (beside this file) makes of `options`."""
    command = [sys.executable, "-S", str(Path(__file__).with_name(script)), json.dumps(options)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen(command, env=environment(folder), text=True, **pipes)  # type: ignore[call-overload]
    try:
        yield Package(process)
    finally:
        process.stdin.close()
        process.wait(10)
