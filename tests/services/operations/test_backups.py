"""What a backup asks for before it begins."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest

from annotator.domain.errors import Conflict
from annotator.models import Blob
from annotator.services.operations import backups
from tests.world import World


def test_a_backup_that_has_no_room_is_refused(w: World, tmp_path: Path) -> None:
    Blob.objects.update(size=5 * 1024**3)  # three; the database is counted too
    free = mock.Mock(return_value=mock.Mock(free=1024**3))
    with (
        mock.patch.object(backups.shutil, "disk_usage", free),
        pytest.raises(Conflict, match=r"15\.\d GB .* 1\.0 GB free"),
    ):
        backups.back_up(target=tmp_path / "all.tar")
    assert not list(tmp_path.iterdir())
