"""E41 to E44 and D5: label classes."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from annotator.models import Concept
from annotator.services.vocabulary import concepts
from api.common.operations import operation

from ..base import PAGE, InProject, OnRow
from ..serializers import classes as names


class LabelClasses(InProject):
    shows = names.out

    @operation("List label classes", may="project.read", query=PAGE, gives=[names.LabelClassOut], key="E41")
    def get(self) -> Any:
        rows = Concept.all_objects.filter(project=self.place, on_region=True)
        return self.page(rows.order_by(F("region_order").asc(nulls_last=True), "sort_key", "id"))

    @operation(
        "Create a label class",
        may="vocabulary.write",
        body=names.LABEL_CLASS,
        gives=names.LabelClassOut,
        key="E42",
    )
    def post(self) -> Any:
        return self.render(
            concepts.create(actor=self.who, project=self.place, roles=("region",), **self.body)
        )


class OneLabelClass(OnRow):
    shows = names.out
    rows = staticmethod(lambda: Concept.objects.filter(on_region=True))
    noun = "label class"

    @operation("Read a label class", may="project.read", gives=names.LabelClassOut, key="E43")
    def get(self) -> Any:
        return self.render(self.row)

    @operation(
        "Change a label class",
        may="vocabulary.write",
        body=names.LABEL_CLASS,
        gives=names.LabelClassOut,
        key="E44",
    )
    def put(self) -> Any:
        return self.render(
            concepts.update(actor=self.who, concept=self.row, changes=self.body, role="region")
        )

    @operation("Delete a label class and its labels", may="vocabulary.write", status=204, key="D5")
    def delete(self) -> None:
        concepts.delete(actor=self.who, concept=self.row, role="region")
