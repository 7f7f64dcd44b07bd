"""Fixtures of the whole suite; the cast itself is in world.py, servers in servers.py, settings in settings.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.world import World, world


@pytest.fixture
def w(db: None) -> World:
    """The cast, made anew for this test."""
    return world()


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Rate limits and the like must not reach from one test into the next."""
    yield
    cache.clear()
