"""Jobs of a project, and statuses of all jobs: what is asked until there is a result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.models import Job
from annotator.services.jobs import jobs

from ..filters import JobFilterSet
from ..jobs import result_path
from ..pagination import JobPagination
from ..serializers.jobs import JobSerializer, StatusSerializer
from ..viewsets import DataRobotView, DataRobotViewSet, ProjectViewSet


class _JobView(DataRobotView):
    """What jobs and statuses share: they are read until they lead to a result, and cancelled."""

    success_statuses: ClassVar[Mapping[str, tuple[int, ...]]] = {"retrieve": (200, 303)}
    respond: Any
    job: Job

    def respond_with_job(self) -> Response:
        """Return the job, with the address of its result (303) once it has one."""
        response: Response = self.respond(self.job)
        path = result_path(self.job)
        return response if path is None else self.respond_at(path, response.data, status=303)

    def cancel(self) -> Response:
        """Ask the job to stop."""
        jobs.cancel(actor=self.actor, job=self.job)
        return Response(status=204)


class JobViewSet(_JobView, ProjectViewSet):
    """Jobs of a project."""

    queryset = Job.objects.all()
    serializer_class = JobSerializer
    pagination_class = JobPagination
    filterset_class = JobFilterSet
    permission_actions = {"list": "project.read", "retrieve": "project.read", "destroy": "project.read"}
    path_schemas = {"jobId": {"type": "string", "pattern": "^[0-9]{1,18}$"}}

    def resolve_path(self) -> None:
        """Find the project, and the job by its number there."""
        super().resolve_path()
        number = self.kwargs.get("jobId")
        if number is not None:
            is_number = number.isascii() and number.isdecimal() and len(number) <= 18
            found = self.get_queryset().filter(number=int(number)).first() if is_number else None
            if found is None:
                raise self.missing("job")
            self.job = found

    def get_queryset(self) -> QuerySet[Any]:
        return jobs.visible(actor=self.actor, project=self.project).select_related("project")

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the jobs of a project, the newest first; without a status those that wait or run."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Read a job; once it is completed, with the address of its result."""
        return self.respond_with_job()

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Cancel a job."""
        return self.cancel()


class StatusViewSet(_JobView, DataRobotViewSet):
    """Statuses of jobs."""

    queryset = Job.objects.all()
    serializer_class = StatusSerializer
    permission_actions = {"list": None, "retrieve": None, "destroy": None}

    def resolve_path(self) -> None:
        """Find the job; who may cancel it, its service decides."""
        if "statusId" in self.kwargs:
            key = self.parse_key(self.kwargs["statusId"], "status")
            found = self.get_jobs().filter(pk=key).first()
            if found is None:
                raise self.missing("status")
            self.job = found

    def get_jobs(self) -> QuerySet[Job]:
        """Return the jobs that the actor sees."""
        return jobs.visible(actor=self.actor).select_related("project", "workspace")

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the statuses of all jobs that the token reaches, the newest first."""
        rows = self.paginate_queryset(self.get_jobs())
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Read the status of a job; once it is completed, with the address of its result."""
        return self.respond_with_job()

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Cancel a job."""
        return self.cancel()
