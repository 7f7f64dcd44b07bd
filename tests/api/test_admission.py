"""What is said of a request before its body is read, and of those that decode or fetch images."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

from annotator.server.bodies import ADMITTED, Refused
from api.handlers import admit, is_decoding
from tests.world import World

KEY = "01a20167-4645-72d1-9637-9a3c5a5c387f"
CV = "/customvision/v3.3/training/projects"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", f"/v1/projects/{KEY}/images", True),
        ("POST", f"/v1/projects/{KEY}/images/", True),
        ("PUT", f"/v1/projects/{KEY}/images/{KEY}", True),
        ("POST", f"{CV}/{KEY}/images", True),
        ("POST", f"{CV}/{KEY}/images/files", True),
        ("GET", f"/v1/projects/{KEY}/images", False),
        ("PATCH", f"/v1/projects/{KEY}/images/{KEY}", False),
        ("POST", f"/v1/projects/{KEY}/images/{KEY}/labels", False),
        ("POST", f"{CV}/{KEY}/images/tags", False),
        ("POST", "/v1/nothing", False),
        ("POST", "/v1", False),
        ("POST", "/sign-in/", False),
        ("POST", "/", False),
        ("POST", "*", False),
    ],
)
def test_views_say_what_decodes(method: str, path: str, expected: bool) -> None:
    assert is_decoding(method, path) is expected


def test_a_request_takes_the_turns_of_the_workspace_that_its_path_names(w: World) -> None:
    headers = {"X-Api-Key": w.token(w.olga)}

    def sender(path: str) -> str:
        found = admit(RequestFactory().post(path, headers=headers))
        assert found is not None
        return found.sender

    assert sender(f"/v1/projects/{w.project.pk}/images") == f"workspace {w.workspace.pk}"
    assert (
        sender(f"/v1/projects/{w.project.pk}/images/{w.images[0].pk}/labels") == f"workspace {w.workspace.pk}"
    )
    assert sender("/v1/projects") == f"workspace {w.workspace.pk}"
    with pytest.raises(Refused) as refused:
        admit(RequestFactory().post(f"/v1/projects/{KEY}/images", headers=headers))
    assert refused.value.answer.status == 404


def test_a_request_that_was_admitted_counts_once_for_the_rate_of_its_token(w: World, settings: Any) -> None:
    settings.RATE_API_PER_SECOND, settings.RATE_API_BURST = 0.001, 2
    headers = {"X-Api-Key": w.token(w.ann)}
    path = f"/v1/projects/{w.project.pk}/images/{w.images[0].pk}/labels"
    environ: dict[str, Any] = {ADMITTED: True}
    for _ in range(2):
        assert admit(RequestFactory().post(path, headers=headers))
        assert Client().post(path, [], "application/json", headers=headers, **environ).status_code == 200
    assert Client().post(path, [], "application/json", headers=headers).status_code == 429
