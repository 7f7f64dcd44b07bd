"""docs/api.md: its examples, one script from top to bottom, against a live server with its worker."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests import servers
from tests.world import picture

pytestmark = pytest.mark.sdk
GUIDE = servers.ROOT / "docs" / "api.md"


def test_the_examples_of_the_guide_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    blocks = list(re.finditer(r"^```python\n(.*?)^```$", text, re.M | re.S))
    assert len(blocks) >= 11
    (tmp_path / "street.jpg").write_bytes(picture(0))
    monkeypatch.chdir(tmp_path)
    with servers.our_server() as server:
        monkeypatch.setenv("ANNOTATOR_URL", server.url)
        monkeypatch.setenv("ANNOTATOR_TOKEN", server.token())
        names: dict[str, Any] = {}
        for block in blocks:
            line = text[: block.start(1)].count("\n")
            exec(compile("\n" * line + block[1], str(GUIDE), "exec"), names)
