"""Readers of buckets: a folder, S3 over real HTTP, and the clients of Google and Azure against answers of theirs."""

from __future__ import annotations

import http.server
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import urlopen

import pytest

from annotator.domain.errors import Invalid
from annotator.storage.buckets import base
from annotator.storage.buckets.azure import AzureBucket
from annotator.storage.buckets.base import BucketReader, Listing
from annotator.storage.buckets.folder import FolderBucket
from annotator.storage.buckets.gcs import GcsBucket
from annotator.storage.buckets.s3 import S3Bucket, S3Credentials, assume_role
from tests import servers

FILES = {
    "a b.txt": b"first",
    "deep/ü+1.bin": bytes(range(256)) * 9000,
    "deep/z%2F.txt": b"",
    "other.txt": b"x",
}
KEYS = ["a b.txt", "deep/z%2F.txt", "deep/ü+1.bin", "other.txt"]
TEST_KEYS = S3Credentials("test", "test")


@pytest.fixture(scope="module")
def s3() -> Iterator[servers.S3]:
    import boto3

    with servers.s3() as server:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        client = boto3.client("s3", endpoint_url=server.endpoint, **keys)
        for key, data in {**FILES, "deep/": b""}.items():
            client.put_object(Bucket=server.bucket, Key=key, Body=data)
        yield server


def listed(query: dict[str, list[str]]) -> list[tuple[str, bool]]:
    """Return the keys that a list of Google or Azure has, and with a delimiter its folders; whether each is a file."""
    prefix = query.get("prefix", [""])[0]
    found = {}
    for key in sorted([*KEYS, "deep/"]):
        if key.startswith(prefix):
            name, slash, _rest = key[len(prefix) :].partition("/")
            is_folder = bool(slash) and "delimiter" in query
            found[f"{prefix}{name}/" if is_folder else key] = not is_folder
    return list(found.items())


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as Google Cloud Storage and Azure Blob Storage do to those who list and read; `secret` is refused."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if path.startswith("/container"):
            self._azure(unquote(path.removeprefix("/container").strip("/")), query)
        else:
            self._google(path, query)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _google(self, path: str, query: dict[str, list[str]]) -> None:
        name = unquote(path.rpartition("/o/")[2]) if "/o/" in path else None
        if path.rstrip("/").endswith("/b/secret/o"):
            return self._send(403, b'{"error": {"code": 403, "message": "no"}}')
        if name is None:
            start, found = int(query.get("pageToken", ["0"])[0]), listed(query)
            end = start + int(query.get("maxResults", ["2"])[0])
            page: dict[str, Any] = {
                "items": [{"name": key, "size": "0", "bucket": "photos"} for key, is_file in found[start:end] if is_file],
                "prefixes": [key for key, is_file in found[start:end] if not is_file],
            }  # fmt: skip
            if end < len(found):
                page["nextPageToken"] = str(end)
            return self._send(200, json.dumps(page).encode())
        if name not in FILES:
            return self._send(404, b'{"error": {"code": 404, "message": "no"}}')
        if query.get("alt") == ["media"]:
            return self._send_file(FILES[name])
        self._send(
            200, json.dumps({"name": name, "size": str(len(FILES[name])), "bucket": "photos"}).encode()
        )

    def _azure(self, name: str, query: dict[str, list[str]]) -> None:
        if query.get("comp") == ["list"]:
            file = "<Blob><Name>{}</Name><Properties><Content-Length>0</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>"
            folder = "<BlobPrefix><Name>{}</Name></BlobPrefix>"
            blobs = "".join((file if is_file else folder).format(key) for key, is_file in listed(query))
            body = f'<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>{blobs}</Blobs><NextMarker/></EnumerationResults>'
            return self._send(200, body.encode(), "application/xml")
        if name not in FILES:
            return self._send(404, b"", "application/xml", {"x-ms-error-code": "BlobNotFound"})
        self._send_file(FILES[name])

    def _send_file(self, data: bytes) -> None:
        given = self.headers.get("Range") or self.headers.get("x-ms-range")
        if not given:
            return self._send(200, data, "application/octet-stream")
        first, last = given.removeprefix("bytes=").split("-")
        end = min(int(last) + 1, len(data))
        place = {"Content-Range": f"bytes {first}-{end - 1}/{len(data)}"}
        self._send(206, data[int(first) : end], "application/octet-stream", place)

    def _send(
        self, status: int, body: bytes, kind: str = "application/json", more: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "x-ms-blob-type": "BlockBlob",
            "ETag": '"1"',
            "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT",
            **(more or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def key_file() -> dict[str, str]:
    """A key file of a service account that names a server of its own for tokens."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = rsa.generate_private_key(65537, 2048).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    return {
        "type": "service_account", "project_id": "p", "private_key": key.decode(), "client_email": "reader@p.example",
        "token_uri": "http://169.254.169.254/token",
    }  # fmt: skip


Make = Callable[..., BucketReader]


@pytest.fixture
def make(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Make:
    """Return what makes a reader of one provider, of the bucket with FILES or of another one."""
    provider = request.param
    if provider == "folder":
        for key, data in FILES.items():
            file = tmp_path / "photos" / key
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        return lambda name="photos": FolderBucket(tmp_path, name)
    if provider == "s3":
        server = request.getfixturevalue("s3")
        check = lambda url: "127.0.0.1"  # noqa: E731
        return lambda name=server.bucket: S3Bucket(
            name, TEST_KEYS, endpoint=server.endpoint, region="", check=check
        )
    port = request.getfixturevalue("port")
    if provider == "gcs":
        from google.oauth2 import service_account

        def refresh(self: Any, request: Any) -> None:
            assert self._token_uri == "https://oauth2.googleapis.com/token"
            self.token = "token"

        monkeypatch.setattr(service_account.Credentials, "refresh", refresh)
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
        key = request.getfixturevalue("key_file")
        return lambda name="photos": GcsBucket(name, key)
    find = socket.getaddrinfo

    def lookup(host: str, *args: Any, **options: Any) -> Any:
        return find("127.0.0.1" if host.endswith(".azure.test") else host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    domain = f"azure.test:{port}"
    return lambda name="container": AzureBucket("photos", "c2VjcmV0", name, domain=domain, is_https=False)


ALL = pytest.mark.parametrize("make", ["folder", "s3", "gcs", "az"], indirect=True)


@ALL
def test_files_are_listed_and_read(make: Make) -> None:
    reader = make()
    assert list(reader.keys("")) == KEYS
    assert list(reader.keys("deep/")) == KEYS[1:3]
    assert list(reader.keys("none")) == []
    for key, data in FILES.items():
        assert reader.stat(key) == len(data)
        assert b"".join(reader.read_range(key, 0, len(data))) == data
    big = FILES["deep/ü+1.bin"]
    assert b"".join(reader.read_range("deep/ü+1.bin", 300, 1_500_000)) == big[300:1_500_000]
    assert reader.stat("missing") is None
    with pytest.raises(Invalid) as refusal:
        b"".join(reader.read_range("missing", 0, 5))
    assert refusal.value.code == "object_unreadable"


@ALL
def test_folders_are_listed_level_by_level(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = make()
    assert reader.browse("") == Listing(["deep/"], ["a b.txt", "other.txt"], False)
    assert reader.browse("deep/") == Listing([], KEYS[1:3], False)
    assert reader.browse("d") == Listing(["deep/"], [], False)
    assert reader.browse("none/") == reader.browse("../") == Listing([], [], False)
    monkeypatch.setattr(f"{type(reader).__module__}.SHOWN", 2)
    cut = reader.browse("")
    assert cut.is_cut and len(cut.folders) + len(cut.keys) == 2


@pytest.mark.parametrize(
    ("make", "name"), [("folder", "none"), ("s3", "nothing"), ("gcs", "secret")], indirect=["make"]
)
def test_a_bucket_that_is_refused(make: Make, name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        list(make(name).keys(""))
    assert refusal.value.code == "bucket_refused"


def test_links_are_signed(s3: servers.S3, key_file: dict[str, str]) -> None:
    options: dict[str, Any] = {"seconds": 60, "mime": "image/png", "disposition": "inline"}
    reader = S3Bucket(s3.bucket, TEST_KEYS, endpoint=s3.endpoint, region="", check=lambda url: "127.0.0.1")
    link = reader.link("deep/ü+1.bin", **options)
    assert "X-Amz-Signature=" in link and "X-Amz-Expires=60" in link
    with urlopen(link) as answer:
        assert (answer.read(), answer.headers["Content-Type"]) == (FILES["deep/ü+1.bin"], "image/png")
    google = GcsBucket("photos", key_file).link("a b.txt", **options)
    assert (
        google.startswith("https://storage.googleapis.com/photos/a%20b.txt?")
        and "X-Goog-Signature=" in google
    )
    azure = AzureBucket("photos", "c2VjcmV0", "may").link("a b.txt", **options)
    assert azure.startswith("https://photos.blob.core.windows.net/may/a%20b.txt?") and "sig=" in azure


def test_every_request_to_an_endpoint_is_checked(s3: servers.S3) -> None:
    """A name that leads elsewhere after it was checked (DNS rebinding) is not followed: the connection goes to the IP."""
    asked: list[str] = []

    def check(url: str) -> str:
        asked.append(url)
        if len(asked) > 2:
            raise Invalid("endpoint leads to an address that is not public.", code="not_public")
        return "127.0.0.1"

    port = s3.endpoint.rpartition(":")[2]
    endpoint = f"http://rebound:{port}"
    reader = S3Bucket(s3.bucket, TEST_KEYS, endpoint=endpoint, region="", check=check)
    assert list(reader.keys("")) == KEYS and reader.stat("other.txt") == 1
    with pytest.raises(Invalid, match="not public"):
        reader.stat("other.txt")
    assert set(asked) == {f"{endpoint}/"}


def test_a_bucket_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{held.getsockname()[1]}"
        reader = S3Bucket("photos", TEST_KEYS, endpoint=endpoint, region="", check=lambda url: "127.0.0.1")
        with pytest.raises(Invalid) as refusal:
            list(reader.keys(""))
    assert refusal.value.code == "bucket_unreachable"


def test_roles_are_assumed_for_the_workspace(s3: servers.S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", s3.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "server")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "server")
    keys = assume_role("arn:aws:iam::123456789012:role/reader", external_id="workspace", region="")
    assert keys.access_key.startswith("ASIA") and keys.token
    reader = S3Bucket(s3.bucket, keys, endpoint=s3.endpoint, region="", check=lambda url: "127.0.0.1")
    assert list(reader.keys("deep/")) == KEYS[1:3]


def test_a_folder_is_not_left(tmp_path: Path) -> None:
    root = tmp_path / "buckets"
    (root / "photos").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    (root / "beside.txt").write_text("beside")
    (root / "photos/good.txt").write_text("good")
    (root / "photos/out").symlink_to(tmp_path)
    (root / "photos/link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "photos/inside.txt").symlink_to(root / "photos/good.txt")
    (root / "photos/loop").symlink_to("loop")
    os.mkfifo(root / "photos/pipe")
    reader = FolderBucket(root, "photos")
    assert list(reader.keys("")) == ["good.txt", "inside.txt"]
    for key in (
        "../beside.txt",
        "out/secret.txt",
        "link.txt",
        str(tmp_path / "secret.txt"),
        "../photos/good.txt",
        "./good.txt",
        "loop",
        "pipe",
        "a\0b",
        "",
    ):
        assert reader.stat(key) is None, key
        with pytest.raises(Invalid):
            b"".join(reader.read_range(key, 0, 5))
    for folder in ("..", "../..", "/", str(tmp_path), "photos/out"):
        with pytest.raises(Invalid):
            FolderBucket(root, folder)


@pytest.mark.parametrize("extra", ["s3", "gcs", "azure"])
def test_a_missing_extra_is_named(
    extra: str, key_file: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = {
        "s3": "storages.backends.s3",
        "gcs": "storages.backends.gcloud",
        "azure": "storages.backends.azure_storage",
    }[extra]
    monkeypatch.setitem(sys.modules, module, None)
    makers: dict[str, Callable[[], Any]] = {
        "s3": lambda: S3Bucket("b", TEST_KEYS, endpoint="", region="", check=lambda url: ""),
        "gcs": lambda: GcsBucket("b", key_file),
        "azure": lambda: AzureBucket("a", "c2VjcmV0", "c"),
    }
    with pytest.raises(Invalid, match=rf"annotator\[{extra}\]"):
        makers[extra]()


def test_what_is_larger_or_cut_off_is_not_kept(tmp_path: Path) -> None:
    from annotator.storage.local import LocalStore

    class Cut(FolderBucket):
        def read_range(self, key: str, start: int, end: int) -> Iterator[bytes]:
            yield b"fi"

    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/a").write_bytes(b"first")
    store = LocalStore(tmp_path / "store")
    for reader, limit in ((FolderBucket(tmp_path, "photos"), 4), (Cut(tmp_path, "photos"), 10)):
        staged = store.stage()
        with pytest.raises(Exception, match=r"larger than|only a part"):
            base.copy(reader, "a", staged, limit=limit)
        staged.discard()
    assert not list(store.scratch().iterdir())
