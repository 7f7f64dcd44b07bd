"""How many queries an endpoint takes: recorded in query_counts.json, compared in tests, recorded again with RECORD_QUERY_COUNTS=1."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

FILE = Path(__file__).with_name("query_counts.json")
_NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@contextmanager
def counted(name: str) -> Iterator[None]:
    """Compare the number of queries of a block with the one recorded under `name`; transactions are not counted.

    The count is the same on both databases. More than recorded is a mistake, fewer wants a new record.
    """
    with CaptureQueriesContext(connection) as captured:
        yield
    said = [query["sql"] for query in captured if not query["sql"].startswith(_NOT_COUNTED)]
    known = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    if os.environ.get("RECORD_QUERY_COUNTS") == "1":
        FILE.write_text(
            json.dumps(dict(sorted((known | {name: len(said)}).items())), indent=1) + "\n", encoding="utf-8"
        )
        return
    assert len(said) == known.get(name), (
        f"{name}: {len(said)} queries, {known.get(name)} recorded\n" + "\n".join(sql[:200] for sql in said)
    )
