"""E56 to E63, D6, D7 and X2 to X4: tag classes, tag groups and the tags of images."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from annotator.models import Concept, Tag, TagGroup
from annotator.services.annotations import tags
from annotator.services.vocabulary import concepts
from api.common.operations import operation

from ..base import PAGE, InProject, OnImage, OnRow
from ..serializers import tags as names


class TagClasses(InProject):
    shows = names.tag_class

    @operation("List tag classes", may="project.read", query=PAGE, gives=[names.TagClassOut], key="E56")
    def get(self) -> Any:
        rows = Concept.all_objects.filter(project=self.place, on_media=True).select_related("tag_group")
        return self.page(rows.order_by(F("media_order").asc(nulls_last=True), "sort_key", "id"))

    @operation(
        "Create a tag class", may="vocabulary.write", body=names.TAG_CLASS, gives=names.TagClassOut, key="E57"
    )
    def post(self) -> Any:
        return self.render(concepts.create(actor=self.who, project=self.place, roles=("media",), **self.body))


class OneTagClass(OnRow):
    shows = names.tag_class
    rows = staticmethod(lambda: Concept.objects.filter(on_media=True).select_related("tag_group"))
    noun = "tag class"

    @operation("Read a tag class", may="project.read", gives=names.TagClassOut, key="E58")
    def get(self) -> Any:
        return self.render(self.row)

    @operation(
        "Change a tag class", may="vocabulary.write", body=names.TAG_CLASS, gives=names.TagClassOut, key="E59"
    )
    def put(self) -> Any:
        return self.render(concepts.update(actor=self.who, concept=self.row, changes=self.body, role="media"))

    @operation("Delete a tag class and its tags", may="vocabulary.write", status=204, key="D6")
    def delete(self) -> None:
        concepts.delete(actor=self.who, concept=self.row, role="media")


class TagGroups(InProject):
    shows = names.tag_group

    @operation("List tag groups", may="project.read", query=PAGE, gives=[names.TagGroupOut], key="E60")
    def get(self) -> Any:
        rows = TagGroup.all_objects.filter(project=self.place)
        return self.page(rows.order_by(F("order").asc(nulls_last=True), "sort_key", "id"))

    @operation(
        "Create a tag group", may="vocabulary.write", body=names.TAG_GROUP, gives=names.TagGroupOut, key="E61"
    )
    def post(self) -> Any:
        return self.render(concepts.create_group(actor=self.who, project=self.place, **self.body))


class OneTagGroup(OnRow):
    shows = names.tag_group
    rows = staticmethod(TagGroup.objects.all)
    noun = "tag group"

    @operation("Read a tag group", may="project.read", gives=names.TagGroupOut, key="E62")
    def get(self) -> Any:
        return self.render(self.row)

    @operation(
        "Change a tag group", may="vocabulary.write", body=names.TAG_GROUP, gives=names.TagGroupOut, key="E63"
    )
    def put(self) -> Any:
        return self.render(concepts.update_group(actor=self.who, group=self.row, changes=self.body))

    @operation(
        "Delete a tag group; its tag classes go to Default", may="vocabulary.write", status=204, key="D7"
    )
    def delete(self) -> None:
        concepts.delete_group(actor=self.who, group=self.row)


class ImageTags(OnImage):
    shows = names.tag

    @operation("List the tags of an image", may="project.read", query=PAGE, gives=[names.TagOut], key="X2")
    def get(self) -> Any:
        return self.page(
            Tag.all_objects.filter(media=self.image).select_related("concept").order_by("created_at", "id")
        )

    @operation("Tag an image", may="tag.write", body=names.ADD_TAGS, gives=list[names.TagOut], key="X3")
    def post(self) -> Any:
        wanted = [item["tag_class_id"] for item in self.body]
        return [
            self.render(tag) for tag in tags.add_many(actor=self.who, media=self.image, concept_ids=wanted)
        ]

    @operation(
        "Take tags from an image",
        may="tag.write",
        body=names.DROP_TAGS,
        status=204,
        is_body_optional=True,
        key="X4",
    )
    def delete(self) -> None:
        by_class = [item["tag_class_id"] for item in self.body if "tag_class_id" in item]
        by_id = [item["tag_id"] for item in self.body if "tag_id" in item]
        tags.remove_many(actor=self.who, media=self.image, concept_ids=by_class, tag_ids=by_id)
