"""The quality log of the images of a project or a dataset, as a list of lines and as a text file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.chunks import chunks
from annotator.domain.errors import Invalid
from annotator.models import Media
from annotator.services.insight.quality_log import QualityLog
from annotator.services.naming import slug

from ..viewsets import DataRobotView, ProjectViewSet

# Lines of one part of the download.
_PORTION = 500


class QualityLogView(DataRobotView):
    """What both logs share; `log_of` says whose it is."""

    log_of: Any
    scope: Any
    paginate_queryset: Any
    get_paginated_response: Any
    response_schemas: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "list": {"type": "string"},
        "download": {"type": "string"},
    }
    response_media_types: ClassVar[Mapping[str, str]] = {"download": "text/plain"}

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the lines of the quality log: a summary, then a line for each finding in row order."""
        self.check_enabled()
        response: Response = self.get_paginated_response(self.paginate_queryset(self.log))
        return response

    def download(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Download the whole quality log as text, a finding a line."""
        self.check_enabled()
        log = self.log
        log.summary  # noqa: B018 - read before the response begins
        response = StreamingHttpResponse(_parts(log), content_type="text/plain; charset=utf-8")
        name = slug(self.scope.name, "project")
        response["Content-Disposition"] = f"attachment;filename={name}-quality-log.txt"
        return response

    @property
    def log(self) -> QualityLog:
        return QualityLog(**self.log_of)

    def check_enabled(self) -> None:
        """Raise Invalid where there is no log yet."""


def _parts(log: QualityLog) -> Iterator[str]:
    """Yield the lines of a log, many at once."""
    for lines in chunks(log, _PORTION):
        yield "".join(f"{line}\n" for line in lines)


class ProjectQualityLogViewSet(QualityLogView, ProjectViewSet):
    """The quality log of a project."""

    permission_actions = {"list": "project.read", "download": "project.read"}

    @property
    def log_of(self) -> dict[str, Any]:
        return {"project": self.project}

    def check_enabled(self) -> None:
        if not Media.live_in(self.project.pk).filter(kind="image").exists():
            raise Invalid("This project has no images, so it has no quality log.", code="no_images")
