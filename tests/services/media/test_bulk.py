"""Changes of many media at once: what is left, the job, the undo."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from annotator.domain.errors import Denied, Invalid, Missing
from annotator.models import Dataset, Job, JobState, Media, MediaStatus, User
from annotator.services.jobs.steps import Steps
from annotator.services.media import bulk
from tests.world import World, make_dataset


@pytest.fixture(autouse=True)
def _no_worker(settings: Any) -> None:
    settings.JOB_RUNNER = "tests.web.test_classes.nothing"


@pytest.fixture
def evening(w: World) -> Dataset:
    return make_dataset(w.project, "Evening")


def to_status(w: World, base: str) -> bulk.Change:
    found = MediaStatus.all_objects.get(project=w.project, base=base)
    return bulk.change_of("status", found.pk)


def apply(w: World, change: bulk.Change, user: User | None = None) -> bulk.Done:
    keys = [media.pk for media in w.images]
    return bulk.apply(actor=w.actor(user or w.max), project=w.project, change=change, media=keys)


def undo(w: World, change: bulk.Change, user: User | None = None) -> int:
    return bulk.undo_change(
        actor=w.actor(user or w.max), project=w.project, change_id=change.id, what=change.what
    )


def bases(w: World) -> list[str]:
    return list(Media.all_objects.order_by("number").values_list("status__base", flat=True))


def homes(w: World) -> list[str]:
    rows = Media.all_objects.filter(items__is_home=True).order_by("number")
    return list(rows.values_list("items__dataset__name", flat=True))


def test_what_may_not_be_changed_is_left(w: World) -> None:
    Media.objects.filter(pk=w.images[0].pk).update(is_frozen=True)
    Media.objects.filter(pk=w.images[1].pk).update(
        status=MediaStatus.all_objects.get(project=w.project, base="DONE")
    )
    assert apply(w, to_status(w, "SKIPPED"), w.ann) == bulk.Done(changed=1, left=2)
    assert bases(w) == ["NEW", "DONE", "SKIPPED"]
    ((kind, payload),) = w.recorded()
    assert (kind, payload["media"]) == ("status.changed", [str(w.images[2].pk)])


@pytest.mark.parametrize("what", ["status", "move", "delete"])
def test_a_change_is_undone_by_its_events(w: World, evening: Dataset, what: str) -> None:
    change = {
        "status": to_status(w, "SKIPPED"),
        "move": bulk.change_of("move", evening.pk),
        "delete": bulk.change_of("delete", None),
    }[what]

    def now() -> tuple[Any, ...]:
        return bases(w), homes(w), list(Media.all_objects.filter(trashed_at=None).values_list("number"))

    before = now()
    assert apply(w, change).changed == 3
    changed = now()
    assert changed != before
    assert apply(w, change).changed == 0, "once"
    assert undo(w, change) == 3
    assert now() == before
    assert undo(w, change) == 0, "what went back stays"
    assert now() == before


def test_what_somebody_changed_since_stays_so(w: World, evening: Dataset) -> None:
    status, move = to_status(w, "SKIPPED"), bulk.change_of("move", evening.pk)
    night = make_dataset(w.project, "Night")
    for change in (status, move):
        apply(w, change)
    key = [w.images[1].pk]
    for change in (to_status(w, "DONE"), bulk.change_of("move", night.pk)):
        bulk.apply(actor=w.actor(w.rosa if change.what == "status" else w.max), project=w.project, change=change, media=key)  # fmt: skip
    assert (undo(w, status), undo(w, move)) == (2, 2)
    assert (bases(w), homes(w)) == (["NEW", "DONE", "NEW"], ["Morning", "Night", "Morning"])


def test_another_person_has_nothing_to_undo(w: World) -> None:
    change = to_status(w, "SKIPPED")
    apply(w, change)
    with pytest.raises(Missing, match="nothing to undo"):
        undo(w, change, w.olga)
    with pytest.raises(Missing, match="nothing to undo"):
        undo(w, bulk.Change(uuid.uuid4(), "status"))
    assert bases(w) == ["SKIPPED"] * 3


@pytest.mark.parametrize(("who", "error"), [("vera", Denied), ("otto", Missing)])
@pytest.mark.parametrize("what", ["status", "move", "delete"])
def test_a_viewer_is_refused_and_a_stranger_finds_nothing(
    w: World, evening: Dataset, what: str, who: str, error: type[Exception]
) -> None:
    target = {"status": to_status(w, "SKIPPED").target, "move": evening.pk, "delete": None}[what]
    change, keys = bulk.change_of(what, target), [w.images[0].pk]
    actor = w.actor(getattr(w, who))
    for call in (
        lambda: bulk.apply(actor=actor, project=w.project, change=change, media=keys),
        lambda: bulk.start(actor=actor, project=w.project, change=change, media=keys),
        lambda: bulk.undo_change(actor=actor, project=w.project, change_id=change.id, what=what),
    ):
        with pytest.raises(error):
            call()
    assert w.recorded() == [] and not Job.all_objects.exists()


def test_what_is_no_change(w: World) -> None:
    theirs = make_dataset(w.other_project(), "Theirs")
    for what, target, field in (
        ("paint", None, "what"),
        (7, None, "what"),
        ("delete", theirs.pk, "target"),
        ("move", None, "target"),
    ):
        with pytest.raises(Invalid) as refusal:
            bulk.change_of(what, target)
        assert refusal.value.field == field
    for change in (bulk.change_of("move", theirs.pk), bulk.change_of("status", uuid.uuid4())):
        with pytest.raises(Invalid):
            apply(w, change)
    assert w.recorded() == []


def test_a_job_does_the_change_twice_without_harm_and_another_undoes_it(w: World) -> None:
    change, actor, keys = to_status(w, "SKIPPED"), w.actor(w.max), [media.pk for media in w.images]
    job = bulk.start(actor=actor, project=w.project, change=change, media=keys)
    assert (job.kind, job.params["count"], job.params["name"]) == ("bulk", 3, "SKIPPED")
    job.refresh_from_db()
    assert job.artifact is not None and job.artifact.mime == bulk.SELECTION

    steps: list[float] = []
    arguments: dict[str, Any] = {"actor": actor, "project": w.project, "job": job}
    note = lambda share, _: steps.append(share)  # noqa: E731
    assert bulk.run(**arguments, steps=Steps(), progress=note) == {"changed": 3, "skipped": 0}
    assert bulk.run(**arguments, steps=Steps(), progress=note) == {"changed": 0, "skipped": 3}
    assert steps == [1.0, 1.0] and bases(w) == ["SKIPPED"] * 3

    with pytest.raises(Missing, match="cannot be undone"):
        bulk.undo(**arguments)
    Job.all_objects.filter(pk=job.pk).update(state=JobState.DONE, finished_at=job.created_at)
    job.refresh_from_db()
    back = bulk.undo(actor=w.actor(w.olga), project=w.project, job=job)
    assert back is not None and back.kind == "bulk_undo" and back.params["by"] == str(w.max.pk)
    with pytest.raises(Missing, match="undone already"):
        bulk.undo(**arguments)
    assert [kind for kind, _ in w.recorded()] == [
        "job.changed",
        "status.changed",
        "job.changed",
        "job.changed",
    ]


def test_a_list_that_is_gone_is_said(w: World) -> None:
    job = bulk.start(
        actor=w.actor(w.max), project=w.project, change=to_status(w, "SKIPPED"), media=[w.images[0].pk]
    )
    job.params["selection"] = str(uuid.uuid4())
    with pytest.raises(Missing, match="has expired"):
        bulk.run(actor=w.actor(w.max), project=w.project, job=job, steps=Steps(), progress=lambda *_: None)
