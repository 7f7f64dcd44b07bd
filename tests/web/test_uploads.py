"""The calls behind the upload page, with a session, as its script makes them."""

from __future__ import annotations

import io
import uuid
import zipfile
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from annotator.jobs import engine
from annotator.models import Job, Media, Upload
from annotator.services import blobs
from annotator.services.media import uploads, urls as media_urls
from annotator.storage.base import put_bytes
from tests.storage import pictures
from tests.world import World, make_dataset


def call(client: Client, w: World, path: str, body: Any, status: int = 200) -> Any:
    answer = client.post(f"/web/projects/{w.project.pk}/uploads{path}", body, content_type="application/json")
    assert answer.status_code == status, answer.content[:300]
    return answer.json()


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(key: str, data: bytes, mime: str = "image/jpeg") -> None:
    uploads.store(uuid.UUID(key), put_bytes(blobs.store(), data), mime)


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_drop_of_pictures_and_an_archive(w: World) -> None:
    client = signed_in(w.max)
    opened = call(client, w, "", {"count": 2, "dataset": str(w.dataset.pk), "name": "drop"})
    assert len(opened["slots"]) == 2
    parts = urlsplit(opened["slots"][0]["url"])
    query = parse_qs(parts.query)
    assert media_urls.is_valid(parts.path, query["e"][0], query["s"][0])
    more = call(client, w, "", {"count": 1, "batch": opened["batch"]})
    assert more["batch"] == opened["batch"]
    keys = [slot["id"] for slot in opened["slots"] + more["slots"]]
    send(keys[0], pictures.jpeg())
    send(keys[1], pictures.HTML)
    send(keys[2], zipped({"in zip.jpg": pictures.jpeg(30, 20), "notes.txt": b"no image"}))
    names = ["a.jpg", "b.jpg", "c.ZIP"]
    items = [{"upload": key, "name": name} for key, name in zip(keys, names, strict=True)]
    started = call(client, w, "/finish", {"batch": opened["batch"], "items": items}, status=202)["jobs"]
    assert sorted(Job.all_objects.values_list("kind", flat=True)) == ["import_archive", "ingest"]
    assert all(engine.run(uuid.UUID(key)) for key in started)
    report = client.get(f"/web/projects/{w.project.pk}/uploads/{opened['batch']}").json()
    states = [client.get(f"/web/jobs/{key}").json() for key in started]
    assert {state["kind"]: state["refused"] for state in states} == {"ingest": 0, "import_archive": 1}
    assert (report["used"], [one["name"] for one in report["problems"]]) == (3, ["b.jpg"])
    made = Media.objects.filter(project=w.project, batch__isnull=False).with_home()
    assert sorted(made.values_list("name", flat=True)) == ["a.jpg", "b.jpg", "in zip.jpg"]


def test_who_may(w: World) -> None:
    for person, status in ((w.ann, 403), (w.vera, 403), (w.otto, 404)):
        assert call(signed_in(person), w, "", {"count": 1}, status)["code"]
    assert call(Client(), w, "", {"count": 1}, 401)["code"] == "signed_out"
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {"count": 0},
        {"count": 501},
        {"count": "2"},
        {"count": 1, "dataset": "x"},
        {"count": 1, "dataset": str(uuid.uuid4())},
        [],
    ],
)
def test_what_is_refused_when_asking_for_slots(w: World, body: Any) -> None:
    assert call(signed_in(w.max), w, "", body, 400)["message"]
    assert not Upload.objects.exists()


def test_what_is_refused_when_finishing(w: World) -> None:
    client = signed_in(w.max)
    opened = call(client, w, "", {"count": 1, "dataset": str(w.dataset.pk)})
    key = opened["slots"][0]["id"]
    send(key, pictures.jpeg())
    theirs = make_dataset(w.other_project(), "Theirs")
    fine = {"upload": key, "name": "a.jpg"}
    for items in (
        None,
        [],
        ["x"],
        [{"upload": "x", "name": "a"}],
        [{"upload": key, "name": 7}],
        [{**fine, "dataset": str(theirs.pk)}],
        [{**fine, "name": "../a.jpg"}],
    ):
        assert call(client, w, "/finish", {"batch": opened["batch"], "items": items}, 400)["message"]
    assert call(client, w, "/finish", {"batch": str(uuid.uuid4()), "items": [fine]}, 404)["message"]
    assert (
        call(client, w, "/finish", {"batch": opened["batch"], "items": [fine], "on_clash": "burn"}, 400)[
            "field"
        ]
        == "on_clash"
    )
    assert not Job.all_objects.exists()
    assert client.get(f"/web/projects/{w.project.pk}/uploads/{uuid.uuid4()}").status_code == 404
