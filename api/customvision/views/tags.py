"""Tags: the concepts of a project, whatever they can be said of."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from annotator.domain.errors import Invalid
from annotator.models import Concept, Label, Media, Project, Tag, TagGroup
from annotator.services.vocabulary import concepts
from api.common.operations import operation
from api.common.views import seen_by

from ..base import LIVE, InProject
from ..serializers import tags as names

_CODES = {
    "name_taken": "BadRequestTagNameNotUnique",
    "name": "BadRequestTagName",
    "description": "BadRequestTagDescription",
    "type": "BadRequestTagType",
}


def _counts(project: Project, rows: Any) -> Counter[uuid.UUID]:
    """Return how many images have each of the concepts, as a tag or as the class of a region. Three queries."""
    # All media from the index alone, then those in the trash off again, which are few: a join would cost ten times as much.
    labels = Label.all_objects.filter(concept__in=rows).order_by()
    every = labels.values("concept").annotate(images=Count("media", distinct=True))
    gone = Media.all_objects.filter(project=project).exclude(trashed_at__isnull=True, kind="image")
    also = Label.all_objects.filter(media=OuterRef("media"), concept=OuterRef("concept"))
    tags = Tag.all_objects.filter(concept__in=rows, media__trashed_at__isnull=True, media__kind="image")
    of_tags = tags.exclude(Exists(also)).order_by().values("concept").annotate(images=Count("pk"))
    found: Counter[uuid.UUID] = Counter()
    for row in (*every, *of_tags):
        found[row["concept"]] += row["images"]
    for row in every.filter(media__in=gone):
        found[row["concept"]] -= row["images"]
    return found


class _Vocabulary(InProject):
    codes = _CODES

    def known(self) -> Any:
        """Return the tags of the project."""
        rows = Concept.all_objects.filter(project=self.place)
        return rows.filter(Q(on_region=True) | Q(on_media=True))

    def refuse_second(self, kind: str, besides: uuid.UUID | None = None) -> None:
        """Refuse a second negative tag and a second general product."""
        if kind == "Regular":
            return
        if any(row.pk != besides and names.type_of(row) == kind for row in self.known()):
            code = {"Negative": "BadRequestMultipleNegativeTag"}.get(
                kind, "BadRequestMultipleGeneralProductTag"
            )
            raise Invalid(f"The project has a tag of type {kind} already.", field="type", code=code)


class Tags(_Vocabulary):
    @operation("List tags", may="project.read", query=LIVE, gives=list[names.TagOut], key="GetTags")
    def get(self) -> Any:
        counts = _counts(self.place, self.known().values("pk"))
        first, second = F("region_order").asc(nulls_last=True), F("media_order").asc(nulls_last=True)
        return [names.out(row, counts[row.pk]) for row in self.known().order_by(first, second, "sort_key")]

    @operation("Create a tag", may="vocabulary.write", query=names.NEW, gives=names.TagOut, key="CreateTag")
    def post(self) -> Any:
        self.refuse_second(self.asked["type"])
        group = TagGroup.all_objects.get(project=self.place, is_default=True)
        roles = ("media",) if self.asked["type"] == "Negative" else ("region", "media")
        details = names.details(self.asked, {})
        made = concepts.create(actor=self.who, project=self.place, roles=roles, tag_group=group, **details)
        return names.out(made, 0)


def _tags() -> QuerySet[Concept]:
    """Return what this dialect calls a tag: a class of regions or of pictures."""
    return Concept.objects.filter(Q(on_region=True) | Q(on_media=True))


class OneTag(_Vocabulary):
    row: Concept

    def find(self, **path: str) -> None:
        project = self.key(path["projectId"], "project", "NotFoundProject")
        key = self.key(path["tagId"], "tag", "NotFoundTag")
        super().find(**path)
        self.row = seen_by(_tags, self.who, "tag", code="NotFoundTag", pk=key, project_id=project)
        self.row.project = self.place

    def answer(self) -> Any:
        return names.out(self.row, _counts(self.place, [self.row.pk])[self.row.pk])

    @operation("Read a tag", may="project.read", query=LIVE, gives=names.TagOut, key="GetTag")
    def get(self) -> Any:
        return self.answer()

    @operation(
        "Change a tag", may="vocabulary.write", body=names.CHANGED, gives=names.TagOut, key="UpdateTag"
    )
    def patch(self) -> Any:
        self.refuse_second(self.body.get("type", "Regular"), besides=self.row.pk)
        changes = names.details(self.body, self.row.extra)
        concepts.update(actor=self.who, concept=self.row, changes=changes)
        return self.answer()

    @operation(
        "Delete a tag with everything that says it", may="vocabulary.write", status=204, key="DeleteTag"
    )
    def delete(self) -> None:
        concepts.delete(actor=self.who, concept=self.row, role=None)
