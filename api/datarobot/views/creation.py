"""What is made of an archive, an address or a dataset: jobs that are answered with 202 and the address of their status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Invalid
from annotator.models import Blob, Job, Workspace
from annotator.services import blobs
from annotator.services.projects import catalog

from ..jobs import status_path
from ..serializers.datasets import ProjectCreatedSerializer
from ..serializers.projects import KEPT
from ..serializers.uploads import ArchiveParser, checked_archive

_UNNAMED = "Untitled project"


class Creation:
    """Mixed before a view: actions of `archive_actions` may be sent an archive as a form, of any size that uploads have."""

    archive_actions: ClassVar[frozenset[str]] = frozenset()
    part_types: ClassVar[Mapping[str, Mapping[str, str]]] = {"create": {"file": "application/zip"}}
    archive: ArchiveParser | None = None
    #: The workspaces that the actor sees: what is made is put into the only one.
    workspaces: list[Workspace]
    action: str
    actor: Any
    scope: Any
    role: str
    get_data: Any
    respond_at: Any

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        found: Any = super().initialize_request(request, *args, **kwargs)  # type: ignore[misc]
        is_form = (request.content_type or "").lower() == ArchiveParser.media_type
        if self.action in self.archive_actions and is_form:
            self.archive = ArchiveParser()
            found.parsers = [self.archive]
        return found  # type: ignore[no-any-return]

    @property
    def max_body_bytes(self) -> int:
        limit: int = settings.MAX_UPLOAD_BYTES if self.archive else super().max_body_bytes  # type: ignore[misc]
        return limit

    def find_workspace(self) -> None:
        """Find the workspaces that the actor sees; the only one is asked for permission."""
        self.workspaces = list(Workspace.objects.with_role(self.actor))

    def check_permissions(self, request: Request) -> None:
        """Ask the role of the path, or for what is made that in the workspace, where it is clear which."""
        if not hasattr(self, "workspaces"):
            super().check_permissions(request)  # type: ignore[misc]
        elif len(self.workspaces) == 1:
            self.scope, self.role = self.workspaces[0], self.workspaces[0].role_of_actor  # type: ignore[attr-defined]
            super().check_permissions(request)  # type: ignore[misc]

    @property
    def workspace(self) -> Workspace:
        """Return the only workspace that the actor sees. Raises Invalid."""
        if len(self.workspaces) != 1:
            raise Invalid("This token belongs to several workspaces; use one that is limited to a workspace.")
        return self.workspaces[0]

    def store_archive(self) -> tuple[str, Blob]:
        """Store the archive of a form and return its file name. Raises Invalid for a file that is none."""
        found = [
            (name, blobs.put_chunks(checked_archive(chunks), mime="application/zip", limit=settings.MAX_UPLOAD_BYTES))
            for name, chunks in self.get_data()
        ]  # fmt: skip
        name, blob = found[0]
        return name or "archive.zip", blob

    def respond_started(self, job: Job, body: Any) -> Response:
        """Return 202 with the address of the job's status."""
        response: Response = self.respond_at(status_path(job), body)
        return response


class ProjectCreation(Creation):
    """Mixed before the viewset of projects."""

    archive_actions = frozenset({"create"})
    #: An address is looked up while the caller waits.
    decoding_actions = frozenset({"create"})
    success_statuses: ClassVar[Mapping[str, tuple[int, ...]]] = {"create": (202,)}
    response_serializer_classes: ClassVar[Mapping[str, Any]] = {"create": ProjectCreatedSerializer}
    get_validated_data: Any
    get_serializer: Any

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create a project of a dataset, of an archive of class folders, or of one at an address."""
        if self.archive is not None:
            workspace = self.workspace
            file_name, blob = self.store_archive()
            project, job = catalog.create_project_from_archive(
                actor=self.actor,
                workspace=workspace,
                name=self.archive.texts.get("projectName") or file_name,
                source=blob,
                file_name=file_name,
            )
        else:
            project, job = self._create_from(self.get_validated_data())
        body = self.get_serializer({"pid": project.pk, "statusId": job.pk}).data
        return self.respond_started(job, body)

    def _create_from(self, data: dict[str, Any]) -> Any:
        name = data.get("name")
        if "url" in data:
            workspace = self.workspace
            return catalog.create_project_from_archive(
                actor=self.actor, workspace=workspace, name=name or _UNNAMED, source=data["url"], file_name=_file_name(data["url"])
            )  # fmt: skip
        dataset = catalog.find(actor=self.actor, dataset_id=data["dataset"])
        kept = {KEPT: {"catalog_id": str(dataset.pk)}}
        return catalog.create_project(
            actor=self.actor, dataset=dataset, name=name or dataset.name[:200], settings=kept
        )


def _file_name(url: str) -> str:
    """Return the last part of the path of an address."""
    return url.partition("?")[0].rstrip("/").rpartition("/")[2][:200]
