"""Compiles the message catalogs in locale/: Django reads .mo files, and only .po files are committed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def ensure_compiled(root: Path = ROOT) -> bool:
    """Compile each .po file whose .mo file is missing or older or newer than it; return whether one was.

    Needs no gettext programs on the machine. Safe to call from several processes at once: a file is replaced as a whole.
    """
    stale = [
        source for source in sorted((root / "locale").glob("*/LC_MESSAGES/*.po")) if not _is_current(source)
    ]
    if not stale:
        return False
    from babel.messages import mofile, pofile

    for source in stale:
        with source.open("rb") as stream:
            modified_ns = os.fstat(stream.fileno()).st_mtime_ns
            catalog = pofile.read_po(stream, locale=source.parts[-3])
        with tempfile.NamedTemporaryFile(dir=source.parent, suffix=".part", delete=False) as part:
            mofile.write_mo(part, catalog)
        # The time of the source marks what it was compiled from.
        os.utime(part.name, ns=(modified_ns, modified_ns))
        Path(part.name).chmod(0o644)
        Path(part.name).replace(source.with_suffix(".mo"))
    return True


def _is_current(source: Path) -> bool:
    try:
        return source.with_suffix(".mo").stat().st_mtime_ns == source.stat().st_mtime_ns
    except FileNotFoundError:
        return False
