"""What a request has read is freed with it: waiting for the garbage collector, ten bodies of 8 MB take a gigabyte."""

from __future__ import annotations

import gc
import json
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from tests.world import World

LABELS, POINTS = 20, 600


def test_the_values_of_a_refused_body_do_not_outlive_the_request(w: World) -> None:
    ring = [[x * 7 % 640 + 0.25, x * 3 % 480 + 0.75] for x in range(POINTS)]
    body: list[dict[str, Any]] = [{"class_id": str(w.car.pk), "polygon": ring} for _ in range(LABELS)]
    body[-1]["bbox"] = "not a box"
    path = f"/v1/projects/{w.project.pk}/images/{w.images[2].pk}/labels"
    key, data = w.token(w.max, workspace=w.workspace), json.dumps(body)
    handler: Any = WSGIHandler()
    handler.load_middleware()
    statuses = []

    def ask() -> None:
        request = RequestFactory().post(
            path, data, content_type="application/json", headers={"X-Api-Key": key}
        )
        statuses.append(handler.get_response(handler.request_class(request.environ)).status_code)

    ask()
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        ask()
        assert len(gc.get_objects()) - before < LABELS * POINTS / 10
    finally:
        gc.enable()
    assert statuses == [400] * 2
