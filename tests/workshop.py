"""A warm process with the settings of a server: runs code and commands there without the second that each new process costs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

# Reads one JSON text a line, runs it, and answers `result` in one line. No connection stays open in between.
_LOOP = """
import io, json, sys, traceback
import django
django.setup()
from django.core.management import call_command
from django.db import connections
def command(*arguments):
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()
for line in sys.stdin:
    scope = {"result": None, "command": command}
    try:
        exec(json.loads(line), scope)
        answer = {"result": scope["result"]}
    except BaseException:
        answer = {"error": traceback.format_exc()}
    connections.close_all()
    print(json.dumps(answer, default=str), file=sys.__stdout__, flush=True)
"""


class Workshop:
    """Runs code with given settings; ends with `close` or with the process that made it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        settings = {"DJANGO_SETTINGS_MODULE": "annotator.settings", "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _LOOP], env={**env, **settings}, cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def run(self, code: str) -> Any:
        """Run code and return what it puts into `result` (as JSON can say it)."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(code) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "the process has ended"}')
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def command(self, *arguments: str) -> str:
        """Run a management command and return its standard output."""
        return str(self.run(f"result = command(*{list(arguments)!r})"))

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()
