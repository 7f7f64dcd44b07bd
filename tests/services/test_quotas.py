"""Quotas of workspaces: bytes by uploads and by API, sockets; who may make workspaces and accounts."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.domain.errors import Denied, Invalid, TooLarge
from annotator.models import Blob, Media, Upload, Workspace, WorkspaceClock
from annotator.services import blobs
from annotator.services.media import creation, uploads
from annotator.services.workspaces import invitations, quotas as service, workspaces
from annotator.services.workspaces.quotas import GB, quotas
from tests.web.client import get, post
from tests.world import World, picture

DATA = picture(77)


@pytest.fixture(autouse=True)
def empty() -> Any:
    quotas.forget()
    yield
    quotas.forget()


def limit(w: World, size: int | None, sockets: int | None = None) -> None:
    Workspace.all_objects.filter(pk=w.workspace.pk).update(quota_bytes=size, quota_sockets=sockets)
    quotas.flush()


def used(w: World) -> int:
    return WorkspaceClock.objects.get(pk=w.workspace.pk).bytes


def create(w: World, name: str) -> Media:
    return creation.create_image(
        actor=w.actor(w.max), dataset=w.dataset, name=name, source=blobs.put_bytes(DATA, mime="image/jpeg")
    )


def test_images_count_and_are_refused_above_the_limit(w: World) -> None:
    limit(w, int(2.5 * len(DATA)))
    for name in ("a.jpg", "b.jpg"):
        create(w, name)
    with pytest.raises(TooLarge) as refused:
        create(w, "c.jpg")
    assert refused.value.code == "quota" and "storage of this workspace is full" in refused.value.message
    quotas.flush()
    assert used(w) == 2 * len(DATA)
    with pytest.raises(TooLarge):
        create(w, "c.jpg")
    limit(w, None)
    assert create(w, "c.jpg").width


def test_a_full_workspace_gives_no_upload_slots_and_fetches_nothing(w: World) -> None:
    WorkspaceClock.objects.filter(pk=w.workspace.pk).update(bytes=1000)
    limit(w, 1000)
    with pytest.raises(TooLarge):
        uploads.create_slots(actor=w.actor(w.max), project=w.project, count=1)
    with pytest.raises(TooLarge):
        creation.create_from_url(actor=w.actor(w.max), dataset=w.dataset, url="https://example.org/a.jpg")
    answer: Any = post(
        w.max, f"/web/projects/{w.project.pk}/uploads", {"dataset": str(w.dataset.pk), "count": 1}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "quota")
    assert not Upload.objects.exists()


def test_other_workspaces_are_not_affected(w: World) -> None:
    limit(w, 1)
    quotas.check_bytes(w.other_workspace.pk, 10 * GB)


def test_the_default_is_a_setting_and_0_is_no_limit(w: World, settings: Any) -> None:
    settings.QUOTA_GB = 1
    quotas.flush()
    with pytest.raises(TooLarge):
        quotas.check_bytes(w.workspace.pk, GB + 1)
    limit(w, 0)
    quotas.check_bytes(w.workspace.pk, 100 * GB)


def test_the_count_is_made_again_with_the_trash_and_without_what_was_purged(w: World) -> None:
    WorkspaceClock.objects.filter(pk=w.workspace.pk).update(bytes=10 * GB)
    assert service.recount() == 1
    originals = sum(
        Blob.objects.filter(pk__in=[image.blob_id for image in w.images]).values_list("size", flat=True)
    )
    assert used(w) == originals > 0
    Media.all_objects.filter(pk=w.images[0].pk).update(trashed_at=w.images[0].created_at)
    slot = uploads.create_slots(actor=w.actor(w.max), project=w.project, count=1)[0]
    uploads.store(slot.pk, blobs.Stored(*_stored()), "image/jpeg")
    service.recount()
    assert used(w) == originals + len(DATA)
    assert service.recount() == 0


def _stored() -> tuple[str, int]:
    blob = blobs.put_bytes(DATA, mime="image/jpeg")
    return blob.sha256, blob.size


def test_a_database_error_loses_no_count(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DatabaseError

    def busy(*args: Any, **options: Any) -> Any:
        raise DatabaseError("locked")

    quotas.note_bytes(w.workspace.pk, 5)
    with monkeypatch.context() as patched, pytest.raises(DatabaseError):
        patched.setattr(WorkspaceClock.objects, "filter", busy)
        quotas.flush()
    quotas.flush()
    assert used(w) == 5


def test_only_operators_set_quotas(w: World) -> None:
    with pytest.raises(Denied):
        service.set_limits(actor=w.actor(w.olga), workspace=w.workspace, quota_bytes=1, quota_sockets=None)
    w.otto.is_superuser = True
    w.otto.save()
    with pytest.raises(Invalid):
        service.set_limits(actor=w.actor(w.otto), workspace=w.workspace, quota_bytes=-1, quota_sockets=None)
    service.set_limits(actor=w.actor(w.otto), workspace=w.workspace, quota_bytes=7, quota_sockets=3)
    quotas.flush()
    assert quotas.sockets_limit(w.workspace.pk) == 3


def test_the_admin_site_sets_them(w: World, admin_client: Any) -> None:
    address = f"/admin/annotator/workspace/{w.workspace.pk}/change/"
    fields = {
        "name": "Acme",
        "quota_bytes": "5000",
        "quota_sockets": "",
        **_no_inlines(admin_client, address),
    }
    assert admin_client.post(address, fields).status_code == 302
    w.workspace.refresh_from_db()
    assert (w.workspace.quota_bytes, w.workspace.quota_sockets) == (5000, None)


def _no_inlines(client: Any, address: str) -> dict[str, str]:
    return {f"memberships-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}


def test_the_workspace_page_tells_admins_what_is_used(w: World) -> None:
    WorkspaceClock.objects.filter(pk=w.workspace.pk).update(bytes=3 * GB)
    limit(w, 10 * GB)
    page = get(w.olga, f"/workspaces/{w.workspace.pk}/").content.decode()
    assert "Storage used" in page and "3.0\xa0GB" in page and "10.0\xa0GB" in page
    assert "Storage used" not in get(w.ann, f"/workspaces/{w.workspace.pk}/").content.decode()


def test_who_may_make_workspaces_is_a_setting(w: World, settings: Any) -> None:
    assert workspaces.create_own(actor=w.actor(w.ann), name="Mine")
    assert b"New workspace" in get(w.ann, "/workspaces/").content
    settings.WORKSPACE_CREATORS = "staff"
    refused: Any = post(w.ann, "/workspaces/", {"name": "Another"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
    assert b"New workspace" not in get(w.ann, "/workspaces/").content
    w.ann.is_staff = True
    w.ann.save()
    assert post(w.ann, "/workspaces/", {"name": "Another"}).status_code == 200


def test_who_may_make_accounts_is_a_setting(w: World, settings: Any) -> None:
    settings.ACCOUNT_CREATORS = "staff"

    def invite(name: str) -> Any:
        return invitations.invite(actor=w.actor(w.olga), workspace=w.workspace, name=name, role="viewer")

    with pytest.raises(Denied):
        invite("newcomer")
    assert invite("otto").invitation.user == w.otto
    w.olga.is_staff = True
    w.olga.save()
    assert invite("newcomer").secret
