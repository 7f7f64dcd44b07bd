"""Jobs, exports, imports and tokens: start, follow, cancel, retry; tokens are shown once."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.test import Client, override_settings

from annotator.jobs import engine
from annotator.models import ApiToken, Dataset, Job, Label, Project, Upload
from annotator.services import blobs
from annotator.services.accounts import tokens
from tests import world as cast
from tests.web.client import browser, get, json, post, send
from tests.web.test_media import nothing
from tests.world import World

__all__ = ["nothing"]
COCO = b"""{"images": [{"id": 7, "file_name": "img 1.jpg", "width": 640, "height": 480}], "categories": [{"id": 3, "name": "bike"}],
"annotations": [{"id": 5, "image_id": 7, "category_id": 3, "bbox": [1, 2, 30, 40], "area": 1200, "iscrowd": 0, "segmentation": []}]}"""


def make_job(w: World, **fields: Any) -> Job:
    defaults = {
        "workspace": w.workspace,
        "project": w.project,
        "kind": "export",
        "number": 1,
        "started_by": w.rosa,
    }
    job: Job = Job.all_objects.create(**{**defaults, **fields})
    return job


def run_jobs() -> None:
    for job in Job.all_objects.filter(state="QUEUED"):
        engine.run(job.pk)


# -- jobs


def test_job_rows(w: World) -> None:
    make_job(
        w,
        state="RUNNING",
        progress=0.62,
        message="309 of 498 images",
        params={"format": "json_coco", "name": "week 46"},
    )
    make_job(
        w, number=2, kind="import_coco", state="FAILED", error="Line 8,114: label “van” is not a class here"
    )
    text = get(w.ann, "/jobs/").content.decode()
    for words in (
        "Export COCO",
        "Streets · week 46",
        "309 of 498 images",
        'aria-valuenow="62"',
        "label “van” is not a class here",
        "Running",
        "Failed",
    ):
        assert words in text
    failed = get(w.ann, "/jobs/?show=failed").content.decode()
    assert "Import" in failed
    assert "week 46" not in failed
    assert get(w.ann, "/jobs/?show=nonsense").status_code == 400
    assert get(w.ann, f"/jobs/?project={w.project.pk}&part=rows").content.decode().count("<tr") == 2


def test_jobs_of_strangers(w: World) -> None:
    job = make_job(w)
    assert str(job.pk) not in get(w.otto, "/jobs/").content.decode()
    assert get(w.otto, f"/jobs/?project={w.project.pk}").status_code == 404
    for path in ("", "/cancel", "/retry", "/undo"):
        ask = get if not path else post
        assert ask(w.otto, f"/web/jobs/{job.pk}{path}").status_code == 404


def test_cancel_and_try_again(w: World) -> None:
    job = make_job(w)
    assert post(w.ann, f"/web/jobs/{job.pk}/cancel").status_code == 403
    assert post(w.vera, f"/web/jobs/{job.pk}/retry").status_code == 403
    assert post(w.rosa, f"/web/jobs/{job.pk}/cancel").status_code == 200
    job.refresh_from_db()
    assert job.state == "CANCELLED"
    assert post(w.rosa, f"/web/jobs/{job.pk}/cancel").status_code == 409
    with override_settings(JOB_RUNNER="tests.web.test_media.nothing"):
        assert post(w.max, f"/web/jobs/{job.pk}/retry").status_code == 200
    job.refresh_from_db()
    assert job.state == "QUEUED"


def test_every_page_shows_the_number_of_running_jobs(w: World) -> None:
    make_job(w, state="RUNNING")
    make_job(w, number=2)
    assert "2 jobs running" in get(w.ann, "/account/").content.decode()
    assert "2 jobs running" not in get(w.otto, "/account/").content.decode()


def test_older_jobs_are_a_page_away(w: World) -> None:
    for number in range(1, 56):
        make_job(w, number=number)
    first = get(w.ann, "/jobs/").content.decode()
    assert first.count("data-key=") == 50
    assert "start=50" in first
    assert get(w.ann, "/jobs/?start=50").content.decode().count("data-key=") == 5


def test_a_full_queue_is_told_in_words(w: World, settings: Any) -> None:
    settings.QUOTA_JOBS = 1
    make_job(w, state="QUEUED", number=5)
    answer: Any = send(w.rosa, f"/web/projects/{w.project.pk}/exports/new", format="json_coco")
    assert answer.status_code == 429 and answer["Retry-After"] == "60"
    assert "its limit" in answer.content.decode()


# -- exports and imports


@override_settings(JOB_RUNNER="tests.web.test_media.nothing")
def test_an_export_from_form_to_file(w: World) -> None:
    cast.make_box(w.images[0], w.car, (1, 2, 31, 42))
    cast.make_box(w.images[1], w.person, (1, 2, 31, 42))
    url = f"/web/projects/{w.project.pk}/exports/new"
    answer: Any = send(w.rosa, url, **{"format": "json_coco", "name": "week 46", "class": str(w.car.pk)})
    assert answer.status_code == 200
    run_jobs()
    state = json(w.rosa, f"/web/jobs/{answer.json()['id']}")
    assert (state["state"], state["name"]) == ("DONE", "Export COCO")
    job = Job.all_objects.get(pk=answer.json()["id"])
    with blobs.store().open(job.artifact.sha256) as stream:
        archive = zipfile.ZipFile(io.BytesIO(stream.read()))
    assert b'"bbox":[1,2,30,40]' in archive.read("annotations.json").replace(b".0", b"")
    page = get(w.rosa, f"/projects/{w.project.pk}/exports/").content.decode()
    assert state["download"].split("?")[0] in page
    assert "week 46" in page


@pytest.mark.parametrize(("fields", "field"), [
    ({"format": "pdf"}, "format"), ({}, "format"), ({"format": "json_coco", "dataset": "x"}, "dataset"),
    ({"format": "semantic_png", "semantic_format": "rgb"}, "semantic_format"), ({"format": "semantic_png", "labels_order": "size"}, "labels_order"),
    ({"format": "yolo", "status_since": "yesterday"}, "status_since"), ({"format": "yolo", "status_since": "2026-11-30T10:00"}, "status_since"),
    ({"format": "json_coco", "class": "00000000-0000-0000-0000-000000000000"}, "class"), ({"format": "json_coco", "name": "x" * 101}, "export_name"),
])  # fmt: skip
def test_refused_exports(w: World, fields: dict[str, str], field: str) -> None:
    answer: Any = send(w.rosa, f"/web/projects/{w.project.pk}/exports/new", **fields)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert Job.all_objects.count() == 0


@override_settings(JOB_RUNNER="tests.web.test_media.nothing")
def test_the_options_of_an_export_reach_its_job(w: World) -> None:
    fields = {"format": "semantic_png", "semantic_format": "class_color", "labels_order": ["class_type", "", "z_index"],
              "status_since": "2026-11-30T10:00:00.000Z", "dataset": str(w.dataset.pk)}  # fmt: skip
    assert send(w.rosa, f"/web/projects/{w.project.pk}/exports/new", **fields).status_code == 200
    params = Job.all_objects.get().params
    assert (params["semantic_format"], params["labels_order"]) == ("class_color", ["class_type", "z_index"])
    assert params["selection"] == {
        "datasets": [str(w.dataset.pk)], "status_since": "2026-11-30T10:00:00+00:00",
    }  # fmt: skip


def test_the_size_of_an_export_is_told_before(w: World) -> None:
    cast.make_box(w.images[0], w.car, (1, 2, 31, 42))
    cast.make_box(w.images[1], w.person, (1, 2, 31, 42))
    url = f"/web/projects/{w.project.pk}/exports/preview"

    def sizes(**fields: str) -> Any:
        answer: Any = send(w.rosa, url, **fields)
        assert answer.status_code == 200
        return answer.json()

    assert sizes() == {"text": "3 images, 2 objects"}
    assert sizes(**{"class": str(w.car.pk)})["text"] == "3 images, 1 object"
    assert sizes(tag=str(w.sunny.pk))["text"] == "0 images, 0 objects"
    assert send(w.rosa, url, dataset="x").status_code == 400
    for user, code in ((w.vera, 403), (w.ann, 403), (w.otto, 404)):
        assert send(user, url).status_code == code
    assert Job.all_objects.count() == 0


@pytest.mark.parametrize(("who", "code"), [("vera", 403), ("ann", 403), ("otto", 404)])
def test_who_may_not_export_or_import(w: World, who: str, code: int) -> None:
    user, base = getattr(w, who), f"/web/projects/{w.project.pk}"
    assert send(user, f"{base}/exports/new", format="json_coco").status_code == code
    assert post(user, f"{base}/imports/slot").status_code == code
    held = Upload.objects.create(
        project=w.project, state="stored", blob=cast.keep(COCO), expires_at="2100-01-01T00:00Z"
    )
    body = {"upload": str(held.pk), "name": "a.json", "dataset": str(w.dataset.pk)}
    assert post(user, f"{base}/imports/new", body).status_code == code
    assert Job.all_objects.count() == 0


@override_settings(JOB_RUNNER="tests.web.test_media.nothing")
def test_an_import_into_a_dataset_with_its_report(w: World) -> None:
    base = f"/web/projects/{w.project.pk}/imports"
    slot: Any = post(w.max, f"{base}/slot")
    assert slot.json()["url"].startswith("/u/")
    Upload.objects.filter(pk=slot.json()["id"]).update(
        state="stored", blob=cast.keep(COCO, "application/json")
    )
    answer: Any = post(
        w.max, f"{base}/new", {"upload": slot.json()["id"], "name": "old.json", "dataset": str(w.dataset.pk)}
    )
    assert answer.status_code == 200, answer.content
    run_jobs()
    label = Label.all_objects.get(media=w.images[0])
    assert ((label.x0, label.y0, label.x1, label.y1), label.concept.name) == ((1, 2, 31, 42), "bike")
    page = get(w.max, f"/projects/{w.project.pk}/exports/").content.decode()
    assert "Streets · old.json" in page
    again = post(
        w.max, f"{base}/new", {"upload": slot.json()["id"], "name": "old.json", "dataset": str(w.dataset.pk)}
    )
    assert again.status_code == 400


def test_an_import_into_a_new_dataset_and_refusals(w: World) -> None:
    base = f"/web/projects/{w.project.pk}/imports"
    slot: Any = post(w.max, f"{base}/slot")
    key = slot.json()["id"]
    empty: Any = post(w.max, f"{base}/new", {"upload": key, "name": "a.json", "new_dataset": "Old"})
    assert (empty.status_code, empty.json()["field"]) == (400, "upload")
    assert not Dataset.objects.filter(name="Old").exists()
    Upload.objects.filter(pk=key).update(state="stored", blob=cast.keep(COCO, "application/json"))
    for body in ({"dataset": "x"}, {"dataset": None}, {"new_dataset": "Morning"}):
        assert post(w.max, f"{base}/new", {"upload": key, "name": "a.json", **body}).status_code == 400
    with override_settings(JOB_RUNNER="tests.web.test_media.nothing"):
        assert (
            post(w.max, f"{base}/new", {"upload": key, "name": "a.json", "new_dataset": "Old"}).status_code
            == 200
        )
    job = Job.objects.get(kind="import_coco")
    assert job.params["new_dataset"] == "Old" and not Dataset.objects.filter(name="Old").exists()
    assert engine.run(job.pk)
    assert Dataset.objects.filter(name="Old").exists()


# -- tokens


def test_a_token_is_shown_once_and_works(w: World) -> None:
    answer: Any = post(
        w.ann, "/tokens/new", {"name": "laptop", "limit": f"project:{w.project.pk}", "days": "30"}
    )
    row = ApiToken.all_objects.get(name="laptop")
    html = answer.json()["html"]
    assert "laptop" in answer.json()["list"]
    text = html.split('id="token-text" value="')[1].split('"')[0]
    assert text.startswith(f"{row.pk}.")
    assert tokens.actor_of(text).user_id == w.ann.pk
    assert f'X-Api-Key: {text}" ' in html.replace("&quot;", '"')
    assert "http://testserver/v1/projects" in html
    page = get(w.ann, "/tokens/").content.decode()
    assert "laptop" in page
    assert text not in page
    assert text.split(".")[1] not in page


def test_tokens_are_narrowed(w: World) -> None:
    post(w.ann, "/tokens/new", {"name": "a", "limit": f"workspace:{w.workspace.pk}", "days": ""})
    row = ApiToken.all_objects.get(name="a")
    assert (row.workspace_id, row.project_id, row.expires_at) == (w.workspace.pk, None, None)


@pytest.mark.parametrize(("fields", "code", "field"), [
    ({"name": ""}, 400, "name"), ({"days": "31"}, 400, "days"), ({"limit": "everything"}, 400, "limit"), ({"limit": ""}, 400, "limit"),
    ({"limit": "workspace:other"}, 404, None), ({"limit": "project:other"}, 404, None), ({"name": "a\x00"}, 400, "name"),
])  # fmt: skip
def test_refused_tokens(w: World, fields: dict[str, str], code: int, field: str | None) -> None:
    body = {"name": "x", "limit": f"workspace:{w.workspace.pk}", "days": "30", **fields}
    body["limit"] = (
        body["limit"]
        .replace("workspace:other", f"workspace:{w.other_workspace.pk}")
        .replace("project:other", f"project:{w.other_project().pk}")
    )
    answer: Any = post(w.ann, "/tokens/new", body)
    assert (answer.status_code, answer.json()["field"]) == (code, field)
    assert ApiToken.all_objects.count() == 0


def test_revoking(w: World) -> None:
    row, text = tokens.issue(user=w.ann, name="ann-key", workspace=w.workspace)
    assert post(w.otto, f"/tokens/{row.pk}/revoke").status_code == 404
    assert post(w.max, f"/tokens/{row.pk}/revoke").status_code == 403
    assert "ann-key" not in get(w.max, "/tokens/").content.decode()
    assert "ann-key" in get(w.olga, "/tokens/").content.decode()
    assert post(w.ann, f"/tokens/{row.pk}/revoke").status_code == 200
    with pytest.raises(Exception, match="unknown"):
        tokens.actor_of(text)


def test_a_token_opens_no_page(w: World) -> None:
    text = tokens.issue(user=w.ann, name="ann-key", workspace=w.workspace)[1]
    assert (
        browser().get("/", headers={"X-Api-Key": text, "Authorization": f"Bearer {text}"}).status_code == 302
    )


def test_writes_need_the_token_of_the_form(w: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(w.olga)
    assert client.post(f"/projects/{w.project.pk}/delete", {"confirm": w.project.name}).status_code == 403
    assert (
        client.post(
            f"/web/projects/{w.project.pk}/media/change", {}, content_type="application/json"
        ).status_code
        == 403
    )


@override_settings(JOB_RUNNER="tests.web.test_media.nothing")
def test_the_sample_project_is_a_click_away(w: World) -> None:
    url = f"/workspaces/{w.workspace.pk}/sample"
    assert post(w.ann, url).status_code == 403
    assert post(w.otto, url).status_code == 404
    assert post(w.max, url).status_code == 200
    run_jobs()
    made = Project.objects.get(workspace=w.workspace, name="Street scenes")
    assert made.media.count() > 5
    assert get(w.ann, f"/projects/{made.pk}/").status_code == 200
