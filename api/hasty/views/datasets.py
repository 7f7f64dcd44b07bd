"""E15 to E18 and D2: datasets."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from annotator.domain import text
from annotator.models import Dataset
from annotator.services import naming
from annotator.services.projects import datasets
from api.common import query
from api.common.operations import operation

from ..base import PAGE, InProject, OnRow
from ..serializers import datasets as names

NAMED = query.query(name=query.words(doc="Part of the name, in any case."))


class Datasets(InProject):
    shows = names.out

    @operation("List datasets", may="project.read", query=PAGE | NAMED, gives=[names.DatasetOut], key="E15")
    def get(self) -> Any:
        rows = Dataset.objects.filter(project=self.place)
        if self.asked.get("name"):
            rows = rows.filter(name_key__contains=text.name_key(self.asked["name"]))
        return self.page(rows.order_by(F("order").asc(nulls_last=True), "sort_key", "id"))

    @operation("Create a dataset", may="dataset.write", body=names.DATASET, gives=names.DatasetOut, key="E16")
    def post(self) -> Any:
        order = self.body.get("order")
        if order is None:
            order = naming.next_order(Dataset.objects.filter(project=self.place), "order")
        made = datasets.create(actor=self.who, project=self.place, name=self.body["name"], order=order)
        return self.render(made)


class OneDataset(OnRow):
    shows = names.out
    rows = staticmethod(lambda: Dataset.objects.all())
    noun = "dataset"

    @operation("Read a dataset", may="project.read", gives=names.DatasetOut, key="E17")
    def get(self) -> Any:
        return self.render(self.row)

    @operation("Change a dataset", may="dataset.write", body=names.DATASET, gives=names.DatasetOut, key="E18")
    def put(self) -> Any:
        return self.render(datasets.update(actor=self.who, dataset=self.row, changes=self.body))

    @operation("Delete a dataset with its media", may="media.delete", status=204, key="D2")
    def delete(self) -> None:
        datasets.trash(actor=self.who, dataset=self.row)
