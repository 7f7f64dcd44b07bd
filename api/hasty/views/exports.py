"""Exports."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.models import Job
from annotator.services.exchange.exports import exports
from annotator.services.jobs import jobs
from annotator.services.media.selection import MediaSelection, any_of

from ..filters import status_ids
from ..serializers.exports import ExportInSerializer, JobSerializer
from ..viewsets import ProjectViewSet


class ExportViewSet(ListModelMixin, RetrieveModelMixin, ProjectViewSet):
    """Exports."""

    queryset = Job.objects.filter(kind="export")
    lookup_url_kwarg = "export_id"
    object_noun = "export"
    serializer_class = JobSerializer
    request_serializer_classes = {"create": ExportInSerializer}
    permission_actions = {"list": "project.read", "retrieve": "project.read", "create": "export.create"}

    def get_queryset(self) -> QuerySet[Job]:
        """Return the exports that the actor may see, newest first."""
        return jobs.visible(actor=self.actor, project=self.project, kind="export")

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Start an export."""
        data = self.get_validated_data()
        job = exports.start(
            actor=self.actor,
            project=self.project,
            format_name=data["format"],
            selection=self.selection(data),
            label_classes=data.get("class", ()),
            name=data.get("export_name", "export"),
            link_origin=self.origin if data.get("sign_urls") else None,
            semantic_format=data.get("semantic_format"),
            labels_order=tuple(data.get("labels_order") or ()),
        )
        return self.respond(job)

    def selection(self, data: dict[str, Any]) -> MediaSelection:
        """Return the media that the body names; an empty list names all."""
        names = [*data.get("image_status", []), *data.get("video_status", [])]
        return MediaSelection(
            datasets=any_of(data.get("dataset_id", ())),
            tags=any_of(data.get("tag", ())),
            statuses=status_ids(self.project, names, field="image_status") if names else None,
            status_since=data.get("status_start_time"),
        )
