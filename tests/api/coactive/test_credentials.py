"""Credentials: buckets made of the files that AWS and Google give, and tried."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest

from annotator.models import Bucket
from annotator.services import secrets
from annotator.services.buckets import buckets
from tests.api.coactive.conftest import ANY, Callers
from tests.world import World

CSV = "\ufeffAccess key ID,Secret access key,Bucket\r\nAKIA1,hidden,photos\r\n"
PROFILE = "[default]\naws_access_key_id = AKIA1\naws_secret_access_key = hidden\nbucket = photos\nregion = eu-west-1\n"
JSON = json.dumps({"bucket": "photos", "access_key": "AKIA1", "secret_key": "hidden"})
KEY = {"type": "service_account", "client_email": "a@b", "private_key": "hidden"}


def form(content: bytes, name: str = "file") -> dict[str, Any]:
    body = b'--x\r\nContent-Disposition: form-data; name="%s"; filename="keys"\r\n\r\n%s\r\n--x--\r\n' % (
        name.encode(),
        content,
    )
    return {"body": body, "content_type": "multipart/form-data; boundary=x"}


@pytest.mark.parametrize("content", [CSV, PROFILE, JSON])
def test_keys_of_aws(w: World, by: Callers, content: str) -> None:
    answer = by.olga.raw("POST", "/credentials/aws", **form(content.encode()))
    said = orjson.loads(answer.content)
    assert answer.status_code == 200 and said["keyType"] == "AWS"
    bucket = Bucket.all_objects.get(pk=said["credentialsId"])
    config = orjson.loads(secrets.decrypt(bucket.secret))
    assert (bucket.workspace_id, bucket.location) == (w.workspace.pk, "s3://photos")
    assert (config["access_key"], config["secret_key"]) == ("AKIA1", "hidden")
    made = by.max.post("/datasets", {"name": "Cats", "credentialsId": said["credentialsId"]})
    assert made["status"] == "Incomplete"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("aws", b""), ("aws", b"\xff\xfe"), ("aws", b"{"), ("aws", b"[x"), ("aws", b"[1]"), ("aws", b"a,b\n1,2\n"),
        ("aws", b"Access key ID,Secret access key\nA,B\n"), ("aws", b'{"bucket": "photos"}'), ("aws", b'{"bucket": "../x"}'),
        ("aws", b'{"bucket": "photos", "access_key": "A", "secret_key": "B", "endpoint": "http://127.0.0.1/"}'),
        ("gcp", b""), ("gcp", b"[1]"), ("gcp", b"\xff"), ("gcp", json.dumps(KEY).encode()), ("gcp", b'{"bucket": "x y"}'),
        ("aws", b"x" * 70_000),
    ],
)  # fmt: skip
def test_files_that_are_refused(by: Callers, path: str, content: bytes) -> None:
    answer = by.olga.raw("POST", f"/credentials/{path}", **form(content))
    assert answer.status_code == 422, answer.content
    assert isinstance(orjson.loads(answer.content)["detail"], list)
    assert not Bucket.all_objects.exists()


def test_forms_that_are_refused(by: Callers) -> None:
    for options in (form(CSV.encode(), "other"), {"body": CSV.encode(), "content_type": "text/csv"}, {"body": b"--x", "content_type": "multipart/form-data"}):  # fmt: skip
        assert by.olga.raw("POST", "/credentials/aws", **options).status_code == 422


def test_what_can_be_read_is_tried(w: World, by: Callers, settings: Any) -> None:
    folder = settings.BUCKET_ROOT / "tried"
    (folder / "cats").mkdir(parents=True, exist_ok=True)
    (folder / "cats" / "a.jpg").write_bytes(b"x")
    bucket = buckets.create(
        actor=w.actor(w.olga), workspace=w.workspace, provider="dummy", description="f", fields={"secret": "tried"}
    )  # fmt: skip
    key, root = str(bucket.pk), f"bucket://{bucket.pk}"
    good = by.olga.post("/credentials/validate", {"credentialsId": key, "dataPath": f"{root}/cats/"})
    assert good == {"credentialsId": key, "dataPath": f"{root}/cats/", "success": True, "detail": None}
    assert by.olga.post("/credentials/validate", {"dataPath": f"{root}/"})["success"] is True
    for body in (
        {"dataPath": f"{root}/dogs/"},
        {"dataPath": "s3://nobody/"},
        {"credentialsId": ANY, "dataPath": f"{root}/"},
    ):
        said = by.olga.post("/credentials/validate", body)
        assert said["success"] is False and said["detail"], body
    assert by.olga.invalid("POST", "/credentials/validate", {"credentialsId": "x"}) == {
        ("body", "credentialsId"): "value_error",
        ("body", "dataPath"): "value_error.missing",
    }


def test_who_may(by: Callers) -> None:
    for user in (by.vera, by.ann, by.rosa, by.max):
        user.refused("POST", "/credentials/validate", 403, {"dataPath": "s3://a/"})
        assert user.raw("POST", "/credentials/aws", **form(CSV.encode())).status_code == 403
    assert by.otto.post("/credentials/validate", {"dataPath": "s3://a/"})["success"] is False
