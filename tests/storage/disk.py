"""A record of what a disk was asked to make durable, to say what a power cut at any moment would leave."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock


class Disk:
    """Inodes whose content, or folder entries, were synced and not changed by a rename since."""

    def __init__(self) -> None:
        self._synced: set[int] = set()

    def sync(self, descriptor: int) -> None:
        self._synced.add(os.fstat(descriptor).st_ino)

    def rename(self, source: Path, target: Path) -> None:
        assert source.stat().st_ino in self._synced, (
            f"{target} got its name before its bytes were on the disk"
        )
        self._synced.discard(target.parent.stat().st_ino)

    def survives(self, file: Path, *, below: Path) -> bool:
        """Return whether a file would be there after a power cut: its bytes, and its name in every folder down from `below`."""
        chain = [file, *file.parents]
        return all(each.stat().st_ino in self._synced for each in chain[: chain.index(below) + 1])


@contextmanager
def watched() -> Iterator[Disk]:
    """Record what is synced and renamed in the block."""
    disk, fsync, replace = Disk(), os.fsync, os.replace

    def synced(descriptor: int) -> None:
        fsync(descriptor)
        disk.sync(descriptor)

    def renamed(source: str | Path, target: str | Path) -> None:
        disk.rename(Path(source), Path(target))
        replace(source, target)

    with mock.patch("os.fsync", synced), mock.patch("os.replace", renamed):
        yield disk
