"""docs/operations.md and README.md say what the code does: every variable with its default, every command."""

from __future__ import annotations

import ast
import re

import pytest
from django.core.management import load_command_class

from tests import servers

GUIDE = (servers.ROOT / "docs" / "operations.md").read_text()
COMMANDS = sorted(
    {
        line.removeprefix(".venv/bin/python manage.py ")
        for text in (GUIDE, (servers.ROOT / "README.md").read_text())
        for line in text.splitlines()
        if line.startswith(".venv/bin/python manage.py ")
    }
)


def settings_read() -> dict[str, object]:
    """Return the default of every variable that the settings read; None when it is computed or empty."""
    found: dict[str, object] = {}
    files = [servers.ROOT / "annotator" / name for name in ("settings.py", "limits.py")]
    for call in (node for file in files for node in ast.walk(ast.parse(file.read_text()))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id.startswith("env_"):
            name, *rest = call.args
            assert isinstance(name, ast.Constant)
            default = rest[0].value if rest and isinstance(rest[0], ast.Constant) else None
            found[str(name.value)] = default
    return found


def rows() -> dict[str, str]:
    """Return the default told by the guide for every variable of its table."""
    return dict(re.findall(r"^\| `(ANNOTATOR_\w+)` \| (.*?) \|", GUIDE, re.MULTILINE))


def test_the_guide_names_the_variables_that_are_read_and_no_other() -> None:
    assert set(rows()) == set(settings_read())


def test_the_guide_tells_the_defaults() -> None:
    told = rows()
    wrong = {
        name: (default, told[name])
        for name, default in settings_read().items()
        if default not in (None, "") and told[name] != str(default)
    }
    assert wrong == {}


@pytest.mark.parametrize("line", COMMANDS)
def test_the_commands_take_the_arguments_that_are_told(line: str) -> None:
    name, *arguments = line.split()
    app = "django.core" if name == "migrate" else "annotator"
    load_command_class(app, name).create_parser("manage.py", name).parse_args(arguments)
