"""The WebSocket of a page that follows one project: events and presence; writes use HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import math
import uuid
from datetime import UTC, datetime
from typing import Any

import orjson
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import HASH_SESSION_KEY

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Missing
from annotator.domain.ids import parse_uuid
from annotator.models import User
from annotator.services import event_rows
from annotator.services.projects import projects
from annotator.services.workspaces.quotas import quotas

from . import access
from .access import SIGNED_OUT
from .channels import GroupChannel
from .limits import TOO_MANY
from .poller import poller
from .presence import STALE_SECONDS, Person, presence

NOT_FOUND, BAD_MESSAGE = 4404, 4400
MAX_MESSAGE = 4096
CONFLICT_STATES = ("open", "mine", "theirs")


def _is_place(value: object) -> bool:
    """Return whether a value is a number that may be one of an image."""
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and abs(value) < 1e7
    )


class ProjectConsumer(AsyncWebsocketConsumer):
    """Follows /ws/projects/<id>/. See docs/editor-protocol.md for the messages.

    `client` names the socket in presence and cursors: chosen here, so that no page can speak for another one.
    """

    project_id: uuid.UUID
    workspace_id: uuid.UUID
    user_id: uuid.UUID
    session_key: str
    auth_hash: str
    opened_at: float
    client: str
    seq = 0
    media: uuid.UUID | None = None
    #: Since when the page shows the medium, where its user may label.
    since: str | None = None
    may_label = False
    #: The page whose view this one follows.
    following = ""
    is_open = False
    joined = False
    last_people: list[dict[str, Any]] | None = None
    # The socket does not hang on the channel layer, which may be away: it carries presence only, see channels.py.
    channel_layer_alias = "none"

    async def connect(self) -> None:
        user: User = self.scope["user"]
        await self.accept()
        if not user.is_authenticated:
            return await self.close(SIGNED_OUT)
        self.user, self.user_id = user, user.pk
        session = self.scope["session"]
        self.session_key, self.auth_hash = session.session_key, session.get(HASH_SESSION_KEY, "")
        project_id = self.scope["url_route"]["kwargs"]["project_id"]
        find = database_sync_to_async(projects.find)
        try:
            project = await find(actor=Actor(user_id=user.pk), project_id=project_id)
        except Missing:
            return await self.close(NOT_FOUND)
        limit = quotas.sockets_limit(project.workspace_id)
        if limit and poller.count(project.workspace_id) >= limit:
            return await self.close(TOO_MANY)
        self.project_id, self.workspace_id = project.pk, project.workspace_id
        self.may_label = policy.allows(project.role_of_actor, "label.write")
        self.group = f"project.{project.pk.hex}"
        self.client = uuid.uuid4().hex
        self.seq = await database_sync_to_async(event_rows.head)(project.pk)
        self.opened_at = asyncio.get_running_loop().time()
        self.is_open = True
        poller.open(self)
        await self._send({"type": "hello", "seq": self.seq, "client": self.client})

    async def disconnect(self, code: int) -> None:
        await self._leave()

    async def end(self, code: int) -> None:
        """Close the socket and take no more messages."""
        await self._leave()
        await self.close(code)

    async def _leave(self) -> None:
        """Stop following and tell the other pages; does nothing the second time."""
        if not self.is_open:
            return
        self.is_open = False
        poller.discard(self)
        if self.joined:
            self.heartbeat.cancel()
            await self._broadcast({"type": "presence.gone", "client": self.client})
            await self.channel.close()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.is_open:
            return
        if text_data is None or len(text_data) > MAX_MESSAGE:
            return await self.end(BAD_MESSAGE)
        try:
            message = orjson.loads(text_data)
        except orjson.JSONDecodeError:
            return await self.end(BAD_MESSAGE)
        handlers = {
            "join": self._join,
            "cursor": self._cursor,
            "cursor_gone": self._cursor_gone,
            "conflict": self._conflict,
            "view": self._view,
            "follow": self._follow,
        }
        kind = message.get("type") if isinstance(message, dict) else None
        if not isinstance(kind, str) or kind not in handlers:
            return await self.end(BAD_MESSAGE)
        await handlers[kind](message)

    # -- what the page says

    async def _join(self, message: dict[str, Any]) -> None:
        """Follow one medium from `since` on; a page sends it again when it opens another medium.

        Session and membership are checked first, because what follows is history.
        """
        for _, code in await database_sync_to_async(access.find_refused)([self]):
            return await self.end(code)
        before, self.media, since = self.media, parse_uuid(message.get("media")), message.get("since")
        if self.media != before or not self.joined:
            is_work = self.may_label and self.media is not None
            self.since = datetime.now(UTC).isoformat(timespec="milliseconds") if is_work else None
        if isinstance(since, int) and not isinstance(since, bool) and 0 <= since < 2**62:
            self.seq = since
        poller.follow(self)
        if not self.joined:
            self.joined = True
            self.channel = GroupChannel(self.group, self.dispatch)
            await self.channel.join()
            self.heartbeat = asyncio.create_task(self._keep_alive())
        await self._broadcast({"type": "presence.here", "person": self._person()})
        await self._broadcast({"type": "presence.ask"})

    async def _cursor(self, message: dict[str, Any]) -> None:
        x, y = message.get("x"), message.get("y")
        if self.joined and _is_place(x) and _is_place(y) and self.media:
            person = self._person()
            cursor = {key: person[key] for key in ("client", "user", "name", "hue", "media")} | {
                "x": x,
                "y": y,
            }
            await self._broadcast({"type": "presence.cursor", "cursor": cursor})

    async def _cursor_gone(self, message: dict[str, Any]) -> None:
        if self.joined:
            await self._broadcast(
                {
                    "type": "presence.cursor",
                    "cursor": {"client": self.client, "media": str(self.media), "gone": True},
                }
            )

    async def _conflict(self, message: dict[str, Any]) -> None:
        """Tell the pages of one user that this user's change conflicts with theirs, or how this user decided."""
        media, label_id, user = (parse_uuid(message.get(key)) for key in ("media", "label_id", "user"))
        state = message.get("state")
        if not (self.joined and media and label_id and user and state in CONFLICT_STATES):
            return
        notice = {"media": str(media), "label_id": str(label_id), "state": state}
        notice["by"] = {"id": str(self.user_id), "name": self.user.shown_name}
        await self._broadcast({"type": "presence.conflict", "user": str(user), "notice": notice})

    async def _view(self, message: dict[str, Any]) -> None:
        """Tell those who follow this page which part of the image it shows: the point in the middle, and the zoom."""
        view = {key: message.get(key) for key in ("x", "y", "zoom")}
        if self.joined and self.media and all(map(_is_place, view.values())) and view["zoom"] > 0:  # type: ignore[operator]
            view |= {"client": self.client, "media": str(self.media)}
            await self._broadcast({"type": "presence.view", "view": view})

    async def _follow(self, message: dict[str, Any]) -> None:
        """Follow the view of another page, or of none."""
        client = message.get("client")
        self.following = client if isinstance(client, str) and len(client) <= 64 else ""
        if self.joined and self.following:
            await self._broadcast({"type": "presence.view_asked", "client": self.following})

    # -- what the poller brings

    async def deliver(self, rows: list[event_rows.Row]) -> None:
        for row in rows if self.is_open else ():
            await self._send({"type": "event", **event_rows.render(row, self.media)})

    async def resync(self, head: int) -> None:
        await self._send({"type": "resync", "head": head})

    # -- what other pages say, through the channel layer

    async def presence_here(self, message: dict[str, Any]) -> None:
        presence.put(self.project_id, Person(**message["person"]))
        await self._send_people()

    async def presence_gone(self, message: dict[str, Any]) -> None:
        presence.drop(self.project_id, message["client"])
        await self._send({"type": "cursor_gone", "client": message["client"]})
        await self._send_people()

    async def presence_ask(self, message: dict[str, Any]) -> None:
        if self.joined:
            await self._broadcast({"type": "presence.here", "person": self._person()})

    async def presence_cursor(self, message: dict[str, Any]) -> None:
        cursor = message["cursor"]
        if cursor["client"] == self.client or cursor["media"] != str(self.media):
            return
        if cursor.get("gone"):
            await self._send({"type": "cursor_gone", "client": cursor["client"]})
        else:
            await self._send({"type": "cursor", **cursor})

    async def presence_view(self, message: dict[str, Any]) -> None:
        if message["view"]["client"] == self.following:
            await self._send({"type": "view", **message["view"]})

    async def presence_view_asked(self, message: dict[str, Any]) -> None:
        if message["client"] == self.client:
            await self._send({"type": "view_asked"})

    async def presence_conflict(self, message: dict[str, Any]) -> None:
        if message["user"] == str(self.user_id):
            await self._send({"type": "conflict", **message["notice"]})

    # -- helpers

    def _person(self) -> dict[str, Any]:
        user, media = self.user, str(self.media) if self.media else None
        return Person(
            self.client, str(user.pk), user.shown_name, user.initials, user.hue, media, self.since
        ).shown()

    async def _keep_alive(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                await asyncio.sleep(STALE_SECONDS / 3)
                await self.channel.join()
                await self._broadcast({"type": "presence.here", "person": self._person()})

    async def _send_people(self) -> None:
        """Send the page who is online, if that has changed."""
        people = presence.people(self.project_id)
        if people != self.last_people:
            self.last_people = people
            await self._send({"type": "presence", "people": people})

    async def _broadcast(self, message: dict[str, Any]) -> None:
        await self.channel.send(message)

    async def _send(self, message: dict[str, Any]) -> None:
        await self.send(text_data=orjson.dumps(message, default=str).decode())
