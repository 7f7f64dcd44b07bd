"""E54, E55 and X19: exports."""

from __future__ import annotations

from typing import Any

from annotator.domain.errors import Invalid
from annotator.models import Job
from annotator.services.exchange.exports import exports
from annotator.services.exchange.exports.rows import Selection
from annotator.services.jobs import jobs
from api.common import links
from api.common.operations import operation

from .. import filters
from ..base import PAGE, InProject, OnRow
from ..serializers import exports as names


class Exports(InProject):
    shows = names.out

    @operation("List exports", may="project.read", query=PAGE, gives=[names.JobOut], key="X19")
    def get(self) -> Any:
        return self.page(jobs.visible(actor=self.who, project=self.place, kind="export"))

    @operation("Start an export", may="export.create", body=names.EXPORT, gives=names.JobOut, key="E54")
    def post(self) -> Any:
        self.refuse_kind(self.body["format"])
        origin = links.origin(self.request) if self.body.get("sign_urls") else None
        job = exports.start(
            actor=self.who,
            project=self.place,
            format_name=self.body["format"],
            selection=self.selection(),
            name=self.body.get("export_name", "export"),
            link_origin=origin,
        )
        return self.render(job)

    def refuse_kind(self, format_name: str) -> None:
        """Refuse what a project of this kind of media never has."""
        is_video = self.place.content_type == "VIDEOS"
        if is_video and format_name not in ("json_v1.1", "videos"):
            raise Invalid("A video project is exported as json_v1.1 or videos.", field="format")
        if not is_video and format_name == "videos":
            raise Invalid("videos is a format of video projects.", field="format")

    def selection(self) -> Selection:
        """Return what the body chooses; an empty list chooses all."""
        statuses: list[str] = []
        for name in ("image_status", "video_status"):
            statuses += self.body.get(name, [])
        wanted = filters.statuses(self.place, {"image_status": statuses}, "image_status") if statuses else ()
        return Selection(
            datasets=tuple(self.body.get("dataset_id", ())),
            tags=tuple(self.body.get("tag", ())),
            concepts=tuple(self.body.get("class", ())),
            statuses=tuple(sorted(wanted or ())),
            status_since=self.body.get("status_start_time"),
        )


class OneExport(OnRow):
    shows = names.out
    rows = staticmethod(lambda: Job.objects.filter(kind="export"))
    noun = "export"

    @operation("Read an export", may="project.read", gives=names.JobOut, key="E55")
    def get(self) -> Any:
        return self.render(self.row)
