"""The size check of `make lint`."""

from __future__ import annotations

from pathlib import Path

from scripts import sizes


def test_long_modules_and_full_folders_are_named(tmp_path: Path) -> None:
    for folder in (*sizes.CODE, *sizes.GROUPED, "annotator/migrations"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    (tmp_path / "api" / "long.py").write_text("\n" * 401)
    (tmp_path / "api" / "short.py").write_text("\n" * 400)
    (tmp_path / "annotator" / "migrations" / "0001.py").write_text("\n" * 500)
    for number in range(16):
        (tmp_path / "annotator" / "services" / f"m{number}.py").write_text("")
    (tmp_path / "annotator" / "services" / "__init__.py").write_text("")
    assert sizes.problems(tmp_path) == [
        "api/long.py: 401 lines, at most 400",
        "annotator/services: 16 modules, at most 15",
    ]
