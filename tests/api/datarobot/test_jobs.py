"""Jobs and statuses."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.utils import timezone

from annotator.models import Job
from tests.api.datarobot.conftest import ANY, MALFORMED, ROOT, Callers, caller
from tests.api.queries import counted
from tests.world import World

STATES = {
    "QUEUED": ("queue", "INITIALIZED"), "RUNNING": ("inprogress", "RUNNING"), "FAILED": ("error", "ERROR"),
    "CANCELLED": ("ABORTED", "ABORTED"), "DONE": ("COMPLETED", "COMPLETED"),
}  # fmt: skip


@pytest.fixture
def every(w: World) -> dict[str, Job]:
    """A job of each state, numbered from 1."""
    return {
        state: Job.all_objects.create(
            workspace=w.workspace, project=w.project, number=number, kind="export", state=state, progress=0.5,
            error="It broke." if state == "FAILED" else "", begun_at=timezone.now() if state == "RUNNING" else None,
            started_by=w.ann,
        )
        for number, state in enumerate(STATES, 1)
    }  # fmt: skip


def test_the_words_of_all_states(w: World, by: Callers, p: str, every: dict[str, Job]) -> None:
    """Fact 4: a decimal id, words of two lists, and always isBlocked."""
    for number, (state, (queue, status)) in enumerate(STATES.items(), 1):
        job = every[state]
        code = 303 if state == "DONE" else 200
        found = by.vera.get(f"{p}/jobs/{number}/", status=code)
        message = "It broke." if state == "FAILED" else ""
        assert found == {
            "id": str(number), "status": queue, "isBlocked": False, "jobType": "export", "message": message, "progress": 0.5,
            "modelId": None, "projectId": str(w.project.pk), "url": f"http://testserver{ROOT}{p}/jobs/{number}/",
        }  # fmt: skip
        found = by.vera.get(f"/status/{job.pk}/", status=code)
        assert found == {
            "statusId": str(job.pk), "status": status, "code": int(state == "FAILED"), "message": message, "description": "",
            "created": found["created"], "statusType": "export",
        }  # fmt: skip


def test_a_result_is_where_the_location_says(w: World, by: Callers, p: str, every: dict[str, Job]) -> None:
    """Fact 3: absolute links at the host that was asked."""
    for path in (f"{p}/jobs/5/", f"/status/{every['DONE'].pk}/"):
        answer = by.vera.raw("GET", path, headers={"Host": "127.0.0.1:8000"})
        assert answer.status_code == 303 and answer["Content-Type"] == "application/json"
        assert answer["Location"] == f"http://127.0.0.1:8000{ROOT}{p}/"
    answer = by.vera.raw("GET", f"{p}/jobs/5/", headers={"Host": "127.0.0.1:8000"})
    assert orjson.loads(answer.content)["url"] == f"http://127.0.0.1:8000{ROOT}{p}/jobs/5/"
    without = Job.all_objects.create(workspace=w.workspace, kind="backup", state="DONE")
    assert by.vera.get(f"/status/{without.pk}/")["status"] == "COMPLETED"


def test_lists(w: World, by: Callers, p: str, every: dict[str, Job]) -> None:
    with counted("datarobot jobs"):
        found = by.vera.get(f"{p}/jobs/")
    assert [job["id"] for job in found["jobs"]] == ["2", "1"]
    assert (found["count"], found["totalCount"], found["next"], found["previous"]) == (2, 2, None, None)
    for status, number in (("queue", "1"), ("inprogress", "2"), ("error", "3")):
        assert [job["id"] for job in by.vera.get(f"{p}/jobs/", f"status={status}")["jobs"]] == [number]
    by.vera.refused("GET", f"{p}/jobs/", 422, query="status=COMPLETED")
    with counted("datarobot statuses"):
        found = by.vera.get("/status/")
    assert [one["statusId"] for one in found["data"]] == [str(job.pk) for job in reversed(every.values())]
    assert by.otto.get("/status/")["data"] == []
    page = by.vera.get("/status/", "limit=2&offset=1")
    assert page["next"] == f"http://testserver{ROOT}/status/?limit=2&offset=3"
    assert page["previous"] == f"http://testserver{ROOT}/status/?limit=1&offset=0"


def test_cancel(w: World, by: Callers, p: str, every: dict[str, Job]) -> None:
    for number in (1, 2):
        by.vera.refused("DELETE", f"{p}/jobs/{number}/", 403)
    by.vera.refused("DELETE", f"/status/{every['QUEUED'].pk}/", 403)
    by.ann.delete(f"{p}/jobs/1/")
    assert by.ann.get(f"{p}/jobs/1/")["status"] == "ABORTED"
    by.max.delete(f"/status/{every['RUNNING'].pk}/")
    assert by.max.get(f"{p}/jobs/2/")["status"] == "inprogress"
    assert Job.all_objects.get(number=2).cancel_requested
    by.max.refused("DELETE", f"{p}/jobs/5/", 409)


def test_whom_and_what_there_is_not(w: World, by: Callers, p: str, every: dict[str, Job]) -> None:
    numbers: tuple[Any, ...] = ("0", "9", "-1", "1.0", "x", "%D9%A1", "9" * 18, "9" * 30, every["DONE"].pk)
    for number in numbers:
        by.vera.refused("GET", f"{p}/jobs/{number}/", 404)
        by.olga.refused("DELETE", f"{p}/jobs/{number}/", 404)
    for key in (*MALFORMED, ANY, "1"):
        by.olga.refused("GET", f"/status/{key}/", 404)
        by.olga.refused("DELETE", f"/status/{key}/", 404)
    for path in (f"{p}/jobs/", f"{p}/jobs/1/", f"/status/{every['DONE'].pk}/"):
        by.otto.refused("GET", path, 404)
        caller(None).refused("GET", path, 401)
