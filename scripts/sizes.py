"""Fails for modules of more than 400 lines and for folders of services and panels with more than 15 modules."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 400
MAX_MODULES = 15
CODE = {"annotator": ".py", "api": ".py", "static/src": ".js"}
GROUPED = ("annotator/services", "static/src/editor/panels")


def problems(root: Path = ROOT) -> list[str]:
    """Return a line for each module that is too long and each folder that is too full; migrations are as they are."""
    found = []
    for folder, suffix in CODE.items():
        for path in sorted((root / folder).rglob(f"*{suffix}")):
            if "migrations" not in path.parts and (lines := path.read_text("utf-8").count("\n")) > MAX_LINES:
                found.append(f"{path.relative_to(root)}: {lines} lines, at most {MAX_LINES}")
    for folder in GROUPED:
        modules = [path for path in (root / folder).rglob("*.[jp][sy]") if path.name != "__init__.py"]
        for parent, count in sorted(Counter(path.parent for path in modules).items()):
            if count > MAX_MODULES:
                found.append(f"{parent.relative_to(root)}: {count} modules, at most {MAX_MODULES}")
    return found


if __name__ == "__main__":
    found = problems()
    print("\n".join(found))
    sys.exit(bool(found))
