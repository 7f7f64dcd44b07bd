"""An upload that drips is given up like one that stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from annotator.files import uploads
from annotator.server import bodies


class Dripping:
    """A request whose body has a byte now and then and no end."""

    async def stream(self) -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.001)
            yield b"x"


async def test_a_file_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.02)
    request: Any = Dripping()
    with pytest.raises(TimeoutError):
        async for _ in uploads._blocks(request):
            raise AssertionError("a block was complete")
