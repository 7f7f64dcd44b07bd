"""Fetching from addresses that users give: what is public, what is not, what is too much."""

from __future__ import annotations

import gzip
import http.server
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from annotator.domain.errors import Denied, Invalid, TooLarge
from annotator.env import BadSetting, env_hosts
from annotator.models import Blob, Media
from annotator.services import addresses, blobs
from annotator.services.media import creation as media_creation, url_import, urls as media_urls
from tests.storage import pictures
from tests.world import World, actor


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by path; the body of /picture.jpg is a real one."""

    seen: list[tuple[str, str]] = []

    def do_GET(self) -> None:
        self.seen.append((self.headers["Host"], self.path))
        answer = getattr(
            self,
            "on_" + self.path.split("?")[0].strip("/").replace(".", "_").replace("/", "_"),
            self.on_missing,
        )
        answer()

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def on_picture_jpg(self) -> None:
        self.send(pictures.jpeg(80, 60))

    def on_html(self) -> None:
        self.send(pictures.HTML)

    def on_missing(self) -> None:
        self.send(b"", 404)

    def on_away(self) -> None:
        self.send(b"", 302, Location="/picture.jpg")

    def on_loop(self) -> None:
        self.send(b"", 302, Location="/loop")

    def on_inside(self) -> None:
        self.send(b"", 302, Location="http://169.254.169.254/latest/meta-data")

    def on_file(self) -> None:
        self.send(b"", 302, Location="file:///etc/passwd")

    def on_cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.write(b"only this")

    def on_large(self) -> None:
        self.send(b"x" * 200_000)

    def on_octal(self) -> None:
        self.send(b"", 307, Location="http://0177.0.0.1:1/")

    def on_mapped(self) -> None:
        self.send(b"", 301, Location="//[::ffff:10.0.0.1]/x")

    def on_named(self) -> None:
        self.send(b"", 302, Location="http://user:secret@93.184.216.34/")

    def on_nowhere(self) -> None:
        self.send(b"", 302)

    def on_zipped(self) -> None:
        assert self.headers["Accept-Encoding"] == "identity"
        self.send(gzip.compress(b"\0" * 5_000_000), Content_Encoding="gzip")

    def drip(self, begin: bytes, piece: bytes) -> None:
        """Begin an answer and go on for ever, a little at a time."""
        self.close_connection = True
        self.wfile.write(begin)
        for _ in range(200):
            self.wfile.write(piece)
            time.sleep(0.05)

    def on_continue(self) -> None:
        self.drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_header(self) -> None:
        self.drip(b"HTTP/1.1 200 OK\r\nX: ", b"x")

    def on_chunk(self) -> None:
        self.drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;", b"x")

    def on_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x" * 65536)

    def on_slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"x")
            time.sleep(0.05)

    def on_steady(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "120000")
        self.end_headers()
        for _ in range(12):
            self.wfile.write(b"x" * 10_000)
            time.sleep(0.05)

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def host(port: int, settings: Any) -> str:
    settings.URL_IMPORT_HOSTS = [f"127.0.0.1:{port}"]
    return f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "255.255.255.255", "224.0.0.1", "100.64.0.1",
        "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1",
        "2001:0:7f00:1::", "fe80::1%eth0", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::7f00:1", "fec0::1", "2001:db8::1", "192.0.2.1",
        "198.18.0.1", "240.0.0.1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not addresses.is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_that_are(address: str) -> None:
    assert addresses.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "ftp://example.org/x", "file:///etc/passwd", "http://", "http:///x", "javascript:alert(1)", "http://u:p@example.org/",
        "http://example.org:99999/", "http://exa mple.org/", "http://[::1", "gopher://x", "http://example.org/\r\nHost: x", 5, None, "http://" + "x" * 2000,
    ],
)  # fmt: skip
def test_what_is_no_address(url: object) -> None:
    with pytest.raises(Invalid) as refusal:
        url_import.fetch(url)
    assert refusal.value.field == "url"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://localhost:8000/",
        "http://LOCALHOST./",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://0/",
        "http://\u2460\u2461\u2466.0.0.1/",
        "http://127\u30020\u30020\u30021/",
        "http://[::127.0.0.1]/",
        "http://[fe80::1%25lo]/",
        "http://[::ffff:169.254.169.254]/",
    ],
)
def test_inside_addresses_are_refused_however_they_are_spelled(url: str) -> None:
    with pytest.raises(Invalid, match=r"not public|unknown"):
        url_import.fetch(url)


def test_every_address_of_a_name_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("93.184.216.34", "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: both)
    with pytest.raises(Invalid, match="not public"):
        addresses.check("http://example.org/x")


@pytest.mark.parametrize(
    ("ips", "allowed", "is_allowed"),
    [
        (["10.1.2.3"], ["10.1.0.0/16"], True), (["10.1.2.3", "93.184.216.34"], ["10.1.0.0/16"], True), (["fd00:1::5"], ["fd00:1::/64"], True),
        (["10.2.2.3"], ["10.1.0.0/16"], False), (["10.1.2.3", "10.2.2.3"], ["10.1.0.0/16"], False), (["10.1.2.3"], ["fd00:1::/64"], False),
        (["10.1.2.3"], ["example.org"], True), (["10.1.2.3"], ["example.org:81"], False), (["10.1.2.3"], ["other.example"], False),
    ],
)  # fmt: skip
def test_allowed_hosts_and_networks(
    ips: list[str], allowed: list[str], is_allowed: bool, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.URL_IMPORT_HOSTS = allowed
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ips]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: found)
    if is_allowed:
        assert addresses.check("http://example.org/x").address == ips[0]
        return
    with pytest.raises(Invalid, match="not public"):
        addresses.check("http://example.org/x")


def test_a_network_that_is_none_is_refused_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNOTATOR_URL_IMPORT_HOSTS", "images.lan:9000, 10.1.0.0/16")
    assert env_hosts("ANNOTATOR_URL_IMPORT_HOSTS") == ["images.lan:9000", "10.1.0.0/16"]
    monkeypatch.setenv("ANNOTATOR_URL_IMPORT_HOSTS", "10.1.0.0/33")
    with pytest.raises(BadSetting, match=r"10\.1\.0\.0/33"):
        env_hosts("ANNOTATOR_URL_IMPORT_HOSTS")


def test_the_connection_goes_to_the_address_that_was_checked(
    port: int, settings: Any, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    """A name that resolves to another address a moment later (DNS rebinding) changes nothing."""
    settings.URL_IMPORT_HOSTS = ["pictures.example"]
    answers = iter(["127.0.0.1", "10.0.0.7"])
    find = socket.getaddrinfo

    def lookup(host: str, *args: Any, **options: Any) -> Any:
        if host == "pictures.example":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]
        return find(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    fetched = url_import.fetch(f"http://pictures.example:{port}/picture.jpg")
    assert fetched.blob.size == len(pictures.jpeg(80, 60))
    assert Handler.seen[-1] == (f"pictures.example:{port}", "/picture.jpg")


def test_a_file_is_stored_under_its_last_name(host: str, db: None) -> None:
    fetched = url_import.fetch(f"{host}/away")
    assert (fetched.name, fetched.blob.mime) == ("picture.jpg", "image/jpeg")
    with blobs.store().open(fetched.blob.sha256) as file:
        assert file.read() == pictures.jpeg(80, 60)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/nothing", "answered 404"),
        ("/loop", "redirects too often"),
        ("/inside", "not public"),
        ("/file", "must begin with http"),
        ("/cut", "cut off"),
        ("/octal", "not public"),
        ("/mapped", "not public"),
        ("/named", "user name or password"),
        ("/nowhere", "redirects too often"),
    ],
)
def test_what_is_not_fetched(host: str, db: None, path: str, words: str) -> None:
    before = Blob.objects.count()
    with pytest.raises(Invalid, match=words):
        url_import.fetch(f"{host}{path}")
    assert Blob.objects.count() == before
    assert not list(blobs.store().scratch().glob("*.tmp"))


def test_limits(host: str, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLarge):
        url_import.fetch(f"{host}/large", limit=100_000)
    monkeypatch.setattr(url_import, "SECONDS", 0.4)
    with pytest.raises(Invalid, match="too slowly"):
        url_import.fetch(f"{host}/slow")


def test_a_large_file_takes_as_long_as_it_comes(host: str, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(url_import, "SECONDS", 0.3)
    with pytest.raises(Invalid, match="too slowly"):
        url_import.fetch(f"{host}/steady")
    told: list[tuple[int, int | None]] = []
    fetched = url_import.fetch(
        f"{host}/steady", rate=100_000, on_block=lambda got, size: told.append((got, size))
    )
    assert fetched.blob.size == 120_000 and told[-1] == (120_000, 120_000) and len(told) > 2
    with pytest.raises(Invalid, match="too slowly"):
        url_import.fetch(f"{host}/slow", rate=100_000)


def test_a_look_brings_no_bytes(host: str, db: None) -> None:
    before = Blob.objects.count()
    assert url_import.look(f"{host}/away", limit=1000_000) == "picture.jpg"
    with pytest.raises(TooLarge):
        url_import.look(f"{host}/large", limit=100_000)
    for path, words in (("/nothing", "answered 404"), ("/inside", "not public")):
        with pytest.raises(Invalid, match=words):
            url_import.look(f"{host}{path}", limit=100)
    assert Blob.objects.count() == before


@pytest.mark.parametrize("path", ["continue", "header", "chunk", "slow"])
def test_a_host_that_drips_holds_nobody_up(
    host: str, db: None, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Each single read ends in time; only the whole of them takes for ever."""
    monkeypatch.setattr(url_import, "SECONDS", 0.5)
    before = time.monotonic()
    with pytest.raises(Invalid, match="too slowly"):
        url_import.fetch(f"{host}/{path}")
    assert time.monotonic() - before < 3
    assert not list(blobs.store().scratch().glob("*.tmp"))


def test_an_endless_body_ends_at_the_limit(host: str, db: None) -> None:
    with pytest.raises(TooLarge):
        url_import.fetch(f"{host}/endless", limit=1_000_000)
    assert not list(blobs.store().scratch().glob("*.tmp"))


def test_packed_bodies_stay_packed(host: str, db: None) -> None:
    assert url_import.fetch(f"{host}/zipped").blob.size < 10_000


def test_a_closed_port(db: None, settings: Any) -> None:
    settings.URL_IMPORT_HOSTS = ["127.0.0.1"]
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(Invalid, match="cannot be reached"):
            url_import.fetch(f"http://127.0.0.1:{held.getsockname()[1]}/")


def test_an_image_of_an_address(host: str, w: World) -> None:
    made = media_creation.create_from_url(
        actor=actor(w.max), dataset=w.dataset, url=f"{host}/picture.jpg?size=big", external_id="e"
    )
    row = Media.objects.select_related("blob").with_home().get(pk=made.pk)
    assert (row.name, row.width, row.external_id, row.source_url) == ("picture.jpg", 80, "e", "")
    with pytest.raises(Invalid) as refusal:
        media_creation.create_from_url(actor=actor(w.max), dataset=w.dataset, url=f"{host}/picture.jpg")
    assert refusal.value.code == "name_taken"
    again = media_creation.create_from_url(
        actor=actor(w.max), dataset=w.dataset, url=f"{host}/picture.jpg", name="picture.jpg", replace=True
    )
    assert again.pk == made.pk


def test_a_linked_image_keeps_the_link_alone(host: str, w: World) -> None:
    url = f"{host}/picture.jpg"
    made = media_creation.create_from_url(
        actor=actor(w.max), dataset=w.dataset, url=url, name="linked.jpg", copy_bytes=False
    )
    row = Media.objects.select_related("blob").get(pk=made.pk)
    assert (row.blob, row.source_url, row.width, row.health) == (None, url, 80, "OK")
    found = media_urls.addresses(row)
    assert (found.original, found.preview) == (url, url)
    assert found.thumbnail is not None and "/thumbnail/r2-linked/" in found.thumbnail


def test_a_broken_one_is_refused(host: str, w: World) -> None:
    with pytest.raises(Invalid, match="HTML page") as refusal:
        media_creation.create_from_url(actor=actor(w.max), dataset=w.dataset, url=f"{host}/html")
    assert refusal.value.field == "url"
    with pytest.raises(Denied):
        media_creation.create_from_url(actor=actor(w.ann), dataset=w.dataset, url=f"{host}/picture.jpg")
    assert Media.objects.count() == 3
