"""The batches of the labeling page: answers per operation, once however often sent, conflicts, refusals, events."""

from __future__ import annotations

import uuid
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotator.domain.errors import Invalid, Missing, TooLarge
from annotator.domain.ids import uuid7
from annotator.models import AppliedOp, Comment, Event, Issue, Label, Tag
from annotator.services import event_rows
from annotator.services.annotations import editing, label_rows, labels
from tests.world import World, make_box, make_class


def op(label: Any = None, base: Any = None, patch: Any = None, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"op_id": str(uuid7()), **more}
    return made if label is None else made | {"label_id": str(label), "base": base, "patch": patch}


def apply(w: World, *ops: dict[str, Any], user: Any = None, media: Any = None) -> list[dict[str, Any]]:
    return editing.apply(
        actor=w.actor(user or w.ann), media=media or w.images[0], ops=list(ops), client="tab"
    )[0]


def box_patch(w: World, *at: float) -> dict[str, Any]:
    return {"concept": str(w.car.pk), "box": list(at or (10, 10, 60.25, 40.5)), "tool": "bbox"}


def test_a_box_is_created_with_the_id_and_numbers_of_the_page(w: World) -> None:
    key = uuid7()
    (result,) = apply(w, op(key, None, box_patch(w)))
    label = Label.all_objects.get(pk=key)
    assert result["status"] == "ok" and result["revision"] == label.revision == result["seq"]
    assert (label.x0, label.y0, label.x1, label.y1) == (10, 10, 60.25, 40.5)
    assert label.created_by_id == w.ann.pk and label.tool == "bbox" and label.origin == "human"


def test_the_first_label_moves_the_picture_to_in_progress(w: World) -> None:
    apply(w, op(uuid7(), None, box_patch(w)))
    w.images[0].refresh_from_db()
    assert w.images[0].status.base == "IN PROGRESS" and w.images[0].status_by_id == w.ann.pk
    kinds = list(Event.objects.filter(project=w.project).order_by("seq").values_list("kind", flat=True))
    assert kinds == ["labels.changed", "status.changed"]


def test_the_same_operation_sent_twice_changes_nothing_and_answers_the_same(w: World) -> None:
    create = op(uuid7(), None, box_patch(w))
    first, second = apply(w, create), apply(w, create)
    assert first == second and Label.all_objects.count() == 1
    assert Event.objects.filter(kind="labels.changed").count() == 1


def test_an_op_id_of_somebody_else_is_refused(w: World) -> None:
    create = op(uuid7(), None, box_patch(w))
    apply(w, create)
    (result,) = apply(w, create, user=w.max)
    assert (result["status"], result["code"]) == ("rejected", "op_reused")
    (result,) = apply(w, create, media=w.images[1])
    assert result["code"] == "op_reused"


def test_two_people_move_the_same_box_and_the_second_learns_of_the_first(w: World) -> None:
    label = make_box(w.images[0], w.car, (0, 0, 10, 10))
    assert apply(w, op(label.pk, 0, {"box": [5, 5, 15, 15]}))[0]["status"] == "ok"
    (result,) = apply(w, op(label.pk, 0, {"box": [7, 7, 17, 17]}), user=w.max)
    assert result["status"] == "conflict" and list(result["label"]["box"]) == [5.0, 5.0, 15.0, 15.0]
    label.refresh_from_db()
    assert (label.x0, label.updated_by_id) == (5, w.ann.pk)


def test_operations_of_one_batch_on_one_label_build_on_each_other(w: World) -> None:
    key = uuid7()
    results = apply(
        w, op(key, None, box_patch(w)), op(key, None, {"box": [1, 1, 5, 5]}), op(key, None, {"concept": str(w.person.pk)}),
    )  # fmt: skip
    assert [one["status"] for one in results] == ["ok", "rejected", "rejected"], (
        "a second create is a second create"
    )
    label = Label.all_objects.get(pk=key)
    moved = apply(
        w,
        op(key, label.revision, {"box": [1, 1, 5, 5]}),
        op(key, label.revision, {"concept": str(w.person.pk)}),
    )
    assert [one["status"] for one in moved] == ["ok", "ok"]
    label.refresh_from_db()
    assert (label.x1, label.concept_id) == (5, w.person.pk)


def test_a_deleted_label_comes_back_with_its_id_and_a_higher_revision(w: World) -> None:
    label = make_box(w.images[0], w.car, (0, 0, 10, 10))
    (gone,) = apply(w, op(label.pk, 0, None))
    assert gone["status"] == "ok" and not Label.all_objects.exists()
    assert apply(w, op(label.pk, 1, None))[0]["status"] == "ok", "deleting what is gone is fine"
    (late,) = apply(w, op(label.pk, 1, {"box": [1, 1, 2, 2]}))
    assert late == {"op_id": late["op_id"], "status": "conflict", "label": None}
    (back,) = apply(w, op(label.pk, None, box_patch(w, 0, 0, 10, 10)))
    assert back["status"] == "ok" and back["revision"] > gone["seq"]


def test_a_label_of_another_workspace_looks_like_none(w: World) -> None:
    theirs = w.other_project()
    from tests.world import make_dataset, make_images

    media = make_images(make_dataset(theirs, "D"), 1)[0]
    foreign = make_box(media, make_class(theirs, "x", 1), (0, 0, 5, 5))
    (result,) = apply(w, op(foreign.pk, 0, {"box": [1, 1, 2, 2]}))
    assert (result["status"], result["label"]) == ("conflict", None)
    (result,) = apply(w, op(foreign.pk, 0, None))
    assert result["status"] == "ok" and Label.all_objects.filter(pk=foreign.pk).exists()
    (result,) = apply(w, op(foreign.pk, None, box_patch(w)))
    assert result["code"] == "exists"
    foreign.refresh_from_db()
    assert (foreign.x1, foreign.project_id) == (5, theirs.pk)


def test_good_operations_are_kept_when_others_are_rejected(w: World) -> None:
    good, bad = op(uuid7(), None, box_patch(w)), op(uuid7(), None, box_patch(w, 5000, 5000, 6000, 6000))
    unknown = op(uuid7(), None, box_patch(w) | {"concept": str(uuid.uuid4())})
    results = apply(w, good, bad, unknown)
    assert [(one["status"], one.get("code"), one.get("field")) for one in results] == [
        ("ok", None, None), ("rejected", "outside", "box"), ("rejected", "unknown_class", "concept"),
    ]  # fmt: skip
    assert Label.all_objects.count() == 1


@pytest.mark.parametrize(
    "patch",
    [
        {"box": [10, 10, float("nan"), 20]}, {"box": [10, 10, 5, 20]}, {"box": "all"}, {"box": [1, 2, 3]}, {"box": [True, 0, 5, 5]},
        {"points": []}, {"points": [[[[0, 0], [1, 1]]]]}, {"mask": [1], "box": [0, 0, 5, 5]}, {"mask": [1, 99], "box": [0, 0, 5, 5]},
        {"z": 2**40, "box": [0, 0, 5, 5]}, {"colour": "red", "box": [0, 0, 5, 5]}, {"box": [0, 0, 10**30, 5]}, {"tool": "spoon", "box": [0, 0, 5, 5]},
    ],
)  # fmt: skip
def test_a_wrong_patch_is_rejected_in_words_and_nothing_is_kept(w: World, patch: dict[str, Any]) -> None:
    (result,) = apply(w, op(uuid7(), None, {"concept": str(w.car.pk), **patch}))
    assert result["status"] == "rejected" and result["message"] and result["field"], result
    assert not Label.all_objects.exists() and not Event.objects.exists()


def test_a_class_deleted_meanwhile_rejects_its_labels_alone(w: World) -> None:
    w.person.delete()
    results = apply(
        w,
        op(uuid7(), None, box_patch(w) | {"concept": str(w.person.pk or uuid.uuid4())}),
        op(uuid7(), None, box_patch(w)),
    )
    assert [one["status"] for one in results] == ["rejected", "ok"]


def test_a_viewer_is_refused_in_words_and_a_stranger_sees_nothing(w: World) -> None:
    (result,) = apply(w, op(uuid7(), None, box_patch(w)), user=w.vera)
    assert (result["status"], result["code"]) == ("rejected", "role") and "viewer" in result["message"]
    with pytest.raises(Missing):
        apply(w, op(uuid7(), None, box_patch(w)), user=w.otto)


def test_a_locked_picture_keeps_what_it_has(w: World) -> None:
    w.images[0].is_frozen = True
    (result,) = apply(w, op(uuid7(), None, box_patch(w)))
    assert (result["status"], result["code"]) == ("rejected", "image_locked")


def test_tags_and_status_go_the_same_way(w: World) -> None:
    results = apply(w, op(tag=str(w.sunny.pk), on=True), op(status="TO REVIEW"))
    assert [one["status"] for one in results] == ["ok", "ok"]
    assert Tag.all_objects.get().concept_id == w.sunny.pk
    w.images[0].refresh_from_db()
    assert w.images[0].status.base == "TO REVIEW"
    assert apply(w, op(tag=str(w.sunny.pk), on=False))[0]["status"] == "ok" and not Tag.all_objects.exists()
    (refused,) = apply(w, op(status="DONE"))
    assert refused["code"] == "role"
    (refused,) = apply(w, op(status="PERFECT"))
    assert refused["code"] == "invalid" and "NEW" in refused["message"]


@pytest.mark.parametrize("ops", [None, {}, [1], [{"op_id": "x"}], [{}]])
def test_an_unreadable_batch_is_refused_whole(w: World, ops: object) -> None:
    with pytest.raises(Invalid):
        editing.apply(actor=w.actor(w.ann), media=w.images[0], ops=ops)


def test_too_many_operations_are_refused(w: World) -> None:
    with pytest.raises(TooLarge):
        apply(w, *(op(uuid7(), None, box_patch(w)) for _ in range(editing.MAX_OPS + 1)))


def test_applying_the_events_equals_a_fresh_fetch(w: World) -> None:
    """What a second page makes of the events is what the database holds."""
    media, keys = w.images[0], [uuid7() for _ in range(4)]
    apply(w, *(op(key, None, box_patch(w, i, i, i + 20, i + 20)) for i, key in enumerate(keys)))
    revision = Label.all_objects.get(pk=keys[0]).revision
    apply(
        w,
        op(keys[0], revision, {"points": [[[[0, 0], [9.5, 0], [5, 7.125]]]], "shape": "polygon"}),
        op(keys[1], revision, None),
    )
    labels.create_many(
        actor=w.actor(w.max),
        media=media,
        patches=[{"concept": str(w.person.pk), "box": [1, 2, 9, 9], "mask": [1, 8, 20, 3]}],
    )
    labels.update_many(actor=w.actor(w.max), media=media, patches=[(keys[2], {"z": 5})])
    labels.delete_many(actor=w.actor(w.max), media=media, label_ids=[keys[3]])
    shown: dict[str, Any] = {}
    for event in event_rows.page(w.project.pk, 0, media.pk)["events"]:
        event = orjson.loads(orjson.dumps(event, default=str))
        if event["kind"] == "labels.changed":
            after = {one["id"]: one for one in event["after"]}
            for one in event["before"]:
                if one["id"] not in after:
                    del shown[one["id"]]
            shown |= after
    fresh = orjson.loads(orjson.dumps(label_rows.of_media(media.pk), default=str))
    assert shown == {one["id"]: one for one in fresh} and len(fresh) == 3


def test_sequence_numbers_have_no_gaps_and_other_media_get_a_line_only(w: World) -> None:
    for media in (*w.images, w.images[0]):
        apply(w, op(uuid7(), None, box_patch(w)), media=media)
    page = event_rows.page(w.project.pk, 0, w.images[1].pk)
    assert [event["seq"] for event in page["events"]] == list(range(1, page["head"] + 1))
    assert {tuple(sorted(e)) for e in page["events"] if e["media"] == w.images[0].pk} == {
        ("kind", "media", "seq")
    }
    assert event_rows.page(w.project.pk, page["head"] + 5, None) == {"resync": True, "head": page["head"]}


def test_fifty_labels_take_few_statements(w: World) -> None:
    apply(w, op(status="IN PROGRESS"))
    ops = [op(uuid7(), None, box_patch(w, i, i, i + 9, i + 9)) for i in range(50)]
    with CaptureQueriesContext(connection) as queries:
        apply(w, *ops)
    assert len(queries) == 13, [q["sql"][:90] for q in queries]
    assert AppliedOp.objects.count() == 51


def test_a_patch_is_parsed_once_unless_its_label_changed_in_the_batch(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    boxes = [make_box(w.images[0], w.car, (0, 0, 10, 10 + n)) for n in range(3)]
    parsed: list[uuid.UUID] = []
    parse = labels.parse_patch

    def counted(**arguments: Any) -> labels.Draft:
        parsed.append(arguments["label_id"])
        return parse(**arguments)

    monkeypatch.setattr(labels, "parse_patch", counted)
    apply(w, *(op(box.pk, 0, {"box": [5, 5, 15, 15]}) for box in boxes))
    assert parsed == [box.pk for box in boxes]
    parsed.clear()
    boxes[0].refresh_from_db()
    base = boxes[0].revision
    results = apply(w, op(boxes[0].pk, base, {"box": [1, 1, 5, 5]}), op(boxes[0].pk, base, {"z": 7}))
    assert [one["status"] for one in results] == ["ok", "ok"]
    assert parsed == [boxes[0].pk] * 3


def test_a_patch_of_a_label_that_the_batch_creates_is_no_deletion(w: World) -> None:
    key = uuid7()
    made, changed = apply(w, op(key, None, box_patch(w)), op(key, 0, {"z": 3}))
    assert (made["status"], changed["status"]) == ("ok", "conflict")
    assert Label.all_objects.get(pk=key).z == 0


def test_an_image_that_could_not_be_decoded_takes_a_status_and_no_annotations(w: World) -> None:
    media = w.images[0]
    media.health, media.health_reason = "ERROR", "The file is cut off."
    box, tag, status = apply(
        w,
        op(uuid7(), None, box_patch(w)),
        {"op_id": str(uuid7()), "tag": str(w.sunny.pk), "on": True},
        {"op_id": str(uuid7()), "status": "SKIPPED"},
        media=media,
    )
    assert (box["status"], box["code"], box["message"]) == (
        "rejected",
        "image_unreadable",
        "The file is cut off.",
    )
    assert tag["code"] == "image_unreadable"
    assert status["status"] == "ok"


def test_changed_pixels_of_a_mask_are_applied_on_the_revision_that_they_were_made_for(w: World) -> None:
    key = uuid7()
    create = op(key, None, {"concept": str(w.car.pk), "box": [2, 2, 6, 4], "mask": [1, 8], "tool": "brush"})
    (made,) = apply(w, create)
    delta = {"box": [5, 3, 8, 4], "mask": [1, 3], "area": 9}
    stroke = op(key, made["revision"], {"box": [2, 2, 8, 4], "shape": "mask", "mask_delta": delta})
    (result,) = apply(w, stroke)
    assert result["status"] == "ok"
    stored = label_rows.native_of(Label.all_objects.get(pk=key))
    assert (list(stored["box"]), stored["mask"]) == ([2, 2, 8, 4], [1, 4, 7, 3, 11, 2])
    after = Event.objects.filter(kind="labels.changed").latest("seq").after
    assert [label["mask"] for label in (orjson.loads(after) if isinstance(after, str) else after)] == [
        stored["mask"]
    ]
    late = op(key, made["revision"], {"box": [2, 2, 8, 4], "mask_delta": {"box": [0, 0, 1, 1]}})
    (result,) = apply(w, late, user=w.max)
    assert (result["status"], result["label"]["mask"]) == ("conflict", stored["mask"])


def test_changed_pixels_that_do_not_come_out_are_refused_by_their_own_name(w: World) -> None:
    key = uuid7()
    mask = {"concept": str(w.car.pk), "box": [2, 2, 6, 4], "mask": [1, 8], "tool": "brush"}
    (made,) = apply(w, op(key, None, mask))
    wrong = {"box": [2, 2, 6, 4], "mask_delta": {"box": [2, 2, 6, 4], "mask": [1, 1], "area": 8}}
    right = {"box": [2, 2, 6, 4], "mask_delta": {"box": [2, 2, 6, 4], "mask": [2, 1], "area": 7}}
    results = apply(
        w,
        op(key, made["revision"], wrong),
        op(key, made["revision"], right),
        op(key, made["revision"], right),
    )
    assert [(r["status"], r.get("field")) for r in results] == [
        ("rejected", "mask_delta"), ("ok", None), ("rejected", "mask_delta"),
    ]  # fmt: skip
    box = make_box(w.images[0], w.car, (0, 0, 10, 10))
    (result,) = apply(w, op(box.pk, box.revision, right))
    assert (result["status"], result["field"]) == ("rejected", "mask_delta")
    assert label_rows.native_of(Label.all_objects.get(pk=key))["mask"] == [1, 1, 3, 6]


def test_issues_are_written_once_by_operations(w: World) -> None:
    issue, said = str(uuid7()), str(uuid7())
    ops: list[dict[str, Any]] = [
        {"issue": issue, "what": "open", "text": "Whose car?", "x": 1, "y": 2, "mentions": [str(w.max.pk)]},
        {"issue": issue, "what": "comment", "comment": said, "text": "Mine"},
        {"issue": issue, "what": "resolve", "is_resolved": True},
    ]
    ops = [{"op_id": str(uuid7()), **op} for op in ops]
    for _ in range(2):
        assert {
            one["status"] for one in editing.apply(actor=w.actor(w.ann), media=w.images[0], ops=ops)[0]
        } == {"ok"}
    row = Issue.all_objects.get()
    assert (str(row.pk), row.is_resolved, row.created_by) == (issue, True, w.ann)
    assert [one.text for one in row.comments.order_by("created_at")] == ["Whose car?", "Mine"]
    # sent again under another operation, as by a second tab: still once
    again = [{**op, "op_id": str(uuid7())} for op in ops]
    assert {
        one["status"] for one in editing.apply(actor=w.actor(w.ann), media=w.images[0], ops=again)[0]
    } == {"ok"}
    assert Comment.all_objects.count() == 2
    wrong: list[dict[str, Any]] = [
        {"issue": "x", "what": "open"}, {"issue": str(uuid7()), "what": "close"}, {"issue": str(uuid7()), "what": "open", "text": ""},
        {"issue": str(uuid7()), "what": "comment", "comment": str(uuid7()), "text": "x"}, {"issue": issue, "what": "comment", "text": "x"},
        {"issue": issue, "what": "comment", "comment": str(uuid7()), "text": "x", "mentions": [str(w.otto.pk)]},
        {"issue": str(uuid7()), "what": "open", "text": "x", "mentions": "x"},
    ]  # fmt: skip
    results = editing.apply(
        actor=w.actor(w.ann), media=w.images[0], ops=[{"op_id": str(uuid7()), **op} for op in wrong]
    )[0]
    assert {one["status"] for one in results} == {"rejected"}
    assert Issue.all_objects.count() == 1 and Comment.all_objects.count() == 2
    refused = editing.apply(
        actor=w.actor(w.vera), media=w.images[0], ops=[{**ops[0], "op_id": str(uuid7())}]
    )[0]
    assert refused[0]["status"] == "rejected"
