"""Review in pages: the setting, the queue of reviewers, what a labeler sees of a rejection."""

from __future__ import annotations

import re

import pytest

from annotator.models import Media, MediaStatus, Project
from annotator.services.media import statuses
from annotator.web.selectors import activity
from tests.web.client import get, json, post, send
from tests.world import World


def status(w: World, base: str) -> MediaStatus:
    return MediaStatus.all_objects.get(project=w.project, base=base)


def submit(w: World, *numbers: int) -> None:
    rows = [w.images[number - 1] for number in numbers]
    statuses.set_status(actor=w.actor(w.ann), project=w.project, media=rows, status=status(w, "TO REVIEW"))


def reject(w: World, reason: str) -> None:
    """Send the first image back as the labeling page does."""
    op = {"op_id": "0192d3a0-0000-7000-8000-000000000001", "status": "IN PROGRESS", "reason": reason}
    answer = post(w.rosa, f"/web/media/{w.images[0].pk}/changes", {"v": 1, "client": "tab", "ops": [op]})
    assert b'"ok"' in answer.content


def test_the_setting_is_a_box_of_the_form(w: World) -> None:
    form = f"/projects/{w.project.pk}/settings/change"

    def is_on() -> bool:
        return Project.objects.get(pk=w.project.pk).requires_review

    assert "Require review" in get(w.ann, f"/projects/{w.project.pk}/settings/").content.decode()
    assert send(w.max, form, name="Streets", review="1", requires_review="on").status_code == 200 and is_on()
    assert post(w.max, form, {"name": "Roads"}).status_code == 200 and is_on(), "a script that names it not"
    assert send(w.max, form, name="Streets", review="1").status_code == 200 and not is_on()
    assert send(w.rosa, form, review="1", requires_review="on").status_code == 403 and not is_on()


@pytest.mark.parametrize("page", ["", "media/"])
def test_reviewers_see_how_many_images_wait(w: World, page: str) -> None:
    def shown(user: object) -> list[str]:
        text = get(user, f"/projects/{w.project.pk}/{page}").content.decode()  # type: ignore[arg-type]
        button = re.search(r'<a class="btn[^"]*" id="review-next"[^>]*>.*?</a>', text, re.DOTALL)
        assert button
        return [] if " hidden" in button[0] else re.findall(r"\d+ images? to review", button[0])

    assert shown(w.rosa) == []
    submit(w, 1, 3)
    assert shown(w.rosa) == shown(w.olga) == ["2 images to review"]
    assert shown(w.ann) == shown(w.vera) == []


def test_review_next_opens_the_first_in_the_list_of_those_that_wait(w: World) -> None:
    url = f"/projects/{w.project.pk}/review"
    assert get(w.rosa, url)["Location"] == f"/projects/{w.project.pk}/"
    submit(w, 3, 2)
    query = f"?status={status(w, 'TO REVIEW').pk}"
    assert get(w.rosa, url)["Location"] == f"/label/{w.images[1].pk}/{query}"
    assert get(w.otto, url).status_code == 404


def test_a_rejection_is_on_the_image_on_its_tile_and_in_the_feed(w: World) -> None:
    submit(w, 1)
    reject(w, "Two cars <b>are</b> missing.")
    state = json(w.ann, f"/web/media/{w.images[0].pk}/state")
    found = state["media"]["rejection"]
    assert (found["reason"], found["by"], found["name"]) == (
        "Two cars <b>are</b> missing.", str(w.rosa.pk), w.rosa.shown_name,
    )  # fmt: skip
    first, second, _ = json(w.ann, f"/web/projects/{w.project.pk}/tiles")["items"]
    assert first["r"] == "Two cars <b>are</b> missing." and "r" not in second
    page = get(w.ann, f"/projects/{w.project.pk}/media/").content.decode()
    assert "Sent back: Two cars &lt;b&gt;are&lt;/b&gt; missing." in page
    assert "sent back" in str(activity.lines(w.project)[0].text)
    submit(w, 1)
    assert "r" not in json(w.ann, f"/web/projects/{w.project.pk}/tiles")["items"][0]
    assert json(w.rosa, f"/web/media/{w.images[0].pk}/state")["media"]["rejection"]["reason"].startswith(
        "Two"
    )


def test_what_a_role_may_do_next_depends_on_the_setting_and_the_file(w: World) -> None:
    def moves(user: object) -> dict[str, list[str]]:
        return json(user, f"/web/media/{w.images[0].pk}/state")["may"]["moves"]  # type: ignore[arg-type,no-any-return]

    assert "DONE" in moves(w.rosa)["NEW"] and "DONE" not in moves(w.ann)["TO REVIEW"]
    Project.objects.filter(pk=w.project.pk).update(requires_review=True)
    assert "DONE" not in moves(w.olga)["NEW"] and "DONE" in moves(w.rosa)["TO REVIEW"]
    Media.objects.filter(pk=w.images[0].pk).update(health="ERROR")
    assert moves(w.ann)["NEW"] == ["NEW", "IN PROGRESS", "SKIPPED"]
    assert json(w.ann, f"/web/media/{w.images[0].pk}/state")["may"]["status"] == moves(w.ann)["NEW"]
