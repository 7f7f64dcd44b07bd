"""The media grid: filters in the URL, windows, shapes over tiles; bulk changes with undo, at once and by a job."""

from __future__ import annotations

import json as jsonlib
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from annotator.jobs import engine
from annotator.models import DatasetItem, Event, Job, Media, MediaStatus, Tag
from annotator.web.selectors import progress, tiles
from tests import world as cast
from tests.web.client import browser, get, json, post
from tests.world import World


def call(w: World, path: str) -> str:
    return f"/web/projects/{w.project.pk}/{path}"


def status(w: World, base: str) -> MediaStatus:
    found: MediaStatus = MediaStatus.all_objects.get(project=w.project, base=base)
    return found


def state_of(media: Media) -> str:
    return str(Media.all_objects.values_list("status__base", flat=True).get(pk=media.pk))


def run_jobs() -> None:
    """Run what waits, as a worker would."""
    for job in Job.all_objects.filter(state="QUEUED"):
        engine.run(job.pk)


# -- the page and its windows


def test_tiles_come_with_the_page_and_more_on_demand(w: World) -> None:
    cast.make_images(w.dataset, 60, start=10)
    page = get(w.ann, f"/projects/{w.project.pk}/media/").content.decode()
    assert page.count('class="tile"') == tiles.FIRST
    window = json(w.ann, call(w, "tiles?start=36&limit=100&count=1"))
    assert (len(window["items"]), window["total"]) == (27, 63)
    assert window["items"][0]["n"] == "img 43.jpg"


def test_going_on_behind_an_image_is_the_same_window(w: World) -> None:
    cast.make_images(w.dataset, 20, start=10)
    first = json(w.ann, call(w, "tiles?limit=7"))["items"]
    by_place = json(w.ann, call(w, "tiles?start=7&limit=7"))["items"]
    behind = json(w.ann, call(w, f"tiles?start=7&limit=7&after={first[-1]['id']}"))["items"]
    assert by_place == behind
    assert len(behind) == 7


def test_a_list_whose_end_is_seen_is_not_counted(w: World) -> None:
    def counts(path: str) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as asked:
            found = json(w.ann, call(w, f"tiles?count=1&{path}"))["total"]
        return found, sum('COUNT(*) AS "__count" FROM "annotator_media"' in one["sql"] for one in asked)

    assert counts("limit=100") == (3, 0)
    assert counts("start=2&limit=100") == (3, 0)
    assert counts("name=nothing&limit=100") == (0, 0)
    assert counts("limit=3") == (3, 1)
    assert counts("start=7&limit=3") == (3, 1), "behind the end nothing is known"


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the words of SQLite's plans")
def test_progress_is_one_walk_along_the_index_of_states(w: World) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert progress.of_projects([w.project.pk])[w.project.pk].total == 3
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]['sql']}")
        plan = " ".join(row[3] for row in cursor.fetchall())
    assert "media_by_status" in plan and "TEMP B-TREE" not in plan


def test_tiles_read_what_they_show_at_once(w: World) -> None:
    with CaptureQueriesContext(connection) as three:
        tiles.tiles_of(w.project.pk, [image.pk for image in w.images])
    more = cast.make_images(w.dataset, 20, start=10)
    with CaptureQueriesContext(connection) as many:
        assert len(tiles.tiles_of(w.project.pk, [image.pk for image in more])) == 20
    assert len(three) == len(many) == 4


def test_a_tile_says_what_is_needed(w: World) -> None:
    cast.make_box(w.images[0], w.car, (1, 2, 3, 4))
    Media.all_objects.filter(pk=w.images[1].pk).update(health="ERROR", health_reason="Cut off after 312 KB.")
    first, second, _ = json(w.ann, call(w, "tiles"))["items"]
    assert (first["n"], first["c"], first["s"], first["w"]) == ("img 1.jpg", 1, "new", "New")
    assert first["t"].startswith("/m/")
    assert (second["x"], second["t"]) == ("Cut off after 312 KB.", None)


@pytest.mark.parametrize(("query", "expected"), [
    ("", {1, 2, 3}), ("status=DONE", {2}), ("class=car", {1, 3}), ("class=car&class=person", {1, 2, 3}),
    ("tag=sunny", {3}), ("name=IMG 2", {2}), ("dataset=Evening", {3}), ("class=car&dataset=Evening", {3}),
    ("health=ERROR", {1}), ("name=nothing", set()), ("status=DONE&class=car", set()),
])  # fmt: skip
def test_filters(w: World, query: str, expected: set[int]) -> None:
    one, two, three = w.images
    evening = cast.make_dataset(w.project, "Evening")
    DatasetItem.all_objects.filter(media=three).update(dataset=evening)
    Media.all_objects.filter(pk=one.pk).update(health="ERROR")
    Media.all_objects.filter(pk=two.pk).update(status=status(w, "DONE"))
    cast.make_box(one, w.car, (1, 2, 3, 4))
    cast.make_box(two, w.person, (1, 2, 3, 4))
    cast.make_box(three, w.car, (1, 2, 3, 4))
    Tag.all_objects.create(project=w.project, media=three, concept=w.sunny)
    ids = {
        "DONE": status(w, "DONE").pk,
        "car": w.car.pk,
        "person": w.person.pk,
        "sunny": w.sunny.pk,
        "Evening": evening.pk,
    }
    for word, key in ids.items():
        query = query.replace(f"={word}", f"={key}")
    found = {
        int(item["n"].split()[1].split(".")[0]) for item in json(w.ann, call(w, f"tiles?{query}"))["items"]
    }
    assert found == expected
    page = get(w.ann, f"/projects/{w.project.pk}/media/?{query}").content.decode()
    assert page.count('class="chip filter"') == len({part.split("=")[0] for part in query.split("&") if part})


@pytest.mark.parametrize("query", [
    "status=nonsense", "start=-1", "start=x", "limit=101", "start=99999999999999999999", "health=SICK", "name=%00",
    "class=" + "0" * 36, "start=1.5", "name=" + "x" * 300, "labeled=1", "sort=size",
])  # fmt: skip
def test_invalid_filters_are_rejected(w: World, query: str) -> None:
    page = get(w.ann, f"/projects/{w.project.pk}/media/?{query}")
    answer: Any = get(w.ann, call(w, f"tiles?{query}"))
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert page.status_code == (200 if query.startswith("limit") else 400)


def test_labeled_and_unlabeled(w: World) -> None:
    one, two, _ = w.images
    cast.make_box(one, w.car, (1, 2, 3, 4))
    Tag.all_objects.create(project=w.project, media=two, concept=w.sunny)
    labeled, unlabeled = (json(w.ann, call(w, f"tiles?labeled={word}"))["items"] for word in ("yes", "no"))
    assert [tile["n"] for tile in labeled] == ["img 1.jpg", "img 2.jpg"]
    assert [tile["n"] for tile in unlabeled] == ["img 3.jpg"]
    page = get(w.ann, f"/projects/{w.project.pk}/media/?labeled=no&sort=-name").content.decode()
    assert 'class="chip filter"><span class="clip" title="Unlabeled"' in page
    assert f'href="/projects/{w.project.pk}/next?labeled=no&amp;sort=-name"' in page


@pytest.mark.parametrize("order", ["", "name", "-name", "created", "-created", "updated", "-updated"])
def test_windows_follow_the_order(w: World, order: str) -> None:
    cast.make_images(w.dataset, 20, start=10)
    everything = json(w.ann, call(w, f"tiles?sort={order}&limit=100"))["items"]
    behind = json(w.ann, call(w, f"tiles?sort={order}&start=7&limit=7&after={everything[6]['id']}"))["items"]
    assert behind == everything[7:14]
    page = get(w.ann, f"/projects/{w.project.pk}/media/?sort={order}").content.decode()
    assert "chip filter" not in page
    assert page.index(everything[0]["n"]) < page.index(everything[-1]["n"])


def test_label_these_opens_the_first_of_the_list(w: World) -> None:
    cast.make_box(w.images[0], w.car, (1, 2, 3, 4))
    path = f"/projects/{w.project.pk}/next"
    opened = get(w.ann, f"{path}?labeled=no&sort=-name")
    assert opened.headers["Location"] == f"/label/{w.images[2].pk}/?labeled=no&sort=-name"
    assert get(w.ann, f"{path}?name=zzz").headers["Location"] == f"/projects/{w.project.pk}/media/?name=zzz"
    assert get(w.ann, path).headers["Location"] == f"/label/{w.images[0].pk}/"


def test_the_labeling_page_follows_an_order_that_stays(w: World) -> None:
    def listed(sort: str) -> str:
        page = get(w.ann, f"/label/{w.images[0].pk}/?sort={sort}")
        return str(page.context["boot"]["filter"])

    assert (listed("-created"), listed("-name"), listed("-updated")) == ("sort=-created", "sort=-name", "")


def test_no_matches_offers_to_clear_filters(w: World) -> None:
    assert "No matching images" in get(w.ann, f"/projects/{w.project.pk}/media/?name=zzz").content.decode()


@pytest.mark.parametrize("path", ["tiles", "overlays?ids=", "media-ids", "tiles?ids="])
def test_strangers_get_nothing(w: World, path: str) -> None:
    suffix = str(w.images[0].pk) if path.endswith("=") else ""
    assert get(w.otto, call(w, path + suffix)).status_code == 404


def test_other_projects_media_are_left_out(w: World) -> None:
    theirs = cast.make_images(cast.make_dataset(cast.make_project(w.workspace, "Second"), "Set"), 1)[0]
    cast.make_box(theirs, w.car, (1, 2, 3, 4))
    assert json(w.ann, call(w, f"tiles?ids={theirs.pk}"))["items"] == []
    assert json(w.ann, call(w, f"overlays?ids={theirs.pk}")) == {}


@pytest.mark.parametrize("ids", ["x", ",".join([str(uuid.UUID(int=7))] * 201)])
def test_wrong_id_lists(w: World, ids: str) -> None:
    assert get(w.ann, call(w, f"overlays?ids={ids}")).status_code == 400


def test_ids_of_a_range(w: World) -> None:
    body = json(w.ann, call(w, "media-ids?start=1&limit=2"))
    assert body["ids"] == [str(image.pk) for image in w.images[1:]]


# -- shapes over tiles


def test_shapes_are_scaled_paths_per_class(w: World) -> None:
    cast.make_box(w.images[0], w.car, (64, 48, 320, 240))
    cast.make_box(w.images[0], w.car, (0, 0, 640, 480), origin="model", score=0.5)
    ring = [
        [[[0.0, 0.0], [0.4, 0.1], [320.0, 0.0], [320.0, 240.0]], [[10.0, 10.0], [60.0, 10.0], [60.0, 60.0]]]
    ]
    cast.make_box(w.images[0], w.person, (0, 0, 320, 240), shape="polygon", points=jsonlib.dumps(ring))
    found = json(w.ann, call(w, f"overlays?ids={w.images[0].pk},{w.images[1].pk}"))
    assert list(found) == [str(w.images[0].pk)]
    overlay = found[str(w.images[0].pk)]
    assert (overlay["w"], overlay["h"]) == (320, 240)
    assert sorted(overlay["p"], key=lambda path: path[3]) == [
        [0, "#e5484d", True, "M0 0H320V240H0Z"],
        [0, "#30a46c", False, "M0 0L160 0L160 120ZM5 5L30 5L30 30Z"],
        [0, "#e5484d", False, "M32 24H160V120H32Z"],
    ]


def test_named_outlines_are_drawn_as_they_are(w: World) -> None:
    lines = {
        "rotated_box": [[[[100.0, 0.0], [200.0, 100.0], [100.0, 200.0], [0.0, 100.0]]]],
        "polyline": [[[[0.0, 0.0], [100.0, 40.0], [0.0, 0.0]]]],
    }
    for shape, points in lines.items():
        cast.make_box(w.images[0], w.car, (0, 0, 200, 200), shape=shape, points=jsonlib.dumps(points))
    [path] = json(w.ann, call(w, f"overlays?ids={w.images[0].pk}"))[str(w.images[0].pk)]["p"]
    assert set(path[3].split("Z")) == {"M50 0L100 50L50 100L0 50", "M0 0L50 20L0 0", ""}


def test_only_the_largest_shapes_are_drawn(w: World) -> None:
    for number in range(90):
        cast.make_box(w.images[0], w.car, (0, 0, 2 + number, 2 + number))
    path = json(w.ann, call(w, f"overlays?ids={w.images[0].pk}"))[str(w.images[0].pk)]["p"][0][3]
    assert path.count("M") == 80


# -- changing many


def change(w: World, user: Any, **body: Any) -> Any:
    return post(user, call(w, "media/change"), body)


def undo(user: Any, answer: Any) -> Any:
    named = answer.json()["undo"]
    return post(user, named["url"], named["body"])


def test_status_with_undo(w: World) -> None:
    Media.all_objects.filter(pk=w.images[1].pk).update(status=status(w, "SKIPPED"))
    ids = [str(image.pk) for image in w.images]
    answer = change(w, w.rosa, what="status", target=str(status(w, "DONE").pk), ids=ids)
    assert answer.json()["toast"] == "3 images changed"
    assert [state_of(image) for image in w.images] == ["DONE"] * 3
    assert undo(w.rosa, answer).status_code == 200
    assert [state_of(image) for image in w.images] == ["NEW", "SKIPPED", "NEW"]


def test_media_that_the_role_cannot_change_are_reported(w: World) -> None:
    Media.all_objects.filter(pk=w.images[0].pk).update(status=status(w, "DONE"))
    Media.all_objects.filter(pk=w.images[1].pk).update(is_frozen=True)
    ids = [str(image.pk) for image in w.images]
    answer = change(w, w.ann, what="status", target=str(status(w, "SKIPPED").pk), ids=ids)
    assert answer.json()["toast"] == "1 image changed, 2 unchanged"
    assert [state_of(image) for image in w.images] == ["DONE", "NEW", "SKIPPED"]


def test_undo_restores_a_status_that_the_role_cannot_set(w: World) -> None:
    Media.all_objects.filter(pk=w.images[0].pk).update(status=status(w, "AUTO-LABELLED"))
    answer = change(w, w.ann, what="status", target=str(status(w, "TO REVIEW").pk), ids=[str(w.images[0].pk)])
    undo(w.ann, answer)
    assert state_of(w.images[0]) == "AUTO-LABELLED"


def test_undo_leaves_what_somebody_changed_since(w: World) -> None:
    ids = [str(image.pk) for image in w.images[:2]]
    answer = change(w, w.ann, what="status", target=str(status(w, "SKIPPED").pk), ids=ids)
    change(w, w.rosa, what="status", target=str(status(w, "DONE").pk), ids=ids[:1])
    undo(w.ann, answer)
    assert [state_of(image) for image in w.images[:2]] == ["DONE", "NEW"]


def test_changes_of_others_cannot_be_undone(w: World) -> None:
    answer = change(w, w.ann, what="status", target=str(status(w, "SKIPPED").pk), ids=[str(w.images[0].pk)])
    assert undo(w.rosa, answer).status_code == 404
    assert state_of(w.images[0]) == "SKIPPED"


def test_move_with_undo(w: World) -> None:
    evening = cast.make_dataset(w.project, "Evening")
    ids = [str(image.pk) for image in w.images[:2]]
    answer = change(w, w.max, what="move", target=str(evening.pk), ids=ids)
    assert DatasetItem.objects.filter(dataset=evening).count() == 2
    undo(w.max, answer)
    assert DatasetItem.objects.filter(dataset=w.dataset).count() == 3


def test_delete_with_undo(w: World) -> None:
    answer = change(w, w.max, what="delete", ids=[str(w.images[0].pk)])
    assert len(json(w.ann, call(w, "tiles"))["items"]) == 2
    undo(w.max, answer)
    assert len(json(w.ann, call(w, "tiles"))["items"]) == 3


@pytest.mark.parametrize(("who", "what", "code"), [
    ("vera", "status", 403), ("vera", "delete", 403), ("ann", "delete", 403), ("ann", "move", 403), ("rosa", "move", 403),
    ("otto", "status", 404), ("otto", "delete", 404),
])  # fmt: skip
def test_who_may_not(w: World, who: str, what: str, code: int) -> None:
    target = {"status": status(w, "SKIPPED").pk, "move": w.dataset.pk, "delete": None}[what]
    answer = change(
        w, getattr(w, who), what=what, target=str(target) if target else None, ids=[str(w.images[0].pk)]
    )
    assert answer.status_code == code
    assert state_of(w.images[0]) == "NEW"


@pytest.mark.parametrize("body", [
    {}, {"what": "burn"}, {"what": "delete", "ids": []}, {"what": "delete", "ids": ["x"]}, {"what": "delete", "ids": "all"},
    {"what": "status", "ids": ["I"]}, {"what": "status", "target": "x", "ids": ["I"]}, {"what": "status", "target": "U", "ids": ["I"]},
    {"what": "move", "target": "U", "ids": ["I"]}, {"what": "delete", "target": "U", "ids": ["I"]},
    {"what": "delete", "all": True, "query": "status=x"}, {"what": ["delete"], "ids": ["I"]},
])  # fmt: skip
def test_malformed_changes(w: World, body: dict[str, Any]) -> None:
    text = jsonlib.dumps(body).replace('"I"', f'"{w.images[0].pk}"').replace('"U"', f'"{uuid.uuid4()}"')
    answer = change(w, w.max, **jsonlib.loads(text))
    assert answer.status_code == 400, answer.content
    assert Event.all_objects.filter(kind__startswith="media.").count() == 0


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'"x"', b"\xff", b"null"])
def test_bodies_that_are_not_objects(w: World, raw: bytes) -> None:
    answer = browser(w.max).post(call(w, "media/change"), raw, content_type="application/json")
    assert answer.status_code == 400


def test_media_of_another_project_are_not_touched(w: World) -> None:
    theirs = cast.make_images(cast.make_dataset(w.other_project(), "Set"), 1)[0]
    answer = change(w, w.max, what="delete", ids=[str(theirs.pk)])
    assert answer.json()["changed"] == 0
    assert Media.objects.filter(pk=theirs.pk).exists()


def test_too_many_named_ones(w: World) -> None:
    answer = change(w, w.max, what="delete", ids=[str(uuid.UUID(int=n)) for n in range(10_001)])
    assert answer.status_code == 413


def test_all_matching_at_once(w: World) -> None:
    body = {
        "what": "delete",
        "all": True,
        "query": f"dataset={w.dataset.pk}",
        "except": [str(w.images[1].pk)],
    }
    answer = change(w, w.max, **body)
    assert answer.json()["changed"] == 2
    assert [item["n"] for item in json(w.ann, call(w, "tiles"))["items"]] == ["img 2.jpg"]


@override_settings(JOB_RUNNER="tests.web.test_media.nothing")
def test_all_matching_by_a_job_and_its_undo(w: World) -> None:
    cast.make_images(w.dataset, 250, start=10)
    answer = change(w, w.rosa, what="status", target=str(status(w, "DONE").pk), all=True, query="")
    body = answer.json()
    assert body["undo"] is None
    assert Media.objects.filter(status=status(w, "DONE")).count() == 0
    run_jobs()
    assert Media.objects.filter(status=status(w, "DONE")).count() == 253
    told = json(w.rosa, f"/web/jobs/{body['job']}")
    assert (told["state"], told["text"]) == ("DONE", "253 images changed")
    assert post(w.rosa, told["undo"]["url"], {}).status_code == 200
    run_jobs()
    assert Media.objects.filter(status=status(w, "NEW")).count() == 253
    assert post(w.rosa, told["undo"]["url"], {}).status_code == 404


def nothing(job_id: uuid.UUID) -> None:
    """The queue of tests that run jobs themselves."""


def test_undo_of_invalid_values(w: World) -> None:
    for body in ({}, {"change": "x"}, {"change": str(uuid.uuid4()), "what": "burn"}):
        assert post(w.max, call(w, "media/undo"), body).status_code == 400
    assert (
        post(w.max, call(w, "media/undo"), {"change": str(uuid.uuid4()), "what": "delete"}).status_code == 404
    )
