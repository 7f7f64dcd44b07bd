"""How often one credential may ask, over the API."""

from __future__ import annotations

from typing import Any

from tests.api.hasty.conftest import caller
from tests.world import World


def test_a_caller_is_told_when_to_come_again(w: World, settings: Any) -> None:
    settings.RATE_API_PER_SECOND, settings.RATE_API_BURST = 1, 2
    ann, max_ = caller(w.token(w.ann)), caller(w.token(w.max))
    assert [ann.raw("GET", "/projects").status_code for _ in range(3)] == [200, 200, 429]
    answer = ann.raw("GET", "/projects")
    assert answer["Retry-After"] == "1" and answer.json()["code"] == "throttled"
    assert max_.raw("GET", "/projects").status_code == 200
