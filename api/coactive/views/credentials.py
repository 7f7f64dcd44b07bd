"""Credentials: buckets of the workspace."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain import text
from annotator.domain.errors import DomainError, TooLarge
from annotator.services.buckets import buckets
from annotator.services.exchange import assets

from ..serializers import credentials as serializers
from ..viewsets import WorkspaceViewSet

_FILES = ("create_aws", "create_gcp")


class CredentialsViewSet(WorkspaceViewSet):
    """Credentials."""

    serializer_class = serializers.CredentialsSerializer
    response_serializer_classes = {"validate": serializers.CredentialsValidationSerializer}
    request_serializer_classes = {"validate": serializers.ValidateSerializer}
    body_content = dict.fromkeys(_FILES, serializers.CredentialsParser.content())
    file_parsers = dict.fromkeys(_FILES, serializers.CredentialsParser)
    permission_actions = dict.fromkeys((*_FILES, "validate"), "bucket.manage")
    decoding_actions = frozenset({"validate"})

    def create_aws(self, request: Request, **kwargs: Any) -> Response:
        """Add a bucket of AWS."""
        return self._create("s3", serializers.aws_fields(self._content()))

    def create_gcp(self, request: Request, **kwargs: Any) -> Response:
        """Add a bucket of Google Cloud Storage."""
        return self._create("gcs", serializers.gcp_fields(self._content()))

    def validate(self, request: Request, **kwargs: Any) -> Response:
        """Try to read what is at a path."""
        data = self.get_validated_data()
        text.clean(data["data_path"], field="dataPath", limit=2_000)
        workspace, key = self.get_workspace(), data.get("credentials_id")
        answer = {"credentials_id": key, "data_path": data["data_path"], "success": False, "detail": None}
        try:
            if key is not None:
                buckets.find(workspace=workspace, key=key, field="credentialsId")
            file = assets.find_file(workspace.pk, data["data_path"], key, field="dataPath")
            found = buckets.test(actor=self.actor, bucket=file.bucket, prefix=file.key)
        except DomainError as refusal:
            return self.respond(answer | {"detail": refusal.message})
        detail = None if found is not None else "Nothing is at this path."
        return self.respond(
            answer | {"credentials_id": file.bucket.pk, "success": found is not None, "detail": detail}
        )

    def _create(self, provider: str, fields: dict[str, str]) -> Response:
        bucket = buckets.create(
            actor=self.actor,
            workspace=self.get_workspace(),
            provider=provider,
            description=f"Coactive {provider}",
            fields=fields,
        )
        return self.respond(bucket)

    def _content(self) -> bytes:
        """Return the file of the request. Raises TooLarge."""
        found = bytearray()
        for _, chunks in self.get_data():
            for chunk in chunks:
                found += chunk
                if len(found) > serializers.MAX_FILE:
                    raise TooLarge("file may have at most 64 KB.", field="file")
        return bytes(found)
