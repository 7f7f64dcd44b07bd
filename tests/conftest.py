"""Fixtures of the whole suite; the cast itself is in world.py, servers in servers.py, settings in settings.py."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management.color import no_style
from django.core.signals import request_finished, request_started
from django.db import connection

from annotator.db import counts
from annotator.events import recording
from annotator.management.catalogs import ensure_compiled
from annotator.management.garbage_collection import freeze_gc
from annotator.services import security_log
from annotator.services.accounts import rates
from annotator.services.media import url_import
from annotator.services.media.decoding import pool as decoding
from annotator.web.admission import is_waiting
from api.handlers import is_decoding
from tests import servers
from tests.settings import TEST_ROOT
from tests.world import World, world, write_world

# Folders whose tests start servers and workers.
LONGEST = ("jobs", "platform", "files", "sdk")


def pytest_configure() -> None:
    """Compile the message catalogs, and let Ctrl-C reach what tests start: a suite in the background of a shell ignores it, and so would its children."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    ensure_compiled()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that no process works alone at the end."""
    items.sort(key=lambda item: item.path.parent.name not in LONGEST)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through all of it for garbage again and again is a tenth of the time."""
    freeze_gc()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """The database of this test process: pytest-django would have every process do all migrations.

    On SQLite a file rather than memory: threads and other connections then lock as they do in production.
    """
    with servers.new_database(TEST_ROOT) as name:
        connection.settings_dict["NAME"] = name
        yield
        with django_db_blocker.unblock():
            connection.close()


@pytest.fixture(autouse=True, scope="session")
def _end_children() -> Iterator[None]:
    """The processes that decode pictures serve all tests of this process."""
    yield
    decoding.close_pool()


@pytest.fixture(autouse=True)
def _views_that_decode_say_so(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A request that decodes or fetches an image must be one of `decoding_actions`, or it runs in the threads of all others."""
    running: list[dict[str, Any]] = []

    def checked(work: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            for environ in running:
                method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
                assert is_decoding(method, path) or is_waiting(path), path
            return work(*args, **options)

        return call

    def begin(environ: dict[str, Any], **options: Any) -> None:
        running[:] = [environ]

    def end(**options: Any) -> None:
        running.clear()

    monkeypatch.setattr(decoding.DecodePool, "call", checked(decoding.DecodePool.call))
    monkeypatch.setattr(url_import, "fetch", checked(url_import.fetch))
    monkeypatch.setattr(url_import, "look", checked(url_import.look))
    request_started.connect(begin)
    request_finished.connect(end)
    yield
    request_started.disconnect(begin)
    request_finished.disconnect(end)


@pytest.fixture
def _cast(django_db_setup: None, django_db_blocker: Any) -> None:
    """The rows of the cast, written before the test's transaction begins: it ends with a rollback to them."""
    with django_db_blocker.unblock():
        write_world()


@pytest.fixture
def w(_cast: None, db: None) -> World:
    """The cast, as if created for this test."""
    return world()


@pytest.fixture
def empty_db(db: None) -> None:
    """The database of a new installation: without the cast, which comes back with the test's rollback."""
    tables = [name for name in connection.introspection.django_table_names() if name.startswith("annotator_")]
    with connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(no_style(), tables, allow_cascade=True):
            cursor.execute(statement)


@pytest.fixture(autouse=True)
def _empty_caches() -> Iterator[None]:
    """Nothing that a process remembers, such as rate limits, reaches from one test into the next."""
    yield
    cache.clear()
    rates.buckets.clear()
    security_log.gathered.clear()
    recording.workspace_of.cache_clear()
    counts.clear()


@pytest.fixture(scope="session")
def server() -> Iterator[servers.Server]:
    """A real `manage.py serve` with its worker, one per test process, on a database of its own.

    `server.token(...)`, `server.session(user)`, `server.request(...)`, `server.query(sql)`. Tests share
    it: make your own workspace. One that must be killed starts its own with `servers.our_server()`.
    """
    with servers.our_server() as running:
        yield running


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a real Redis, one per test process."""
    with servers.redis() as url:
        yield url


@pytest.fixture(scope="session")
def s3() -> Iterator[servers.S3]:
    """A real S3 server with an empty bucket, one per test process."""
    with servers.s3() as found:
        yield found
