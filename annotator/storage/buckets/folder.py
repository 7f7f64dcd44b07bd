"""A folder of this machine as a bucket: keys are paths below it, and nothing leads out of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..base import CHUNK
from .base import SHOWN, Listing, missing, refused, unreadable


class FolderBucket:
    """See base.BucketReader. `folder` is relative to `root`, which the operator has set; links are followed within it."""

    def __init__(self, root: Path, folder: str) -> None:
        self._root = (root / folder).resolve()
        if not self._root.is_relative_to(root.resolve()):
            raise refused("its folder lies outside the folder for buckets")

    def keys(self, prefix: str) -> Iterator[str]:
        if not self._root.is_dir():
            raise refused("there is no such folder on this server")
        found = []
        for folder, _folders, names in os.walk(self._root):
            for name in names:
                path = Path(folder, name)
                key = path.relative_to(self._root).as_posix()
                if key.startswith(prefix) and _is_text(key) and self._find(key) is not None:
                    found.append(key)
        yield from sorted(found)

    def browse(self, prefix: str) -> Listing:
        if not self._root.is_dir():
            raise refused("there is no such folder on this server")
        above = prefix[: prefix.rfind("/") + 1]
        folders, keys = [], []
        for entry in self._entries(above):
            key = f"{above}{entry.name}"
            if not key.startswith(prefix) or not _is_text(key):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(f"{key}/")
            elif self._find(key) is not None:
                keys.append(key)
        shown = sorted([*folders, *keys])[:SHOWN]
        is_cut = len(folders) + len(keys) > SHOWN
        return Listing(
            [one for one in shown if one.endswith("/")],
            [one for one in shown if not one.endswith("/")],
            is_cut,
        )

    def _entries(self, above: str) -> list[os.DirEntry[str]]:
        """Return what is in a folder below this one, nothing when it is none."""
        try:
            path = (self._root / above).resolve()
            if path.is_relative_to(self._root):
                with os.scandir(path) as found:
                    return list(found)
        except (OSError, ValueError, RuntimeError):
            pass
        return []

    def stat(self, key: str) -> int | None:
        path = self._find(key)
        return path.stat().st_size if path else None

    def read_range(self, key: str, start: int, end: int) -> Iterator[bytes]:
        path = self._find(key)
        if path is None:
            raise missing()
        try:
            with path.open("rb") as file:
                file.seek(start)
                left = end - start
                while left > 0 and (chunk := file.read(min(CHUNK // 4, left))):
                    left -= len(chunk)
                    yield chunk
        except OSError as error:
            raise unreadable((error.strerror or "it is not readable").lower()) from error

    def link(self, key: str, *, seconds: int, mime: str, disposition: str) -> None:
        return None

    def _find(self, key: str) -> Path | None:
        """Return the file of a key, None unless it lies in the folder, also after links are followed."""
        if {"", ".", ".."} & set(key.split("/")):
            return None
        try:
            path = (self._root / key).resolve()
            return path if path.is_relative_to(self._root) and path.is_file() else None
        except (OSError, ValueError, RuntimeError):
            return None


def _is_text(key: str) -> bool:
    """Return whether a path is UTF-8: other names cannot be written in JSON."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True
