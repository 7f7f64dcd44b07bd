"""The page of activity types: only linked in projects of videos; create, change, order, delete with its segments, roles."""

from __future__ import annotations

import re
from typing import Any

import pytest

from annotator.domain.errors import Conflict
from annotator.models import Concept, Media, MediaStatus, Project, Segment
from annotator.services.annotations import segments
from tests import world as cast
from tests.web.client import get, post
from tests.world import World


@pytest.fixture
def videos(w: World) -> Project:
    Project.all_objects.filter(pk=w.project.pk).update(content_type="VIDEOS")
    w.project.refresh_from_db()
    return w.project


def send(w: World, path: str, body: dict[str, Any], user: Any = None) -> Any:
    return post(user or w.max, f"/web/projects/{w.project.pk}/classes/{path}", {"role": "segment", **body})


def made(w: World) -> list[Concept]:
    rows = Concept.all_objects.filter(project=w.project, on_segment=True)
    return list(rows.order_by("segment_order", "sort_key", "id"))


def read(w: World, user: Any, path: str = "activities/") -> str:
    return get(user, f"/projects/{w.project.pk}/{path}").content.decode()


def test_only_projects_of_videos_link_it(w: World) -> None:
    link = f'href="/projects/{w.project.pk}/activities/"'
    assert link not in read(w, w.vera, "classes/")
    Project.all_objects.filter(pk=w.project.pk).update(content_type="VIDEOS")
    assert link in read(w, w.vera, "classes/") and 'aria-current="page"' in read(w, w.vera)
    assert "No activity types yet" in read(w, w.vera)


def test_activity_types_are_made_changed_ordered_and_deleted(w: World, videos: Project) -> None:
    assert send(w, "new", {"names": "walk\nrun\n"}).json()["to"].endswith("/activities/")
    walk, run = made(w)
    assert walk.color and walk.color != run.color and not (walk.on_region or walk.on_media)
    answer = send(w, f"{walk.pk}", {"name": "stroll"}).json()
    assert answer["undo"]["body"] == {"role": "segment", "name": "walk"}
    assert send(w, f"{walk.pk}", {"color": "#00FF00"}).json()["undo"]["body"]["color"] == walk.color
    assert send(w, "order", {"ids": [str(run.pk), str(walk.pk)]}).status_code == 200
    assert [(one.name, one.color) for one in made(w)] == [("run", run.color), ("stroll", "#00FF00")]
    video = cast.make_video(w.dataset)
    for concepts in ([walk.pk], [walk.pk, run.pk]):
        segments.create(actor=w.actor(w.ann), media=video, start_ms=100, end_ms=900, concept_ids=concepts)
    assert 'class="r">2<' in read(w, w.vera)
    assert send(w, f"{walk.pk}/delete", {"count": 1}).status_code == 409
    assert send(w, f"{walk.pk}/delete", {"count": 2}).status_code == 200
    assert [one.name for one in made(w)] == ["run"] and Segment.all_objects.count() == 1


def test_an_unused_activity_type_comes_back(w: World, videos: Project) -> None:
    send(w, "new", {"names": "walk"})
    (walk,) = made(w)
    undo = send(w, f"{walk.pk}/delete", {"count": 0}).json()["undo"]
    assert made(w) == []
    assert post(w.max, undo["url"], undo["body"]).status_code == 200
    assert [(one.pk, one.name, one.color) for one in made(w)] == [(walk.pk, "walk", walk.color)]


def test_labelers_read_them(w: World, videos: Project) -> None:
    send(w, "new", {"names": "walk"})
    (walk,) = made(w)
    page = read(w, w.ann)
    assert "walk" in page and "data-grip" not in page and "data-delete" not in page
    for who, status in ((w.ann, 403), (w.vera, 403), (w.otto, 404)):
        assert send(w, "new", {"names": "x"}, who).status_code == status
        assert send(w, f"{walk.pk}/delete", {"count": 0}, who).status_code == status
    assert get(w.otto, f"/projects/{w.project.pk}/activities").status_code == 404
    assert send(w, "new", {"names": "WALK"}).json()["field"] == "names"


def test_segments_exclude_each_other_if_the_settings_say_so(w: World, videos: Project) -> None:
    def save(**fields: Any) -> None:
        url = f"/projects/{w.project.pk}/settings/change"
        assert post(w.max, url, {"name": "Streets", **fields}).status_code == 200
        w.project.refresh_from_db()

    send(w, "new", {"names": "walk"})
    video, concepts = cast.make_video(w.dataset), [made(w)[0].pk]
    save(segments="1", segments_exclusive=True)
    save(review="1")
    assert w.project.settings[segments.EXCLUSIVE] and "checked> Segments" in read(w, w.max, "settings/")
    places = {"start_ms": 100, "end_ms": 900, "concept_ids": concepts}
    segments.create(actor=w.actor(w.ann), media=video, **places)
    with pytest.raises(Conflict):
        segments.create(actor=w.actor(w.ann), media=Media.objects.get(pk=video.pk), **places)
    save(segments="1")
    segments.create(actor=w.actor(w.ann), media=Media.objects.get(pk=video.pk), **places)
    Project.all_objects.filter(pk=w.project.pk).update(content_type="IMAGES")
    assert "segments_exclusive" not in read(w, w.max, "settings/")


def test_pages_of_videos_speak_of_videos(w: World, videos: Project) -> None:
    """What is seen of the pages names no image: the words of a page of images would be wrong there."""

    def words(path: str, project: Project = w.project) -> str:
        page = get(w.max, f"/projects/{project.pk}/{path}").content.decode()
        page = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", "", page)
        found = re.findall(r">([^<]+)<|(?:title|aria-label)=\"([^\"]*)\"", page)
        return " ".join(" ".join(seen or said for seen, said in found).split())

    new = cast.make_project(w.workspace, "Films", content_type="VIDEOS")
    empty = words("", new)
    assert "Drop videos here" in empty and "Create activity types" in empty
    Media.objects.filter(project=w.project).delete()
    cast.make_video(w.dataset)
    paths = (
        "",
        "media/",
        "datasets/",
        "classes/",
        "classes/?kind=tags",
        "activities/",
        "settings/",
        "statuses/",
        "upload/",
    )
    found = {path: words(path) for path in paths}
    for path, text in {"empty": empty, **found}.items():
        assert not re.search(r"\bimages?\b", text, re.IGNORECASE), (
            path,
            re.findall(r".{30}\bimages?\b.{20}", text, re.I),
        )
    assert "View videos" in found[""] and "1 video" in found["media/"]
    status = MediaStatus.all_objects.get(project=w.project, base="SKIPPED")
    ids = [str(one.pk) for one in Media.objects.filter(project=w.project)]
    answer = post(
        w.max,
        f"/web/projects/{w.project.pk}/media/change",
        {"what": "status", "target": str(status.pk), "ids": ids},
    )
    assert answer.json()["toast"] == "1 video changed"
    assert (
        post(w.max, answer.json()["undo"]["url"], answer.json()["undo"]["body"]).json()["toast"]
        == "1 video restored"
    )
