"""Buckets of a workspace, what is in them, and imports from them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Invalid
from annotator.models import Bucket, Dataset, Upload, Workspace
from annotator.services.buckets import buckets, reading
from annotator.services.exchange import bucket_import

from .. import viewsets
from ..serializers.buckets import (
    BucketChangeSerializer,
    BucketFilesQuerySerializer,
    BucketFilesSerializer,
    BucketImportSerializer,
    BucketInSerializer,
    BucketSerializer,
)


class BucketViewSet(ListModelMixin, viewsets.WorkspaceViewSet):
    """Buckets."""

    queryset = Bucket.objects.order_by("created_at", "id")
    lookup_url_kwarg = "bucket_id"
    serializer_class = BucketSerializer
    request_serializer_classes = {
        "create": BucketInSerializer,
        "update": BucketChangeSerializer,
        "import_files": BucketImportSerializer,
    }
    query_serializer_classes = {"files": BucketFilesQuerySerializer}
    response_serializer_classes = {"files": BucketFilesSerializer}
    success_statuses = {"import_files": (204,)}
    decoding_actions = frozenset({"files"})
    permission_actions = {
        "list": "workspace.read",
        "create": "bucket.manage",
        "update": "bucket.manage",
        "destroy": "bucket.manage",
        "files": "media.upload",
        "import_files": "media.upload",
    }

    @staticmethod
    def object_rows() -> QuerySet[Any]:
        return Bucket.objects.select_related("workspace")

    def resolve_path(self) -> None:
        value = self.kwargs.get("bucket_id")
        if value is None:
            super().resolve_path()
            return
        keys = {
            "workspace_id": self.parse_key(self.kwargs["workspace_id"], "workspace"),
            "pk": self.parse_key(value, "bucket"),
        }
        row = self.find(self.object_rows, "bucket", **keys)
        self.object, self.scope, self.role = row, row.workspace, row.role_of_actor

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(workspace=self.scope)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Add a bucket."""
        fields = self.get_validated_data()
        provider, description = fields.pop("cloud_provider"), fields.pop("description")
        made = buckets.create(
            actor=self.actor, workspace=self.scope, provider=provider, description=description, fields=fields
        )
        return self.respond(made)

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Change the description of a bucket, or replace its credentials."""
        fields = self.get_validated_data()
        provider, description = fields.pop("cloud_provider", None), fields.pop("description", None)
        changed = buckets.update(
            actor=self.actor,
            bucket=self.get_object(),
            provider=provider,
            description=description,
            fields=fields,
        )
        return self.respond(changed)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete a bucket."""
        buckets.delete(actor=self.actor, bucket=self.get_object())
        return Response(status=204)

    def files(self, request: Request, **kwargs: Any) -> Response:
        """List the files of a bucket."""
        upload = self._names(self.validated_query)
        names = None if upload is None else bucket_import.listed_names(upload)
        prefix = self.validated_query.get("prefix") or ""
        return self.respond({"files": reading.list_keys(self.get_object(), prefix=prefix, names=names)})

    def import_files(self, request: Request, **kwargs: Any) -> Response:
        """Start to import files of a bucket; the id of the job is in the header X-Job-Id."""
        data = self.get_validated_data()
        job = bucket_import.start(
            actor=self.actor, bucket=self.get_object(), dataset=self._dataset(data["dataset_id"]),
            prefix=data.get("prefix") or "", names=self._names(data), is_copied=data.get("is_copied"),
            asset_type=data.get("asset_type") or "images",
        )  # fmt: skip
        return Response(status=204, headers={"X-Job-Id": str(job.pk)})

    def _names(self, data: Any) -> Upload | None:
        """Return the uploaded list of keys that a request names."""
        upload_id, scope_id = data.get("upload_id"), data.get("upload_scope_id")
        if upload_id is None and scope_id is None:
            return None
        if upload_id is None or scope_id is None:
            missing = "upload_id" if upload_id is None else "upload_scope_id"
            raise Invalid(f"{missing} is required: upload_id and upload_scope_id go together.", field=missing)
        return bucket_import.find_names(
            actor=self.actor, workspace=self.scope, scope_id=scope_id, upload_id=upload_id
        )

    def _dataset(self, key: Any) -> Dataset:
        workspace: Workspace = self.scope
        rows = Dataset.objects.visible_to(self.actor).select_related("project")
        found = rows.filter(pk=key, project__workspace=workspace, project__trashed_at=None).first()
        if found is None:
            message = "There is no such dataset in this workspace."
            raise Invalid(message, field="dataset_id", code="unknown_dataset")
        dataset: Dataset = found
        return dataset
