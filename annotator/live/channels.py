"""What the pages of a project say to each other, presence and cursors, through the channel layer; events never pass here."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from channels.layers import get_channel_layer

# So long may the layer take, and so long it is left alone after it failed: a cursor that moves costs no attempt each time.
ANSWER_SECONDS = 2.0
PAUSE_SECONDS = 5.0
_log = logging.getLogger(__name__)


class _Outage:
    """Whether the channel layer is away, for all sockets of the process."""

    def __init__(self) -> None:
        self._until = 0.0

    def is_on(self) -> bool:
        return time.monotonic() < self._until

    def begin(self, error: Exception) -> None:
        if not self.is_on():
            text = "the channel layer does not respond; presence is not available: %s: %s"
            _log.warning(text, type(error).__name__, error)
        self._until = time.monotonic() + PAUSE_SECONDS


_outage = _Outage()


class GroupChannel:
    """One socket's membership of a group: what others send goes to `handle`. Without Redis nothing comes and nothing raises."""

    def __init__(self, group: str, handle: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self._group = group
        self._name = f"specific.{uuid.uuid4().hex}"
        self._layer: Any = get_channel_layer()
        self._receiving = asyncio.create_task(self._receive(handle))

    async def join(self) -> None:
        """Join the group; to be repeated, since the first attempt may meet an outage."""
        await asyncio.sleep(0)  # Redis's layer lets only channels join that are received from
        await self._attempt(self._layer.group_add, self._group, self._name)

    async def send(self, message: dict[str, Any]) -> None:
        """Send to all channels of the group, this one too."""
        await self._attempt(self._layer.group_send, self._group, message)

    async def close(self) -> None:
        """Leave the group and receive nothing more."""
        self._receiving.cancel()
        await self._attempt(self._layer.group_discard, self._group, self._name, is_due=True)

    async def _receive(self, handle: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        while True:
            try:
                message = await self._layer.receive(self._name)
            except Exception as error:
                _outage.begin(error)
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            try:
                await handle(message)
            except Exception:
                _log.debug("a message could not be delivered to a socket", exc_info=True)

    async def _attempt(
        self, call: Callable[..., Awaitable[Any]], *arguments: Any, is_due: bool = False
    ) -> None:
        if _outage.is_on() and not is_due:
            return
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await call(*arguments)
        except Exception as error:
            _outage.begin(error)
