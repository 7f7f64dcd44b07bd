"""When sockets are closed: the end of a session or a membership, pages that do not join; and who names a socket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotator.live import access, poller as poller_module
from annotator.models import Membership, Session, User, Workspace
from annotator.services.workspaces import members
from annotator.services.workspaces.quotas import quotas
from tests.live.test_sockets import APPLICATION, Page, draw, news, opened, page, signed_in
from tests.web.test_sign_in import PASSWORD
from tests.world import World, world

pytestmark = pytest.mark.django_db(transaction=True)


def remove(w: World, socket: Page) -> None:
    members.remove(actor=w.actor(w.olga), member=Membership.all_objects.get(user=w.vera))


def sign_out(w: World, socket: Page) -> None:
    socket.browser.post("/sign-out/")


def change_password(w: World, socket: Page) -> None:
    fields = {"old": "", "new": PASSWORD}
    done = signed_in(w.vera).post("/account/password", fields, headers={"Accept": "application/json"})
    assert done.status_code == 200


def end_elsewhere(w: World, socket: Page) -> None:
    from annotator.services.accounts import sessions

    sessions.end_others(user_id=w.vera.pk, current_key=None, actor=w.actor(w.vera))


def delete_membership(w: World, socket: Page) -> None:
    Membership.all_objects.filter(user=w.vera).delete()


def expire(w: World, socket: Page) -> None:
    Session.objects.filter(user=w.vera).update(expire_date=timezone.now() - timedelta(seconds=1))


def deactivate(w: World, socket: Page) -> None:
    User.objects.filter(pk=w.vera.pk).update(is_active=False)


def reset_password(w: World, socket: Page) -> None:
    """As the admin site and Django's command do: the session's row stays."""
    w.vera.set_password(PASSWORD)
    w.vera.save()


Change = Callable[[World, Page], None]
ENDS = [(remove, 4403), (sign_out, 4401), (change_password, 4401), (end_elsewhere, 4401)]
SILENT_ENDS = [(delete_membership, 4403), (expire, 4401), (deactivate, 4401), (reset_password, 4401)]


@pytest.mark.parametrize("has_joined", [True, False], ids=["joined", "never-joined"])
@pytest.mark.parametrize(("change", "code"), ENDS)
async def test_the_end_of_a_session_or_membership_closes_sockets_at_once(
    change: Change, code: int, has_joined: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller_module, "CHECK_SECONDS", 3600.0)
    w = await sync_to_async(world)()
    async with opened(w.vera, w.project) as socket:
        if has_joined:
            await socket.join(w.images[0])
        await sync_to_async(change)(w, socket)
        assert (await news(socket, "closed"))["code"] == code


@pytest.mark.parametrize("has_joined", [True, False], ids=["joined", "never-joined"])
@pytest.mark.parametrize(("change", "code"), SILENT_ENDS)
async def test_what_wakes_nobody_is_found_by_the_regular_check(
    change: Change, code: int, has_joined: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller_module, "CHECK_SECONDS", 0.0)
    w = await sync_to_async(world)()
    async with opened(w.vera, w.project) as socket:
        if has_joined:
            await socket.join(w.images[0])
        await sync_to_async(change)(w, socket)
        assert (await news(socket, "closed"))["code"] == code


def test_the_regular_check_is_within_ten_seconds() -> None:
    assert poller_module.CHECK_SECONDS <= 5


@pytest.mark.parametrize(("change", "code"), SILENT_ENDS)
async def test_a_late_join_is_checked_before_history_is_sent(
    change: Change, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller_module, "CHECK_SECONDS", 3600.0)
    w = await sync_to_async(world)()
    await sync_to_async(draw)(w, w.ann)
    async with opened(w.vera, w.project) as socket:
        await sync_to_async(change)(w, socket)
        await socket.join(w.images[0], since=0)
        assert await socket.hear() == {"type": "closed", "code": code}


async def test_nothing_is_delivered_between_removal_and_close(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(poller_module, "CHECK_SECONDS", 3600.0)
    settings.LIVE_POLL_SECONDS = 3600
    w = await sync_to_async(world)()

    @transaction.atomic
    def remove_and_draw() -> None:
        remove(w, socket)
        draw(w, w.ann)

    async with page(w.vera, w.project, w.images[0]) as socket:
        await news(socket, "presence")
        await sync_to_async(remove_and_draw)()
        heard: list[dict[str, Any]] = []
        while not heard or heard[-1]["type"] != "closed":
            heard.append(await socket.hear())
        assert "event" not in {each["type"] for each in heard}


async def test_the_page_that_changed_the_password_may_connect_again() -> None:
    w = await sync_to_async(world)()
    async with page(w.vera, w.project, w.images[0]) as socket:
        fields = {"old": "", "new": PASSWORD}
        send = socket.browser.post
        await sync_to_async(
            lambda: send("/account/password", fields, headers={"Accept": "application/json"})
        )()
        assert (await news(socket, "closed"))["code"] == access.SIGNED_OUT
        async with opened(w.vera, w.project, socket.browser) as again:
            await again.join(w.images[0])
            await news(again, "presence")


async def test_a_socket_that_never_joins_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poller_module, "CHECK_SECONDS", 0.0)
    monkeypatch.setattr(poller_module, "JOIN_SECONDS", -1.0)
    w = await sync_to_async(world)()
    async with opened(w.vera, w.project) as socket:
        assert await socket.hear() == {"type": "closed", "code": 4408}


async def test_the_server_names_sockets_so_that_nobody_speaks_for_another() -> None:
    w = await sync_to_async(world)()
    async with page(w.ann, w.project, w.images[0]) as ann, opened(w.max, w.project) as max_:
        await max_.join(w.images[0], client=ann.id)
        while len(people := (await news(ann, "presence"))["people"]) < 2:
            pass
        assert {(one["name"], one["client"]) for one in people} == {("Ann", ann.id), ("Max", max_.id)}
        await max_.say({"type": "cursor_gone", "client": ann.id})
        assert (await news(ann, "cursor_gone"))["client"] == max_.id
        await max_.disconnect()
        while len(people := (await news(ann, "presence"))["people"]) > 1:
            pass
        assert people[0]["client"] == ann.id


async def test_all_sockets_are_checked_by_two_queries(django_assert_num_queries: Any) -> None:
    w = await sync_to_async(world)()
    async with page(w.ann, w.project) as ann, page(w.max, w.project):
        sockets: list[Any] = list(poller_module.poller._open)
        assert len(sockets) == 2

        def check() -> list[Any]:
            with django_assert_num_queries(2):
                return access.find_refused(sockets)

        assert await sync_to_async(check)() == []
        assert ann.id


async def test_a_workspace_has_a_number_of_sockets() -> None:
    w = await sync_to_async(world)()
    await sync_to_async(lambda: Workspace.all_objects.filter(pk=w.workspace.pk).update(quota_sockets=1))()
    await sync_to_async(quotas.flush)()
    try:
        async with opened(w.ann, w.project) as ann:
            client = await sync_to_async(signed_in)(w.max)
            key = client.cookies[settings.SESSION_COOKIE_NAME].value
            second = Page(APPLICATION, f"/ws/projects/{w.project.pk}/", key)
            assert await second.connect()
            assert await second.hear() == {"type": "closed", "code": 4429}
            await ann.disconnect()
        async with opened(w.max, w.project):
            pass
    finally:
        quotas.forget()
