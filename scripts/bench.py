"""Measures the product beside its baselines in one run and prints ratios with the absolute figures; `make bench` calls it.

usage: scripts/bench.py [row ...]   rows: list bulk create ingest stream import commits export export-memory lists start server drop pools editor hour video augment by-ids duplicates datarobot (all by default)
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def main(names: list[str]) -> int:
    """Run the rows named (all when none is) against a database of their own."""
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory(prefix="annotator-bench-") as folder:
        (Path(folder) / "static").mkdir()  # else Django's static files say that it is missing
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "annotator.settings",
            "ANNOTATOR_DATA_DIR": folder,
            "ANNOTATOR_LOG_LEVEL": "ERROR",
        }
        os.environ |= {
            "ANNOTATOR_RATE_API": "0",
            "ANNOTATOR_RATE_SIGN_IN": "0",
            "ANNOTATOR_ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from annotator.management.garbage_collection import freeze_gc
        from tests.perf import rows

        freeze_gc()  # as our server and worker do
        unknown = set(names) - set(rows.ROWS)
        if unknown:
            print(f"unknown rows: {', '.join(sorted(unknown))}; there are {', '.join(rows.ROWS)}")
            return 2
        stage = rows.Stage(Path(folder))
        print(rows.machine())
        for name in names or rows.ROWS:
            print(f"\n== {name}", flush=True)
            rows.ROWS[name](stage)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
