"""The folder of database, media and keys: made at start, and open to its owner only; knows nothing of what lies in it."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path


def prepare(folder: Path, *, umask: int) -> None:
    """Make the folder, and take from it and from the files directly in it the permissions that `umask` excludes.

    Files of other owners stay as they are (`manage.py check` names a folder that others can read). Raises OSError
    when the folder cannot be made.
    """
    with contextlib.suppress(FileExistsError):  # a file of that name: the next line says so
        folder.mkdir(parents=True, exist_ok=True)
    for path in (folder, *(entry for entry in folder.iterdir() if not entry.is_symlink())):
        with contextlib.suppress(PermissionError, FileNotFoundError):
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & umask:
                path.chmod(mode & ~umask)


def is_open_to_others(folder: Path) -> bool:
    """Return whether anybody on this machine can read the folder."""
    return folder.exists() and bool(folder.stat().st_mode & (stat.S_IROTH | stat.S_IXOTH))


def set_umask(umask: int) -> None:
    """Have everything that this process and its children write be private from the start."""
    os.umask(umask)
