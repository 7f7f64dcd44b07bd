"""The calls about suggestions: their list for the labeling page, and the import of a file of predictions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import override_settings

from annotator.jobs import engine
from annotator.models import Job, Prediction, Upload
from tests import world as cast
from tests.web.client import get, json as read, post
from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_file_is_imported_and_its_suggestions_are_listed(w: World) -> None:
    base = f"/web/projects/{w.project.pk}"
    slot: Any = post(w.max, f"{base}/imports/slot")
    key = slot.json()["id"]
    result = {
        "image_id": w.images[0].number,
        "category_id": w.car.number,
        "bbox": [10, 20, 30, 40],
        "score": 0.25,
    }
    Upload.objects.filter(pk=key).update(
        state="stored", blob=cast.keep(json.dumps([result]).encode(), "application/json")
    )
    body = {"upload": key, "name": "results.json", "model": "Detector 2"}
    refused: Any = post(w.max, f"{base}/predictions/new", body | {"model": " "})
    assert (refused.status_code, refused.json()["field"]) == (400, "model")
    assert post(w.ann, f"{base}/predictions/new", body).status_code == 403
    assert post(w.otto, f"{base}/predictions/new", body).status_code == 404
    with override_settings(JOB_RUNNER="tests.web.test_media.nothing"):
        assert post(w.max, f"{base}/predictions/new", body).status_code == 200
    job = Job.objects.get(kind="import_predictions")
    assert engine.run(job.pk)
    page = get(w.max, f"/projects/{w.project.pk}/exports/").content.decode()
    assert "Import of suggestions" in page and "1 suggestion" in page
    path = f"/web/media/{w.images[0].pk}/suggestions"
    (shown,) = read(w.vera, path)["items"]
    row = Prediction.all_objects.get()
    assert shown == {
        "id": str(row.pk), "concept": str(w.car.pk), "box": [10, 20, 40, 60], "shape": "box", "points": None, "mask": None,
        "score": 0.25, "model": "Detector 2", "is_rejected": False,
    }  # fmt: skip
    assert get(w.otto, path).status_code == 404
    assert get(None, path).status_code == 401
