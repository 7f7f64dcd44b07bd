"""The WebSockets of pages: events in order from every writer, presence, permissions."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from django.conf import settings
from django.db import connection
from django.test import Client

from annotator.live import poller as poller_module
from annotator.live.routing import websocket_urlpatterns
from annotator.models import User
from annotator.services.annotations import labels, tags
from tests.live.sockets import Socket
from tests.world import World, world

pytestmark = pytest.mark.django_db(transaction=True)


APPLICATION = AuthMiddlewareStack(URLRouter(websocket_urlpatterns))


class Page(Socket):
    """The socket of a page: whose client it signs in is `browser`, the name that the server gives it is `id`."""

    browser: Client
    id: str

    async def join(self, media: Any = None, since: int = 0, **more: Any) -> None:
        await self.say({"type": "join", "media": str(media.pk) if media else None, "since": since, **more})


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@asynccontextmanager
async def opened(user: Any, project: Any, client: Client | None = None) -> AsyncIterator[Page]:
    """An open page that was greeted and has not joined."""
    client = client or await sync_to_async(signed_in)(user)
    socket = Page(
        APPLICATION, f"/ws/projects/{project.pk}/", client.cookies[settings.SESSION_COOKIE_NAME].value
    )
    socket.browser = client
    assert await socket.connect()
    hello = await socket.hear()
    assert hello["type"] == "hello"
    socket.id = hello["client"]
    try:
        yield socket
    finally:
        await socket.disconnect()


@asynccontextmanager
async def page(user: Any, project: Any, media: Any = None, since: int = 0) -> AsyncIterator[Page]:
    """An open page that has joined."""
    async with opened(user, project) as socket:
        await socket.join(media, since)
        yield socket


async def news(socket: Socket, kind: str) -> dict[str, Any]:
    """The next message of a kind; presence comes in between."""
    while True:
        message = await socket.hear()
        if message["type"] == kind:
            return dict(message)


def draw(w: World, user: User, media: Any = None) -> Any:
    return labels.create_many(
        actor=w.actor(user),
        media=media or w.images[0],
        patches=[{"concept": str(w.car.pk), "box": [1, 2, 30, 40]}],
    )[0]


async def test_a_box_reaches_its_page_in_full_and_other_pages_as_a_summary() -> None:
    w = await sync_to_async(world)()
    async with page(w.max, w.project, w.images[0]) as here, page(w.vera, w.project, w.images[1]) as elsewhere:
        label = await sync_to_async(draw)(w, w.ann)
        event = await news(here, "event")
        assert event["kind"] == "labels.changed" and event["seq"] == 1 and event["before"] == []
        assert event["after"][0]["id"] == str(label.pk) and event["after"][0]["box"] == [1.0, 2.0, 30.0, 40.0]
        assert event["actor"] == {"id": str(w.ann.pk), "name": "Ann"}
        assert await news(elsewhere, "event") == {
            "type": "event",
            "seq": 1,
            "media": str(w.images[0].pk),
            "kind": "labels.changed",
        }


async def test_what_another_process_commits_arrives_without_a_wake() -> None:
    """Without Redis a script or an import cannot wake this process: the poller finds the event by itself."""
    w = await sync_to_async(world)()
    async with page(w.max, w.project, w.images[0]) as socket:
        poller_module.waker.detach(poller_module.poller._wake)
        await sync_to_async(draw)(w, w.ann)
        assert (await news(socket, "event"))["seq"] == 1


async def test_a_reconnected_page_gets_missed_events_in_order() -> None:
    w = await sync_to_async(world)()
    for _ in range(3):
        await sync_to_async(draw)(w, w.ann)
    await sync_to_async(
        lambda: tags.add_many(actor=w.actor(w.ann), media=w.images[0], concept_ids=[w.sunny.pk])
    )()
    async with page(w.max, w.project, w.images[0], since=1) as socket:
        assert [(await news(socket, "event"))["seq"] for _ in range(3)] == [2, 3, 4]


async def test_a_page_ahead_of_the_stream_gets_resync() -> None:
    w = await sync_to_async(world)()
    async with page(w.max, w.project, w.images[0], since=99) as socket:
        assert await news(socket, "resync") == {"type": "resync", "head": 0}


@pytest.mark.parametrize(("who", "code"), [("otto", 4404), ("nobody", 4401)])
async def test_strangers_cannot_connect(who: str, code: int) -> None:
    w = await sync_to_async(world)()
    user = getattr(w, who, None)
    cookies = (await sync_to_async(signed_in)(user)).cookies if user else {}
    session = cookies[settings.SESSION_COOKIE_NAME].value if cookies else ""
    socket = Socket(APPLICATION, f"/ws/projects/{w.project.pk}/", session)
    await socket.connect()
    assert await socket.hear() == {"type": "closed", "code": code}


async def test_people_see_each_other_and_their_pointers() -> None:
    w = await sync_to_async(world)()
    async with (
        page(w.ann, w.project, w.images[0]) as ann,
        page(w.max, w.project, w.images[0]) as max_,
    ):
        while len(people := (await news(ann, "presence"))["people"]) < 2:
            pass
        assert [(one["name"], one["client"]) for one in people] == [("Ann", ann.id), ("Max", max_.id)]
        await max_.say({"type": "cursor", "x": 12.5, "y": 7})
        cursor = await news(ann, "cursor")
        assert (cursor["x"], cursor["y"], cursor["name"]) == (12.5, 7, "Max")
        await max_.say({"type": "cursor_gone"})
        assert (await news(ann, "cursor_gone"))["client"] == max_.id
        # Ann follows Max's view: he is asked for it, and she alone gets it
        assert all(one["since"] for one in people)
        await ann.say({"type": "follow", "client": max_.id})
        await news(max_, "view_asked")
        for wrong in ({"x": 1, "y": 2, "zoom": 0}, {"x": "1", "y": 2, "zoom": 1}, {"x": 1, "y": 2}):
            await max_.say({"type": "view", **wrong})
        await max_.say({"type": "view", "x": 5, "y": 6.5, "zoom": 2})
        media = str(w.images[0].pk)
        assert await news(ann, "view") == {
            "type": "view",
            "client": max_.id,
            "media": media,
            "x": 5,
            "y": 6.5,
            "zoom": 2,
        }
        await ann.say({"type": "follow", "client": None})
        await max_.disconnect()
        while len((await news(ann, "presence"))["people"]) > 1:
            pass


@pytest.mark.parametrize("text", ["{", "[]", '{"type":"delete"}', '{"type":[]}', "x" * 5000])
async def test_invalid_messages_close_the_socket(text: str) -> None:
    w = await sync_to_async(world)()
    async with page(w.max, w.project, w.images[0]) as socket:
        await socket.send_input({"type": "websocket.receive", "text": text})
        assert (await news(socket, "closed"))["code"] == 4400


async def test_sequence_order_is_commit_order_under_concurrent_writers() -> None:
    """Four threads write at once; the numbers have no gap and no number is seen before a smaller one."""
    w = await sync_to_async(world)()

    def write() -> None:
        for _ in range(5):
            draw(w, w.ann)
        connection.close()

    async with page(w.max, w.project, w.images[0]) as socket:
        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        seen = [(await news(socket, "event"))["seq"] for _ in range(20)]
        await asyncio.gather(*(asyncio.to_thread(thread.join) for thread in threads))
    assert seen == list(range(1, 21))


async def test_the_person_whose_change_was_first_is_told_of_a_conflict() -> None:
    w = await sync_to_async(world)()
    media, label = w.images[0], "01890a5d-ac96-774b-bcce-b302099a8057"
    async with (
        page(w.max, w.project, media) as max_,
        page(w.ann, w.project) as ann,
        page(w.vera, w.project, media) as vera,
    ):
        said = {"type": "conflict", "media": str(media.pk), "label_id": label, "user": str(w.ann.pk)}
        for wrong in ({"state": "maybe"}, {"state": "open", "user": "ann"}, {"state": "open", "label_id": 5}):
            await max_.say(said | wrong)
        await max_.say(said | {"state": "open"})
        await max_.say(said | {"state": "mine", "user": str(w.vera.pk), "by": {"name": "Somebody"}})
        by = {"id": str(w.max.pk), "name": "Max"}
        expected = {"type": "conflict", "media": str(media.pk), "label_id": label, "by": by}
        assert await news(ann, "conflict") == expected | {"state": "open"}  # on any image of the project
        assert await news(vera, "conflict") == expected | {"state": "mine"}
