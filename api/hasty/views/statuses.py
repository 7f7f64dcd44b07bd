"""X20 to X23: the work states of a project."""

from __future__ import annotations

from typing import Any

from annotator.models import MediaStatus
from annotator.services.media import statuses
from api.common.operations import operation

from ..base import PAGE, InProject, OnRow
from ..serializers import statuses as names


class Statuses(InProject):
    shows = names.out

    @operation("List statuses", may="project.read", query=PAGE, gives=[names.StatusOut], key="X20")
    def get(self) -> Any:
        return self.page(
            MediaStatus.all_objects.filter(project=self.place).order_by("order", "name_key", "id")
        )

    @operation("Create a status", may="project.manage", body=names.STATUS, gives=names.StatusOut, key="X21")
    def post(self) -> Any:
        wanted = {**self.body, "color": self.body.get("color") or ""}
        return self.render(statuses.create(actor=self.who, project=self.place, **wanted))


class OneStatus(OnRow):
    shows = names.out
    rows = staticmethod(MediaStatus.objects.all)
    noun = "status"

    @operation("Change a status", may="project.manage", body=names.STATUS, gives=names.StatusOut, key="X22")
    def put(self) -> Any:
        return self.render(statuses.update(actor=self.who, status=self.row, changes=self.body))

    @operation("Delete a status", may="project.manage", status=204, key="X23")
    def delete(self) -> None:
        statuses.delete(actor=self.who, status=self.row)
