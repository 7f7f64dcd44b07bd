"""Responses to requests that reach no view or whose view failed: pages for users, JSON in the format of the API for scripts."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
from django.test import Client, RequestFactory

from annotator.services.accounts import sign_in
from annotator.urls import handler500
from annotator.web.error_pages import early_page
from api.handlers import early_error
from tests.world import World

HASTY, CUSTOM_VISION, DATAROBOT = "/v1/projects", "/customvision/v3.3/training/projects", "/api/v2/projects/"


@pytest.mark.parametrize("path", ["/v1", "/v1/", HASTY, "/customvision", CUSTOM_VISION, "/api/v2", DATAROBOT])
def test_an_unknown_host_is_rejected_in_the_format_of_the_api(db: Any, path: str) -> None:
    answer = Client().get(path, headers={"Host": "labels.example.org"})
    status = 422 if "api" in path else 400
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")
    body = json.loads(answer.content)
    for word in ("labels.example.org", "ANNOTATOR_ALLOWED_HOSTS"):
        assert word in body["message"]
    keys = {"message"} if "api" in path else {"code", "message"}
    keys |= {"error"} if "customvision" in path else set()
    assert body.keys() == keys and ("error" not in body or body["error"]["message"] == body["message"])


@pytest.mark.parametrize("path", ["/", "/v1x", "/sign-in/", "/nowhere"])
def test_the_page_names_the_unknown_host(db: Any, path: str) -> None:
    answer = Client().get(path, headers={"Host": "<b>.example"})
    text = html.unescape(answer.content.decode())
    assert answer.status_code == 400 and answer["Content-Type"].startswith("text/html")
    assert "<b>.example" in text and "ANNOTATOR_ALLOWED_HOSTS" in text
    assert "<b>.example" not in answer.content.decode()


def test_a_damaged_request_gets_a_page(w: World) -> None:
    visitor = Client()
    visitor.force_login(w.max)
    broken = visitor.post("/workspaces", b"--x\r\n", content_type="multipart/form-data; boundary=\xe9")
    assert broken.status_code == 400 and "Go back and try again" in broken.content.decode()


@pytest.mark.parametrize("path", ["/v1", "/customvision", "/api/v0", "/api/v2"])
def test_the_root_of_a_dialect_is_json_without_its_slash_too(w: World, path: str) -> None:
    token = w.token(w.max)
    for headers in ({"X-Api-Key": token}, {"Training-Key": token}, {"Authorization": f"Token {token}"}):
        answer = Client().get(path, headers=headers)
        assert answer.status_code in (401, 403, 404) and answer["Content-Type"] == "application/json"
    assert Client().get(f"{path}x").status_code == 404


def test_a_server_error_reveals_nothing(
    w: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr("annotator.web.views.home.render", fail)
    visitor = Client(raise_request_exception=False)
    visitor.force_login(w.max)
    answer = visitor.get("/")
    text = answer.content.decode()
    assert answer.status_code == 500 and "Server error" in text and "secret" not in text
    number = answer["X-Request-ID"]
    assert number in text and f"request {number}" in caplog.text and "the secret of the house" in caplog.text


@pytest.mark.parametrize("path", [HASTY, CUSTOM_VISION])
def test_an_error_before_the_view_is_json_for_an_api(path: str) -> None:
    answer = handler500(RequestFactory().get(path))
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/json")
    assert {"code", "message"} <= json.loads(answer.content).keys()


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (HASTY, 400, "too_large"),
        (CUSTOM_VISION, 400, "BadRequestExceededBatchSize"),
    ],
)
def test_a_body_that_is_too_large_is_rejected_in_the_format_of_the_api(
    path: str, status: int, code: str
) -> None:
    """Hasty's client repeats a 413 seven times."""
    answer = early_error(path, 413, "too_large", "Too much.")
    assert answer is not None
    body = json.loads(answer.content)
    assert (answer.status, body["code"], body["message"]) == (status, code, "Too much.")
    for asked, told in ((408, 408), (429, 429), (503, 503)):
        answer = early_error(path, asked, "busy", "Not now.")
        assert answer is not None and answer.status == told
        assert json.loads(answer.content)["message"] == "Not now."


@pytest.mark.parametrize("path", ["/web/anything", "/", "/v3"])
def test_other_addresses_have_no_format_of_an_api(path: str) -> None:
    assert early_error(path, 413, "too_large", "Too much.") is None


def test_a_browser_sees_a_page_when_the_server_is_busy() -> None:
    answer = early_page(503, "busy", "The server is busy. Try again in a few seconds.")
    assert answer.status == 503 and b"The server is busy. Try again in a few seconds." in answer.content
    assert b"Server busy" in answer.content


def test_get_of_a_form_url_has_a_page(w: World) -> None:
    visitor = Client()
    visitor.force_login(w.max)
    for method, path in (("get", "/projects/new"), ("get", "/tokens/new"), ("post", "/jobs/")):
        page = getattr(visitor, method)(path)
        assert (page.status_code, page["Content-Type"]) == (405, "text/html; charset=utf-8")
        assert (
            html.unescape(page.content.decode()).count("page") and "Request failed" in page.content.decode()
        )
        told = getattr(visitor, method)(path, headers={"Accept": "application/json"})
        assert (told.status_code, json.loads(told.content)["code"]) == (405, "method_not_allowed")
        assert told["Allow"] == page["Allow"] == ("POST" if method == "get" else "GET, HEAD")


@pytest.mark.parametrize(
    "path", ["/", "/jobs/", "/projects/{p}/media", "/projects/{p}/exports", "/api/schema/"]
)
def test_pages_answer_head_without_a_body(w: World, path: str) -> None:
    visitor = Client()
    visitor.force_login(w.max)
    path = path.format(p=w.project.pk)
    assert visitor.head(path).status_code == visitor.get(path).status_code == 200
    assert visitor.head(path).content == b""


def test_looking_at_a_sign_in_link_does_not_use_it(w: World) -> None:
    """Mail programs and chats ask for every address they show."""
    path = f"/sign-in/link/{sign_in.make_link(user=w.ann)}/"
    assert Client().head(path).status_code == 200
    for _ in range(3):
        assert Client().get(path).status_code == 200
    assert Client().post(path).status_code == 302
