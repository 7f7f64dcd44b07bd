"""Tag classes, tag groups, tags of images, statuses."""

from __future__ import annotations

import uuid

from annotator.models import Concept, Event, Media, MediaStatus, Tag, TagGroup
from tests.api.hasty.conftest import ANY, Callers
from tests.api.queries import counted
from tests.world import World


def test_tag_classes(w: World, by: Callers, p: str) -> None:
    default = TagGroup.all_objects.get()
    with counted("hasty tag_classes create"):
        made = by.max.post(f"{p}/tag_classes", {"name": "rain"})
    assert made == {
        "id": made["id"], "name": "rain", "norder": 13.0, "tag_group_id": str(default.pk), "tag_group_name": "Default",
    }  # fmt: skip
    with counted("hasty tag_classes retrieve"):
        assert by.vera.get(f"{p}/tag_classes/{made['id']}") == made
    with counted("hasty tag_classes update"):
        changed = by.max.put(f"{p}/tag_classes/{made['id']}", {"name": "wet", "norder": 1})
    assert changed == made | {"name": "wet", "norder": 1.0}
    weather = by.max.post(f"{p}/tag_classes", {"name": "fog", "tag_group_name": "Weather"})
    assert weather["tag_group_name"] == "Weather" and TagGroup.all_objects.filter(name="Weather").count() == 1
    moved = by.max.put(
        f"{p}/tag_classes/{made['id']}", {"name": "wet", "tag_group_id": weather["tag_group_id"]}
    )
    assert moved["tag_group_name"] == "Weather"
    assert (
        by.max.post(f"{p}/tag_classes", {"name": "ice", "tag_group_name": "WEATHER"})["tag_group_id"]
        == moved["tag_group_id"]
    )
    with counted("hasty tag_classes list"):
        names = [row["name"] for row in by.vera.get(f"{p}/tag_classes")["items"]]
    assert names == ["wet", "sunny", "fog", "ice"]
    for wrong in (
        {"name": "SUNNY"},
        {},
        {"name": "x", "tag_group_id": ANY},
        {"name": "sunny", "tag_group_name": "Half"},
    ):
        by.max.post(f"{p}/tag_classes", wrong, status=400)
    assert not TagGroup.all_objects.filter(name="Half").exists()
    Tag.all_objects.create(project=w.project, media=w.images[0], concept_id=made["id"])
    with counted("hasty tag_classes destroy"):
        by.max.delete(f"{p}/tag_classes/{made['id']}")
    assert not Tag.all_objects.exists() and not Concept.all_objects.filter(pk=made["id"]).exists()


def test_tag_groups(w: World, by: Callers, p: str) -> None:
    with counted("hasty tag_groups create"):
        made = by.max.post(
            f"{p}/tag_groups", {"name": "Weather", "type": "SELECTION", "is_required": True, "norder": 4}
        )
    assert made == {
        "id": made["id"],
        "name": "Weather",
        "type": "SELECTION",
        "is_required": True,
        "norder": 4.0,
    }
    with counted("hasty tag_groups retrieve"):
        assert by.vera.get(f"{p}/tag_groups/{made['id']}") == made
    with counted("hasty tag_groups update"):
        changed = by.max.put(f"{p}/tag_groups/{made['id']}", {"name": "Sky", "type": "MULTIPLE-SELECTION"})
    assert changed == made | {"name": "Sky", "type": "MULTIPLE-SELECTION"}
    with counted("hasty tag_groups list"):
        assert [row["name"] for row in by.vera.get(f"{p}/tag_groups")["items"]] == ["Default", "Sky"]
    fog = by.max.post(f"{p}/tag_classes", {"name": "fog", "tag_group_id": made["id"]})
    with counted("hasty tag_groups destroy"):
        by.max.delete(f"{p}/tag_groups/{made['id']}")
    assert by.vera.get(f"{p}/tag_classes/{fog['id']}")["tag_group_name"] == "Default"
    default = TagGroup.all_objects.get()
    assert "Default" in by.max.delete(f"{p}/tag_groups/{default.pk}", status=400)["message"]
    for wrong in (
        {"name": "x"},
        {"name": "x", "type": "ONE"},
        {"type": "SELECTION"},
        {"name": "default", "type": "SELECTION"},
    ):
        by.max.post(f"{p}/tag_groups", wrong, status=400)


def test_tags_of_images(w: World, by: Callers, p: str) -> None:
    at = f"{p}/images/{w.images[0].pk}/tags"
    rain = by.max.post(f"{p}/tag_classes", {"name": "rain"})
    with counted("hasty image tags create"):
        added = by.ann.post(at, [{"tag_class_id": str(w.sunny.pk)}, {"tag_class_id": rain["id"]}])
    assert [tag["tag_class_name"] for tag in added] == ["sunny", "rain"]
    assert added[0]["image_id"] == str(w.images[0].pk) and added[0]["project_id"] == str(w.project.pk)
    assert by.ann.post(at, [{"tag_class_id": str(w.sunny.pk)}] * 2) == [added[0], added[0]]
    assert Tag.all_objects.count() == 2
    with counted("hasty image tags list"):
        assert by.vera.get(at)["items"] == added
    with counted("hasty image tags destroy"):
        by.ann.delete(
            at, [{"tag_id": added[0]["id"], "tag_class_id": None}, {"tag_class_id": ANY}, {"tag_id": ANY}, {}]
        )
    assert [tag["id"] for tag in by.vera.get(at)["items"]] == [added[1]["id"]]
    by.ann.delete(at)
    by.ann.delete(at, [])
    for wrong in (
        [{"tag_class_id": ANY}],
        [{"tag_class_id": str(w.car.pk)}],
        [{}],
        {},
        [{"tag_class_id": "x"}],
        [1],
    ):
        by.ann.post(at, wrong, status=400)
    by.ann.post(at, [{"tag_class_id": str(w.sunny.pk)}] * 101, status=400)
    assert Tag.all_objects.count() == 1


def test_a_group_of_one_choice_changes_its_choice(w: World, by: Callers, p: str) -> None:
    at = f"{p}/images/{w.images[0].pk}/tags"
    group = by.max.post(f"{p}/tag_groups", {"name": "Light", "type": "SELECTION"})
    day, night = (
        by.max.post(f"{p}/tag_classes", {"name": x, "tag_group_id": group["id"]}) for x in ("day", "night")
    )
    by.ann.post(at, [{"tag_class_id": str(w.sunny.pk)}, {"tag_class_id": day["id"]}])
    by.ann.post(at, [{"tag_class_id": night["id"]}])
    assert sorted(tag["tag_class_name"] for tag in by.vera.get(at)["items"]) == ["night", "sunny"]
    event = Event.all_objects.filter(kind="tags.changed").latest("seq")
    assert event.media_id == w.images[0].pk and uuid.UUID(night["id"])


def test_a_frozen_image_takes_no_tags(w: World, by: Callers, p: str) -> None:
    Media.objects.filter(pk=w.images[0].pk).update(is_frozen=True)
    at = f"{p}/images/{w.images[0].pk}/tags"
    assert by.ann.post(at, [{"tag_class_id": str(w.sunny.pk)}], status=400)["code"] == "image_locked"
    assert by.ann.delete(at, [{"tag_class_id": str(w.sunny.pk)}], status=400)["code"] == "image_locked"


def test_statuses(w: World, by: Callers, p: str) -> None:
    with counted("hasty statuses create"):
        made = by.max.post(f"{p}/statuses", {"name": "Odd", "color": "#ff0000", "norder": 9})
    assert made == {"id": made["id"], "name": "Odd", "is_default": False, "color": "#ff0000", "norder": 9.0}
    with counted("hasty statuses list"):
        listed = by.vera.get(f"{p}/statuses")["items"]
    assert [row["name"] for row in listed][-1] == "Odd" and len(listed) == 8
    with counted("hasty statuses update"):
        changed = by.max.put(f"{p}/statuses/{made['id']}", {"name": "Even", "color": None})
    assert changed == made | {"name": "Even", "color": None}
    by.ann.put(f"{p}/images/{w.images[0].pk}/status", {"status": "Even"}, status=204)
    assert "1 image " in by.max.delete(f"{p}/statuses/{made['id']}", status=400)["message"]
    by.ann.put(f"{p}/images/{w.images[0].pk}/status", {"status": "NEW"}, status=204)
    with counted("hasty statuses destroy"):
        by.max.delete(f"{p}/statuses/{made['id']}")
    new = MediaStatus.all_objects.get(project=w.project, base="NEW")
    by.max.delete(f"{p}/statuses/{new.pk}", status=400)
    by.max.put(f"{p}/statuses/{new.pk}", {"name": "Fresh"}, status=400)
    for wrong in ({"name": "done"}, {}, {"name": "x", "color": "red"}, {"name": "x", "norder": "1"}):
        by.max.post(f"{p}/statuses", wrong, status=400)
