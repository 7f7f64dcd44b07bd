"""Runs the whole test suite in stages and ends with an honest count; `make test` calls it.

usage: scripts/test.py [stage ...]   stages: sqlite postgresql js browser (these by default) fuzz

The last lines say what could not be run on this machine; with CI=true that is a failure.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.node import build_bundle, node_environment  # noqa: E402
from tests import servers  # noqa: E402

IS_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
# Each stage starts dozens of processes; none of them should recompile every module.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Far above what a test and a stage take: what hangs has failed, and the rest goes on.
TEST_SECONDS = 300
STAGE_SECONDS = 25 * 60
# Tests that start servers, workers and browsers wait a third of their time: one process more than cores.
PROCESSES = os.environ.get("ANNOTATOR_TEST_PROCESSES", str(1 + min(4, os.cpu_count() or 1)))
# A file stays in one process, which starts its servers once; conftest puts the longest first.
PYTHON_SUITE = ["--ignore=tests/browser", "-n", PROCESSES, "--dist", "loadfile", "--no-loadscope-reorder"]
# These touch no database, or bring one of their own: a run on another would say nothing new.
DATABASE_FREE = [
    "tests/domain", "tests/formats", "tests/ml", "tests/storage", "tests/db/sqlite", "tests/db/test_together.py",
    "tests/api/test_schema.py", "tests/api/common/test_text_patterns.py", "tests/platform/test_many_servers.py",
    "tests/services/media/decoding/test_heif.py", "tests/services/media/decoding/test_memory.py",
    "tests/services/media/decoding/test_pixels.py", "tests/services/media/decoding/test_pool.py",
    "tests/services/video/test_frame_tables.py", "tests/web/test_ui_tags.py", "tests/web/test_i18n.py",
    "tests/platform/test_command_refusals.py", "tests/platform/test_http.py", "tests/platform/test_processes.py",
]  # fmt: skip
#: Of the backups, what is about files alone.
FILE_TESTS = [
    f"tests/platform/test_damaged_backups.py::test_{name}"
    for name in (
        "a_cut_archive",
        "a_damaged_file_in_the_archive",
        "verify_names_damaged_files",
        "files_in_a_bucket",
    )
]


@dataclass(slots=True)
class Result:
    """What one stage came to; `notes` are lines for the end of the output, each about something not run."""

    name: str
    passed: int = 0
    failed: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)


def pytest(name: str, arguments: list[str], **variables: str) -> Result:
    """Run pytest and count from its own report; a crash counts as a failure."""
    with tempfile.TemporaryDirectory(prefix="annotator-report-") as folder:
        report = Path(folder) / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            f"--junitxml={report}",
            f"-ofaulthandler_timeout={TEST_SECONDS}",
            "-ofaulthandler_exit_on_timeout=true",
            *arguments,
        ]
        status = run(command, node_environment() | variables)
        passed = failed = 0
        with contextlib.suppress(OSError, ElementTree.ParseError):
            for suite in ElementTree.parse(report).getroot().iter("testsuite"):
                bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
                failed += bad
                passed += int(suite.get("tests", 0)) - bad - int(suite.get("skipped", 0))
    return Result(name, passed, max(failed, 1) if status else failed)


def run(command: list[str], env: dict[str, str]) -> int:
    """Run a stage's program and return its status; one that hangs is ended, and has failed."""
    process = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)
    try:
        return process.wait(STAGE_SECONDS)
    except subprocess.TimeoutExpired:
        print(f"ended: it took longer than {STAGE_SECONDS / 60:.0f} minutes")
        return 1
    finally:
        servers.end_group(process)


def sqlite() -> Result:
    """The Python suite on SQLite."""
    return pytest("python on SQLite", PYTHON_SUITE)


def postgresql() -> Result:
    """What the Python suite asks of a database, on a PostgreSQL server started for it."""
    with servers.postgres() as database:
        suite = [*PYTHON_SUITE, *(f"--ignore={path}" for path in DATABASE_FREE)]
        suite += [f"--deselect={name}" for name in FILE_TESTS]
        result = pytest("python on PostgreSQL", suite, ANNOTATOR_DATABASE_URL=database.url)
        if not database.has_icu:
            result.notes.append("postgresql: C collation only")
    return result


def js() -> Result:
    """The browser code's own tests, on Node."""
    files = sorted(
        str(path) for path in (ROOT / "tests" / "js").rglob("*.test.js")
    )  # Node 20 knows no patterns
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap", *files],
        cwd=ROOT, env=node_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    counts = dict(re.findall(r"^# (pass|fail|cancelled) (\d+)$", done.stdout, re.MULTILINE))
    result = Result("browser code on Node", int(counts.get("pass", 0)), int(counts.get("fail", 0)))
    if done.returncode:
        result.failed = max(1, result.failed)
        bad = [
            line
            for line in done.stdout.splitlines()
            if not re.match(r"\s*(ok |# Subtest|---|\.\.\.|duration_ms|type:)", line)
        ]
        print("\n".join(bad[-200:]), done.stderr[-4000:])
    return result


def browser() -> Result:
    """The pages in a real Chromium, and once in a Firefox."""
    if servers.chromium() is None:
        return Result("pages in browsers", notes=["browser: not run (no Chromium)"])
    without = [] if servers.firefox() else ["--ignore=tests/browser/test_firefox.py"]
    result = pytest("pages in browsers", ["tests/browser", "-n", PROCESSES, "--dist", "worksteal", *without])
    if without:
        result.notes.append("browser: one test not run (no Firefox)")
    return result


def fuzz() -> Result:
    """All generated requests and wrong values for every operation, on both databases; the suite sends a share of them."""
    dialects = ("hasty", "coactive", "customvision", "datarobot", "clarifai")
    names = ("documented_requests", "fuzz")
    paths = [ROOT / "tests" / "api" / dialect / f"test_{name}.py" for dialect in dialects for name in names]
    files = ["tests/web/test_fuzz.py", *(str(path) for path in paths if path.exists())]
    options = [*files, "-n", PROCESSES]
    found = pytest("on SQLite", options, FUZZ_EXAMPLES="25")
    with servers.postgres() as database:
        other = pytest("on PostgreSQL", options, FUZZ_EXAMPLES="25", ANNOTATOR_DATABASE_URL=database.url)
    return Result("generated requests", found.passed + other.passed, found.failed + other.failed)


STAGES: dict[str, Callable[[], Result]] = {
    "sqlite": sqlite,
    "postgresql": postgresql,
    "js": js,
    "browser": browser,
    "fuzz": fuzz,
}
SUITE = [name for name in STAGES if name != "fuzz"]


def main(names: list[str]) -> int:
    """Run the stages named (the suite when none is) and return 1 when anything failed or, in CI, was not run."""
    if unknown := set(names) - set(STAGES):
        print(f"unknown stages: {', '.join(sorted(unknown))}; there are {', '.join(STAGES)}")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave through the contexts: no server stays
    build_bundle()
    results = []
    for name in names or SUITE:
        started = time.monotonic()
        print(f"== {name}", flush=True)
        result = STAGES[name]()
        result.seconds = time.monotonic() - started
        results.append(result)
    print()
    for result in results:
        print(
            f"{result.name:<24}{result.passed:>6} passed {result.failed:>4} failed {result.seconds:>6.0f} s"
        )
    notes = [note for result in results for note in result.notes]
    failed = sum(result.failed for result in results) + (len(notes) if IS_CI else 0)
    print(f"{sum(result.passed for result in results)} passed, {failed} failed")
    for note in notes:
        print(note)
    return 1 if failed else 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
