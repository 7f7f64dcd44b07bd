"""Buckets: what creates, changes, lists, imports and deletes them, and that their secrets come back nowhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.jobs import engine
from annotator.models import Bucket, DatasetItem, Event, Job, Media, SecurityEvent
from annotator.services import secrets, security_log
from tests.api.hasty.conftest import ANY, Callers
from tests.api.queries import counted
from tests.storage import pictures
from tests.world import World, make_dataset

Slot = Callable[[bytes], str]
SECRET = "photos"  # a folder is told where to look by its secret


@pytest.fixture
def at(w: World) -> str:
    """The path of the workspace's buckets."""
    return f"/buckets/{w.workspace.pk}/credentials"


@pytest.fixture
def bucket(by: Callers, at: str, folder: Path) -> str:
    """A bucket with two images in a folder, one beside it, and a file that is none."""
    (folder / "2024/may").mkdir(parents=True)
    for number, name in enumerate(("2024/a.jpg", "2024/may/b.jpg", "c.jpg"), start=1):
        (folder / name).write_bytes(pictures.jpeg(40 + number, 30))
    (folder / "2024/page.jpg").write_bytes(pictures.HTML)
    made = by.olga.post(at, {"description": "Photos", "cloud_provider": "dummy", "secret": SECRET})
    return str(made["credential_id"])


def run_job(answer: Any) -> Job:
    assert (answer.status_code, answer.content) == (204, b"")
    job = Job.all_objects.get(pk=answer["X-Job-Id"])
    engine.run(job.pk)
    job.refresh_from_db()
    return job


def test_a_bucket_has_the_fields_of_the_contract(w: World, by: Callers, at: str, folder: Path) -> None:
    body = {"description": "Photos", "cloud_provider": "dummy", "secret": SECRET}
    with counted("hasty buckets create"):
        made = by.olga.post(at, body)
    stored = Bucket.all_objects.get()
    assert made == {
        "credential_id": str(stored.pk), "description": "Photos", "cloud_provider": "dummy",
        "created_at": made["created_at"], "update_at": made["update_at"],
    }  # fmt: skip
    with counted("hasty buckets list"):
        page = by.vera.get(at)
    assert (page["items"], page["meta"]["total"]) == ([made], 1)
    with counted("hasty buckets update"):
        changed = by.olga.put(f"{at}/{made['credential_id']}", {"description": "Old photos"})
    assert changed | {"update_at": ""} == made | {"description": "Old photos", "update_at": ""}
    kept = Bucket.all_objects.get()
    assert json.loads(secrets.decrypt(kept.secret)) == {"folder": SECRET}
    by.olga.put(f"{at}/{kept.pk}", {"description": "Old photos", "secret": "."})
    assert json.loads(secrets.decrypt(Bucket.all_objects.get().secret)) == {"folder": "."}
    with counted("hasty buckets destroy"):
        assert by.olga.raw("DELETE", f"{at}/{kept.pk}").status_code == 204
    assert not Bucket.all_objects.exists()
    events = Event.all_objects.filter(kind__startswith="bucket.", workspace=w.workspace).order_by("id")
    assert list(events.values_list("kind", flat=True)) == [
        "bucket.created", "bucket.changed", "bucket.changed", "bucket.deleted",
    ]  # fmt: skip
    assert events.filter(project__isnull=False).count() == 0


S3 = {"description": "x", "cloud_provider": "s3", "bucket_s3": "photos"}
GCS = {"description": "x", "cloud_provider": "gcs", "bucket_gcs": "photos"}
AZ = {
    "description": "x",
    "cloud_provider": "az",
    "account_name": "photos",
    "container": "may",
    "secret_access_key": "c2VjcmV0",
}
DUMMY = {"description": "x", "cloud_provider": "dummy"}
BAD = [
    ({}, "description"), ({"description": "x"}, "cloud_provider"), ({"description": "x", "cloud_provider": "ftp"}, "cloud_provider"),
    ({"description": "", "cloud_provider": "dummy", "secret": SECRET}, "description"), ({**DUMMY, "description": 5}, "description"),
    ({**DUMMY, "description": "x" * 201, "secret": SECRET}, "description"),
    (DUMMY, "secret"), ({**DUMMY, "secret": 5}, "secret"), ({**DUMMY, "secret": "../etc"}, "secret"), ({**DUMMY, "secret": "/etc"}, "secret"),
    ({**DUMMY, "secret": "nothing"}, "secret"), ({**DUMMY, "secret": "photos/../../.."}, "secret"),
    (S3, "role"), ({**S3, "bucket_s3": ""}, "bucket_s3"), ({**S3, "bucket_s3": "a/b", "role": "k:s"}, "bucket_s3"), ({**S3, "role": 7}, "role"),
    ({**S3, "role": "nonsense"}, "role"), ({**S3, "role": "arn:aws:iam::123456789012:role/reader"}, "role"), ({**S3, "role": "arn:x"}, "role"),
    ({**S3, "secret": "{}"}, "secret"), ({**S3, "secret": "{"}, "secret"), ({**S3, "secret": '{"access_key": 5, "secret_key": "s"}'}, "secret"),
    ({**S3, "secret": '{"access_key": "k", "secret_key": "s", "region": "eu/../x"}'}, "secret"),
    ({**S3, "role": "key:TOPSECRET@http://127.0.0.1:9000"}, "role"), ({**S3, "role": "key:TOPSECRET@http://169.254.169.254"}, "role"),
    ({**S3, "role": "key:TOPSECRET@file:///etc"}, "role"), ({**S3, "role": "key:TOPSECRET@http://a:b@example.org"}, "role"),
    (GCS, "key_json"), ({**GCS, "key_json": "{}"}, "key_json"), ({**GCS, "key_json": "TOPSECRET"}, "key_json"), ({**GCS, "bucket_gcs": "?"}, "bucket_gcs"),
    ({**AZ, "account_name": "evil.example/"}, "account_name"), ({**AZ, "account_name": None}, "account_name"), ({**AZ, "container": "../x"}, "container"),
    ({**AZ, "secret_access_key": "TOPSECRET!"}, "secret_access_key"), ({**AZ, "container": None}, "container"),
]  # fmt: skip


def test_what_is_no_bucket(by: Callers, at: str, bucket: str) -> None:
    before = list(Bucket.all_objects.values())
    for body, field in BAD:
        error = by.olga.post(at, body, status=400)
        assert field in error["message"] and "TOPSECRET" not in json.dumps(error), (body, error)
    for body in (
        {"cloud_provider": "s3"},
        {"secret": "../x"},
        {"role": "k:s"},
        {"description": ""},
        {"cloud_provider": 5},
    ):
        by.olga.put(f"{at}/{bucket}", body, status=400) if "role" not in body else None
    assert list(Bucket.all_objects.values()) == before


@pytest.mark.parametrize("provider", ["s3", "gcs", "az"])
def test_buckets_of_all_providers_are_kept(by: Callers, at: str, provider: str) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) if provider == "gcs" else b""  # fmt: skip
    key = {
        "type": "service_account",
        "client_email": "a@b.c",
        "private_key": pem.decode(),
        "token_uri": "http://10.0.0.1/",
    }
    bodies: dict[str, dict[str, Any]] = {
        "s3": {**S3, "role": "key:TOP/SECRET"}, "gcs": {**GCS, "key_json": json.dumps(key)}, "az": AZ
    }  # fmt: skip
    made = by.olga.post(at, bodies[provider])
    stored = Bucket.all_objects.get(pk=made["credential_id"])
    assert (made["cloud_provider"], stored.provider) == (provider, provider)
    assert "photos" in stored.location and "SECRET" not in stored.location


def test_secrets_come_back_nowhere(
    w: World, by: Callers, at: str, folder: Path, caplog: pytest.LogCaptureFixture, client: Any
) -> None:
    secret = "minio-user:Zq81-very-secret-77"
    body = {"description": "Camera", "cloud_provider": "s3", "bucket_s3": "photos", "role": secret}
    answers = [by.olga.post(at, body), by.olga.get(at)]
    key = answers[0]["credential_id"]
    answers.append(by.olga.put(f"{at}/{key}", {**body, "role": f"{secret}x"}))
    answers.append(by.olga.put(f"{at}/{key}", {**body, "role": f"{secret}@http://10.0.0.1"}, status=400))
    by.max.raw("POST", f"{at}/{key}/import", {"dataset_id": str(w.dataset.pk)})
    security_log.flush()
    w.olga.is_staff = w.olga.is_superuser = True
    w.olga.save()
    client.force_login(w.olga)
    pages = [
        f"/workspaces/{w.workspace.pk}/buckets/",
        "/admin/annotator/bucket/",
        f"/admin/annotator/bucket/{key}/change/",
    ]
    shown = [client.get(page) for page in pages]
    assert [page.status_code for page in shown] == [200, 200, 200]
    assert all("Camera" in page.content.decode() for page in shown)
    answers += [page.content.decode() for page in shown]
    answers += [
        *Event.all_objects.values_list("after", flat=True),
        *Job.all_objects.values_list("params", flat=True),
    ]
    answers += [*SecurityEvent.objects.values_list("details", flat=True), caplog.text]
    answers += list(Bucket.all_objects.values_list("secret", "location"))
    assert "Zq81" not in repr(answers) and "minio-user" not in repr(answers)
    cipher = Bucket.all_objects.get().secret
    assert cipher not in repr(answers[:-1])


def test_who_may(w: World, by: Callers, at: str, bucket: str) -> None:
    body = {"description": "x", "cloud_provider": "dummy", "secret": SECRET}
    for one in (by.max, by.rosa, by.ann, by.vera):
        one.post(at, body, status=403)
        one.put(f"{at}/{bucket}", {"description": "x"}, status=403)
        assert one.raw("DELETE", f"{at}/{bucket}").status_code == 403
    by.max.get(f"{at}/{bucket}/files")
    for one in (by.rosa, by.vera):
        one.get(f"{at}/{bucket}/files", status=403)
        one.post(f"{at}/{bucket}/import", {"dataset_id": str(w.dataset.pk)}, status=403)
    for method, path in (
        ("GET", at),
        ("POST", at),
        ("GET", f"{at}/{bucket}/files"),
        ("PUT", f"{at}/{bucket}"),
        ("DELETE", f"{at}/{bucket}"),
    ):
        assert by.otto.raw(method, path, {}).status_code == 404
    assert by.olga.raw("GET", f"{at}/{ANY}/files").status_code == 404


def test_files_are_listed(w: World, by: Callers, at: str, bucket: str, slot: Slot) -> None:
    with counted("hasty buckets files"):
        listed = by.max.get(f"{at}/{bucket}/files")
    assert listed == {"files": ["2024/a.jpg", "2024/may/b.jpg", "2024/page.jpg", "c.jpg"]}
    assert by.max.get(f"{at}/{bucket}/files", "prefix=2024/m") == {"files": ["2024/may/b.jpg"]}
    assert by.max.get(f"{at}/{bucket}/files", "prefix=../") == {"files": []}
    names = slot(b"\xef\xbb\xbf# from May\n\nc.jpg\r\n  2024/a.jpg\nmissing.jpg\n../secret\n")
    query = f"upload_id={names}&upload_scope_id={w.project.pk}"
    for _ in range(2):
        assert by.max.get(f"{at}/{bucket}/files", query) == {"files": ["2024/a.jpg", "c.jpg"]}
    assert by.max.get(f"{at}/{bucket}/files", f"{query}&prefix=2024") == {"files": ["2024/a.jpg"]}


def test_what_lists_nothing(w: World, by: Callers, at: str, bucket: str, slot: Slot) -> None:
    scope, names, binary = f"upload_scope_id={w.project.pk}", slot(b"c.jpg"), slot(b"\xff\xfe\x00")
    for query, field in (
        (f"upload_id={names}", "upload_scope_id"), (scope, "upload_id"), (f"{scope}&upload_id={ANY}", "upload_id"), (f"{scope}&upload_id=x", "upload_id"),
        (f"upload_id={names}&upload_scope_id={ANY}", "upload_scope_id"), (f"upload_id={names}&upload_scope_id={w.other_project().pk}", "upload_scope_id"),
        (f"{scope}&upload_id={binary}", "upload_id"), ("prefix=%00", "prefix"), (f"prefix={'x' * 1025}", "prefix"),
    ):  # fmt: skip
        assert field in by.max.get(f"{at}/{bucket}/files", query, status=400)["message"], query


@pytest.mark.parametrize("copy", [True, False])
def test_images_are_imported(w: World, by: Callers, at: str, bucket: str, p: str, copy: bool) -> None:
    body = {"dataset_id": str(w.dataset.pk), "copy": copy, "prefix": "2024"}
    with counted("hasty buckets import_files"):
        answer = by.max.raw("POST", f"{at}/{bucket}/import", body)
    job = run_job(answer)
    assert (job.kind, job.state, job.result["files"]) == (
        "import_bucket",
        "DONE",
        {"created": 2, "broken": 1, "skipped": 0},
    )
    images = {one["name"]: one for one in by.max.get(f"{p}/images")["items"]}
    assert {"a.jpg", "may_b.jpg", "page.jpg"} < set(images)
    assert (images["a.jpg"]["width"], images["a.jpg"]["height"], images["a.jpg"]["health_status"]) == (
        41,
        30,
        "OK",
    )
    broken = Media.objects.get(pk=images["page.jpg"]["id"])
    assert (broken.health, broken.width) == ("ERROR", 0) and broken.health_reason
    stored = Media.objects.get(pk=images["may_b.jpg"]["id"])
    assert (stored.blob is not None, stored.bucket_key) == (
        (True, None) if copy else (False, "2024/may/b.jpg")
    )
    assert "/original/" in images["a.jpg"]["url"] and "photos" not in images["a.jpg"]["url"]
    again = run_job(by.max.raw("POST", f"{at}/{bucket}/import", body))
    assert again.result["files"] == {"created": 0, "broken": 0, "skipped": 3}


def test_a_list_of_keys_is_imported(w: World, by: Callers, at: str, bucket: str, slot: Slot) -> None:
    body = {
        "dataset_id": str(w.dataset.pk),
        "upload_id": slot(b"c.jpg\nmissing.jpg"),
        "upload_scope_id": str(w.project.pk),
    }
    job = run_job(by.max.raw("POST", f"{at}/{bucket}/import", body))
    assert job.result["files"] == {"created": 1, "broken": 0, "skipped": 0}
    assert DatasetItem.objects.filter(dataset=w.dataset, name="c.jpg").exists()


def test_what_is_not_imported(w: World, by: Callers, at: str, bucket: str, slot: Slot) -> None:
    dataset = {"dataset_id": str(w.dataset.pk)}
    foreign = str(make_dataset(w.other_project(), "Theirs").pk)
    for body, field in (
        ({}, "dataset_id"), ({"dataset_id": "x"}, "dataset_id"), ({"dataset_id": ANY}, "dataset_id"), ({"dataset_id": foreign}, "dataset_id"),
        ({**dataset, "copy": "yes"}, "copy"), ({**dataset, "prefix": 5}, "prefix"), ({**dataset, "asset_type": "sounds"}, "asset_type"),
        ({**dataset, "asset_type": 1}, "asset_type"), ({**dataset, "upload_id": ANY}, "upload_scope_id"),
        ({**dataset, "upload_id": ANY, "upload_scope_id": str(w.project.pk)}, "upload_id"), ({**dataset, "upload_scope_id": str(w.project.pk)}, "upload_id"),
        ({**dataset, "asset_type": "videos"}, "dataset_id"), ([], ""),
    ):  # fmt: skip
        assert field in by.max.post(f"{at}/{bucket}/import", body, status=400)["message"], body
    assert not Job.all_objects.exists()


@pytest.mark.parametrize("copy", [True, False])
def test_one_image_is_read_at_once(w: World, by: Callers, p: str, bucket: str, copy: bool) -> None:
    body = {
        "dataset_id": str(w.dataset.pk),
        "filename": "b.jpg",
        "url": "2024/may/b.jpg",
        "bucket_id": bucket,
        "copy_original": copy,
    }
    with counted(f"hasty images create bucket copy={copy}"):
        made = by.max.post(f"{p}/images", body)
    assert (made["name"], made["width"], made["height"]) == ("b.jpg", 42, 30)
    by.max.post(f"{p}/images", body, status=400)
    del body["filename"], body["copy_original"]
    body["url"] = "2024/a.jpg"
    named = by.max.post(f"{p}/images", body)
    assert (named["name"], Media.objects.get(pk=named["id"]).blob) == ("a.jpg", None)


def test_what_is_no_image_of_a_bucket(w: World, by: Callers, p: str, at: str, bucket: str) -> None:
    good = {"dataset_id": str(w.dataset.pk), "filename": "new.jpg", "url": "c.jpg", "bucket_id": bucket}
    before = Media.all_objects.count()
    for change, words in (
        ({"url": "missing.jpg"}, "no file of this key"), ({"url": "2024/page.jpg"}, "HTML page"), ({"url": "../photos/c.jpg"}, "no file"), ({"url": 5}, "url"),
        ({"bucket_id": ANY}, "bucket"), ({"bucket_id": "x"}, "bucket_id"), ({"upload_id": ANY}, "one source"), ({"copy_original": "x"}, "copy_original"),
    ):  # fmt: skip
        assert words in by.max.post(f"{p}/images", {**good, **change}, status=400)["message"], change
    del good["url"]
    by.max.post(f"{p}/images", good, status=400)
    assert Media.all_objects.count() == before


def test_a_bucket_in_use_stays(w: World, by: Callers, p: str, at: str, bucket: str) -> None:
    body = {"dataset_id": str(w.dataset.pk), "url": "c.jpg", "bucket_id": bucket}
    made = by.max.post(f"{p}/images", body)
    error = by.olga.ask("DELETE", f"{at}/{bucket}", status=400)
    assert error["code"] == "bucket_used"
    Media.all_objects.filter(pk=made["id"]).update(bucket=None)
    assert by.olga.raw("DELETE", f"{at}/{bucket}").status_code == 204
