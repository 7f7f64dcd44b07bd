"""Which large bodies our own pages take, told by the headers alone."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.conf import settings
from django.test import RequestFactory

from annotator.server.bodies import Refused
from annotator.web.admission import admit
from tests.web.client import browser
from tests.world import World


def asked(**headers: str) -> Any:
    return RequestFactory().post("/web/anything", headers=headers)


def test_a_person_who_is_signed_in_may_send_one(w: World) -> None:
    request = asked()
    request.COOKIES = {name: morsel.value for name, morsel in browser(w.ann).cookies.items()}
    assert admit(request).sender == f"user {w.ann.pk}"
    assert admit(request).limit == settings.MAX_JSON_BYTES and admit(request).is_parsed


def test_a_script_and_a_browser_are_told_to_sign_in(w: World) -> None:
    with pytest.raises(Refused) as script:
        admit(asked())
    answer = script.value.answer
    assert (answer.status, orjson.loads(answer.content)["code"]) == (401, "signed_out")
    with pytest.raises(Refused) as page:
        admit(asked(Accept="text/html,application/xhtml+xml"))
    assert page.value.answer.status == 401 and b"You are signed out." in page.value.answer.content
