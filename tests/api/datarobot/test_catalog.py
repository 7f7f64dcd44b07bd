"""Datasets of the catalog, projects made of them, and the quality logs of both."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import orjson
import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.client import MULTIPART_CONTENT, encode_multipart

from annotator.jobs import engine
from annotator.models import Dataset, Job, Media, Project, Tag
from annotator.services import blobs
from annotator.services.media import batches
from annotator.services.media.rows import NewImage
from api.handlers import admit
from tests.api.datarobot.conftest import ANY, MALFORMED, ROOT, Caller, Callers, caller
from tests.api.queries import counted
from tests.storage import pictures
from tests.world import World, actor, make_dataset, make_images, make_workspace

BOUNDARY = "BoUnDaRyStRiNg"
HOST = "http://testserver/api/v2"


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


def pets() -> bytes:
    files = {f"{kind}/{n}.jpg": pictures.jpeg(8 + n, 9) for kind in ("cats", "dogs") for n in range(2)}
    return archive(files | {"cats/page.jpg": pictures.HTML, "root.jpg": pictures.jpeg(20, 9)})


def form(name: str = "pets.zip", content: bytes = b"", part: str = "file", **texts: str) -> bytes:
    file = io.BytesIO(content)
    file.name = name
    return encode_multipart(BOUNDARY, {**texts, part: file})


def send(
    by: Caller, path: str, body: bytes, status: int = 202, kind: str = MULTIPART_CONTENT
) -> HttpResponse:
    answer = by.raw("POST", path, body, content_type=kind)
    assert answer.status_code == status, answer.content
    return answer


def run(answer: HttpResponse, by: Caller) -> dict[str, Any]:
    """Run the job whose status an answer names and return what stands at its result."""
    where = answer["Location"].removeprefix(HOST)
    assert where.startswith("/status/")
    job = Job.all_objects.get(pk=where.split("/")[2])
    assert orjson.loads(answer.content)["statusId"] == str(job.pk)
    assert by.get(where)["status"] == "INITIALIZED"
    assert engine.run(job.pk)
    job.refresh_from_db()
    assert job.state == "DONE", job.error
    found = by.raw("GET", where)
    assert found.status_code == 303
    return by.get(found["Location"].removeprefix(HOST))


def test_a_dataset_of_an_archive(w: World, by: Callers) -> None:
    with counted("datarobot datasets fromFile"):
        answer = send(by.max, "/datasets/fromFile/", form(content=pets()))
    said = orjson.loads(answer.content)
    assert said["catalogId"] == said["catalogVersionId"]
    path = f"/datasets/{said['catalogId']}/"
    assert by.vera.get(path)["processingState"] == "RUNNING"
    found = run(answer, by.max)
    with counted("datarobot dataset"):
        assert by.vera.get(path) == found
    dataset = Dataset.objects.select_related("project").get(pk=said["catalogId"])
    size = sum(Media.objects.filter(project=dataset.project).values_list("blob__size", flat=True))
    assert found == {
        "datasetId": str(dataset.pk), "versionId": str(dataset.pk), "name": "pets.zip", "categories": ["TRAINING", "PREDICTION"],
        "creationDate": found["creationDate"], "createdBy": "Max", "dataPersisted": True, "isDataEngineEligible": False,
        "isLatestVersion": True, "isSnapshot": True, "rowCount": 6, "sampleSize": None, "processingState": "COMPLETED",
        "datasetSize": size, "dataSourceType": "", "description": "", "error": "", "featureCount": 2,
        "lastModificationDate": found["lastModificationDate"], "lastModifierFullName": "Max", "uri": "pets.zip",
    }  # fmt: skip
    assert dataset.project.origin == "catalog" and dataset.project.workspace == w.workspace
    assert str(dataset.project.pk) not in str(by.max.get("/projects/"))
    names = Tag.all_objects.filter(media__project=dataset.project).values_list("concept__name", flat=True)
    assert sorted(names) == ["cats", "cats", "cats", "dogs", "dogs"]


def test_the_list_of_datasets(w: World, by: Callers) -> None:
    answers = [send(by.max, "/datasets/fromFile/", form(f"{n}.zip", pets())) for n in range(3)]
    run(answers[0], by.max)
    Job.all_objects.filter(pk=orjson.loads(answers[1].content)["statusId"]).update(state="FAILED")
    with counted("datarobot datasets"):
        found = by.vera.get("/datasets/")
    states = [(row["name"], row["processingState"], row["rowCount"]) for row in found["data"]]
    assert states == [("2.zip", "RUNNING", 0), ("1.zip", "ERROR", 0), ("0.zip", "COMPLETED", 6)]
    page = by.vera.get("/datasets/", "orderBy=created&limit=2&filterFailed=true")
    assert [row["name"] for row in page["data"]] == ["0.zip", "2.zip"]
    page = by.vera.get("/datasets/", "orderBy=created&limit=2")
    assert page["next"] == f"{HOST}/datasets/?orderBy=created&limit=2&offset=2"
    assert by.otto.get("/datasets/")["data"] == []
    for query in ("orderBy=name", "category=TEST", "filterFailed=perhaps", "limit=-1", "offset=x"):
        by.vera.refused("GET", "/datasets/", 422, query=query)


def test_a_project_of_a_dataset_shares_its_files(w: World, by: Callers) -> None:
    made = run(send(by.max, "/datasets/fromFile/", form(content=pets())), by.max)
    with counted("datarobot project of a dataset"):
        answer = by.max.raw("POST", "/projects/", {"projectName": "Pets", "datasetId": made["datasetId"]})
    assert answer.status_code == 202, answer.content
    found = run(answer, by.max)
    assert (found["projectName"], found["stage"]) == ("Pets", "aim")
    assert found["id"] == orjson.loads(answer.content)["pid"]
    assert found["catalogId"] == found["catalogVersionId"] == made["datasetId"]
    assert Media.objects.filter(project=found["id"]).count() == 6
    twice = {"datasetId": made["datasetId"], "datasetVersionId": made["versionId"]}
    assert run(by.max.raw("POST", "/projects/", twice), by.max)["projectName"] == "pets.zip"


def test_a_dataset_is_renamed_and_deleted(w: World, by: Callers) -> None:
    made = run(send(by.max, "/datasets/fromFile/", form(content=pets())), by.max)
    project = run(by.max.raw("POST", "/projects/", {"datasetId": made["datasetId"]}), by.max)
    path = f"/datasets/{made['datasetId']}/"
    with counted("datarobot dataset update"):
        found = by.max.patch(path, {"name": "Animals", "categories": ["TRAINING"]})
    assert (found["name"], found["categories"]) == ("Animals", ["TRAINING", "PREDICTION"])
    assert Dataset.objects.select_related("project").get(pk=made["datasetId"]).project.name == "Animals"
    assert by.max.patch(path, {}) == by.vera.get(path) == found
    bodies: list[Any] = [{"name": ""}, {"name": 7}, {"name": "x" * 501}, {"categories": ["TEST"]}, {"categories": "TRAINING"}, []]  # fmt: skip
    for body in bodies:
        by.max.refused("PATCH", path, 422, body)
    for asking in (by.vera, by.ann, by.rosa):
        asking.refused("PATCH", path, 403, {"name": "B"})
        asking.refused("DELETE", path, 403)
    by.otto.refused("PATCH", path, 404, {"name": "B"})
    by.otto.refused("DELETE", path, 404)
    with counted("datarobot dataset delete"):
        by.max.delete(path)
    by.max.refused("GET", path, 404)
    by.max.refused("DELETE", path, 404)
    assert by.max.get("/datasets/")["data"] == []
    assert Media.objects.filter(project=project["id"]).count() == 6
    by.max.patch(f"/datasets/{w.dataset.pk}/", {"name": "Night"})
    w.dataset.refresh_from_db()
    assert w.dataset.name == "Night"


def test_a_project_of_an_archive_keeps_its_name(w: World, by: Callers) -> None:
    found = run(send(by.max, "/projects/", form(content=pets(), projectName="Zoo")), by.max)
    assert (found["projectName"], found["stage"]) == ("Zoo", "aim")
    assert run(send(by.max, "/projects/", form(content=pets())), by.max)["projectName"] == "pets.zip"
    late = form(content=pets()).replace(b"--BoUnDaRyStRiNg--\r\n", b"")
    late += b'--BoUnDaRyStRiNg\r\nContent-Disposition: form-data; name="projectName"\r\n\r\nLate\r\n--BoUnDaRyStRiNg--\r\n'
    assert run(send(by.max, "/projects/", late), by.max)["projectName"] == "Late"


FORMS: dict[str, tuple[bytes, str, int]] = {
    "no archive": (form(content=b"a,b\n1,2\n"), MULTIPART_CONTENT, 422),
    "nothing": (form(content=b""), MULTIPART_CONTENT, 422),
    "three bytes": (form(content=b"PK\3"), MULTIPART_CONTENT, 422),
    "another part": (form(content=b"PK\3\4", part="data"), MULTIPART_CONTENT, 422),
    "cut off": (form(content=pets())[:90], MULTIPART_CONTENT, 422),
    "no boundary": (form(content=pets()), "multipart/form-data", 422),
    "a long name": (form(content=pets(), projectName="x" * 70_000), MULTIPART_CONTENT, 422),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms_that_are_refused(w: World, by: Callers, name: str) -> None:
    body, kind, status = FORMS[name]
    for path in ("/datasets/fromFile/", "/projects/"):
        answer = send(by.max, path, body, status, kind)
        assert set(orjson.loads(answer.content)) == {"message"}
    assert not Dataset.all_objects.filter(project__origin="catalog").exists()
    assert not Job.all_objects.exists()


def test_two_files_and_a_name_that_is_not_text(w: World, by: Callers) -> None:
    part = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\nPK\3\4\r\n'
    wrong = b'--B\r\nContent-Disposition: form-data; name="projectName"\r\n\r\n\xff\xfe\r\n'
    for body in (part + part + b"--B--\r\n", wrong + part + b"--B--\r\n"):
        send(by.max, "/projects/", body, 422, "multipart/form-data; boundary=B")
    by.max.refused("POST", "/datasets/fromFile/", 415)
    by.max.refused("POST", "/projects/", 422)
    assert "multipart/form-data" in by.max.refused("POST", "/datasets/fromFile/", 415, {"file": "x"})


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "no images"),
        ({"../a.jpg": b"1"}, "leads out of the archive"),
        ({f"{n}.jpg": b"1" for n in range(6)}, "the limit is 5"),
        ({"a.jpg": b"\0" * (110 * 1024 * 1024)}, "far more"),
    ],
    ids=["empty", "paths", "too many", "bomb"],
)
def test_hostile_archives_end_as_errors_of_their_status(
    w: World, by: Callers, settings: Any, files: dict[str, bytes], words: str
) -> None:
    settings.MAX_ARCHIVE_FILES = 5
    answer = send(by.max, "/datasets/fromFile/", form(content=archive(files)))
    said = orjson.loads(answer.content)
    assert engine.run(Job.all_objects.get(pk=said["statusId"]).pk)
    found = by.max.get(answer["Location"].removeprefix(HOST))
    assert (found["status"], found["code"], words in found["message"]) == ("ERROR", 1, True), found
    dataset = by.max.get(f"/datasets/{said['catalogId']}/")
    assert (dataset["processingState"], dataset["rowCount"], words in dataset["error"]) == ("ERROR", 0, True)


def test_projects_that_are_refused(w: World, by: Callers, settings: Any) -> None:
    dataset = str(w.dataset.pk)
    bodies: list[Any] = [
        {}, [], {"projectName": "A"}, {"datasetId": "x"}, {"datasetId": dataset, "url": "https://example.com/a.zip"},
        {"datasetId": dataset, "datasetVersionId": ANY}, {"datasetId": dataset, "projectName": ""}, {"url": ""},
        {"datasetId": dataset, "projectName": "x" * 201}, {"url": "ftp://example.com/a.zip"}, {"url": "file:///etc/passwd"},
        {"url": "http://127.0.0.1/a.zip"}, {"url": "http://169.254.169.254/latest"}, {"url": "http://[::1]/"},
        {"url": "http://user:word@example.com/a.zip"}, {"url": "http://10.0.0.1/a.zip"}, {"url": "nonsense"}, {"url": 1},
    ]  # fmt: skip
    for body in bodies:
        by.max.refused("POST", "/projects/", 422, body)
    by.max.refused("POST", "/projects/", 404, {"datasetId": ANY})
    stranger = make_dataset(w.other_project(), "Secret")
    by.max.refused("POST", "/projects/", 404, {"datasetId": str(stranger.pk)})
    videos = make_dataset(
        Project.objects.create(workspace=w.workspace, name="V", ref="v", content_type="VIDEOS"), "V"
    )
    by.max.refused("POST", "/projects/", 422, {"datasetId": str(videos.pk)})
    assert Project.objects.filter(workspace=w.workspace).count() == 2


def test_who_may_make_what(w: World, by: Callers) -> None:
    for asking in (by.vera, by.ann, by.rosa):
        for path in ("/datasets/fromFile/", "/projects/"):
            send(asking, path, form(content=pets()), 403)
        asking.refused("POST", "/projects/", 403, {"datasetId": str(w.dataset.pk)})
    make_workspace("second", manager=w.max)
    assert "several workspaces" in str(send(by.max, "/projects/", form(content=pets()), 422).content)
    assert "several workspaces" in str(send(by.max, "/datasets/fromFile/", form(content=pets()), 422).content)
    limited = caller(w.token(w.max, workspace=w.workspace))
    send(limited, "/datasets/fromFile/", form(content=pets()))
    for key in (*MALFORMED, ANY, str(make_dataset(w.other_project(), "Secret").pk)):
        for tail in ("", "imagesDataQualityLog/", "imagesDataQualityLog/file/"):
            by.max.refused("GET", f"/datasets/{key}/{tail}", 404)


@pytest.fixture
def findings(w: World) -> list[str]:
    """Broken images in the cast's project; return the codes that the log has."""
    files = {"empty ä.jpg": b"", "page.jpg": pictures.HTML, "turned.jpg": pictures.turned_jpeg()}
    new = [NewImage(w.dataset, name, blobs.put_bytes(data)) for name, data in files.items()]
    batches.create_many(actor=actor(w.max), project=w.project, images=new)
    return ["zero_bytes", "not_an_image", "exif_rotated"]


def test_the_quality_log_of_a_project_and_of_a_dataset(
    w: World, by: Callers, p: str, findings: list[str]
) -> None:
    for path in (p, f"/datasets/{w.dataset.pk}"):
        with counted(f"datarobot quality log of a {'project' if path == p else 'dataset'}"):
            found = by.vera.get(f"{path}/imagesDataQualityLog/")
        assert (found["totalCount"], found["count"], found["next"], found["previous"]) == (4, 4, None, None)
        assert found["data"][0] == "SUMMARY rows=6 findings=3 errors=2 warnings=0 infos=1"
        assert [line.rpartition("(")[2][:-1] for line in found["data"][1:]] == findings
        pages = [by.vera.get(f"{path}/imagesDataQualityLog/", f"limit=1&offset={n}") for n in range(6)]
        assert [line for page in pages for line in page["data"]] == found["data"]
        assert {page["totalCount"] for page in pages} == {4}
        assert pages[1]["next"] == f"{HOST}{path}/imagesDataQualityLog/?limit=1&offset=2"
        with counted(f"datarobot quality log file of a {'project' if path == p else 'dataset'}"):
            file = by.vera.raw("GET", f"{path}/imagesDataQualityLog/file/")
            text = b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
        assert text.splitlines() == found["data"]
        assert file["Content-Type"].partition(";")[0] == "text/plain"
        assert file["Content-Disposition"] == "attachment;filename=streets-quality-log.txt"
        for query in ("limit=-1", "offset=-1", "limit=x", "offset=1.5", "limit=0"):
            by.vera.refused("GET", f"{path}/imagesDataQualityLog/", 422, query=query)


def test_a_log_is_as_cheap_for_many_findings(w: World, by: Callers, p: str, findings: list[str]) -> None:
    make_images(w.dataset, 30, start=50, width=4, height=4)
    with counted("datarobot quality log of a project"):
        by.vera.get(f"{p}/imagesDataQualityLog/")


def test_a_project_without_images_has_no_log(w: World, by: Callers, p: str) -> None:
    Media.all_objects.filter(project=w.project).update(trashed_at=w.images[0].created_at)
    for tail in ("imagesDataQualityLog/", "imagesDataQualityLog/file/"):
        by.vera.refused("GET", f"{p}/{tail}", 422)
    assert by.vera.get(f"/datasets/{w.dataset.pk}/imagesDataQualityLog/")["totalCount"] == 1


def test_a_large_archive_is_taken_and_other_bodies_are_not(w: World, by: Callers, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 123_456_789
    token = by.max.headers["Authorization"]
    for path, kind, limit in (
        ("/datasets/fromFile/", "multipart/form-data; boundary=x", 123_456_789),
        ("/projects/", "multipart/form-data; boundary=x", 123_456_789),
        ("/projects/", "application/json", settings.MAX_JSON_BYTES),
        ("/datasets/fromFile/", "application/json", settings.MAX_JSON_BYTES),
    ):
        request = RequestFactory().generic(
            "POST", f"{ROOT}{path}", b"x", kind, headers={"Authorization": token}
        )
        admission = admit(request)
        assert admission is not None
        assert (admission.limit, admission.is_parsed) == (limit, kind == "application/json")
