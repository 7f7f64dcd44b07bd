"""Predictions and suggestions of models. None can be installed yet, which all that would compute some say; none is stored."""

from __future__ import annotations

from typing import Any, NoReturn

from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain import text
from annotator.domain.errors import Invalid
from annotator.services.insight import runs

from ..serializers import predictions as serializers
from ..serializers.uploads import ImageCreateSummarySerializer
from ..viewsets import ProjectImagesViewSet, ProjectViewSet


class QuickTestViewSet(ProjectViewSet):
    """What a model finds in an image that is sent."""

    serializer_class = serializers.ImagePredictionSerializer
    query_serializer_classes = dict.fromkeys(
        ("create", "create_from_url"), serializers.QuickTestQuerySerializer
    )
    request_serializer_classes = {"create_from_url": serializers.ImageUrlSerializer}
    file_parsers = {"create": serializers.QuickTestParser}
    body_content = {"create": serializers.QuickTestParser.content()}
    permission_actions = {"create": "label.write", "create_from_url": "label.write"}
    model_actions = frozenset(permission_actions)
    file_actions = frozenset({"create"})
    error_codes = {"image": "BadRequestImageStream", "url": "BadRequestImageUrl"}

    def create(self, request: Request, **kwargs: Any) -> NoReturn:
        """Predict what is on a file."""
        sizes = [sum(map(len, chunks)) for _, chunks in self.get_data()]
        if not any(sizes):
            raise Invalid("Send the bytes of an image.", field="image")
        runs.predict_file(actor=self.actor, project=self.project, task="object_detection")

    def create_from_url(self, request: Request, **kwargs: Any) -> NoReturn:
        """Predict what is on an image at an address."""
        url = self.get_validated_data()["url"]
        runs.predict(
            actor=self.actor, project=self.project, task="object_detection", image_url=url, url_field="url"
        )


class PredictionViewSet(ProjectViewSet):
    """Predictions that were kept."""

    serializer_class = serializers.PredictionQueryResultSerializer
    query_serializer_classes = {"destroy": serializers.DeletePredictionsQuerySerializer}
    request_serializer_classes = {"list_by_query": serializers.PredictionQueryTokenSerializer}
    permission_actions = {"list_by_query": "project.read", "destroy": "label.write"}
    model_actions = frozenset(permission_actions)
    error_codes = {"ids": "BadRequestInvalidIds"}

    def list_by_query(self, request: Request, **kwargs: Any) -> Response:
        """List predictions."""
        asked = dict.fromkeys(serializers.PredictionQueryTokenSerializer().fields) | self.get_validated_data()
        for name in ("session", "continuation", "application"):
            text.clean(asked[name] or "", field=name, limit=200, required=False)
        if asked["tags"] is not None:
            blank = dict.fromkeys(serializers.PredictionQueryTagSerializer().fields)
            asked["tags"] = [blank | tag for tag in asked["tags"]]
        return self.respond({"token": asked | {"session": None, "continuation": None}, "results": []})

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete predictions; ids that name none are ignored, and none exist."""
        return Response(status=204)


class PredictedImageViewSet(ProjectImagesViewSet):
    """Images of predictions, and what a model proposes for images that are there."""

    request_serializer_classes = {"create": serializers.ImageIdCreateBatchSerializer}
    response_serializer_classes = {
        "create": ImageCreateSummarySerializer,
        "propose": serializers.ImageRegionProposalSerializer,
    }
    success_statuses = {"create": (207,)}
    permission_actions = {"create": "media.upload", "propose": "label.write"}
    model_actions = frozenset(permission_actions)
    lookup_url_kwarg = "imageId"
    object_noun = "image"

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create images of predictions; ids that name none are refused one by one."""
        rows = [
            {"name": str(entry["id"]), "status": "ErrorSource", "image": None}
            for entry in self.get_validated_data()["images"]
        ]
        return self.respond_batch({"is_successful": False, "images": rows}, is_successful=False)

    def propose(self, request: Request, **kwargs: Any) -> NoReturn:
        """Propose regions of an image."""
        runs.predict_file(actor=self.actor, project=self.project, task="object_detection")


class SuggestionViewSet(ProjectViewSet):
    """What a model suggests for images."""

    serializer_class = serializers.SuggestedTagAndRegionQuerySerializer
    response_serializer_classes = {"suggest": serializers.SuggestedTagAndRegionSerializer}
    query_serializer_classes = {
        "list_by_query": serializers.SuggestionQuerySerializer,
        "count": serializers.SuggestionQuerySerializer,
        "suggest": serializers.SuggestedTagsQuerySerializer,
    }
    request_serializer_classes = {
        "list_by_query": serializers.SuggestedTagAndRegionQueryTokenSerializer,
        "count": serializers.TagFilterSerializer,
    }
    response_schemas = {"count": {"type": "object", "additionalProperties": {"type": "integer"}}}
    permission_actions = {"list_by_query": "project.read", "count": "project.read", "suggest": "label.write"}
    model_actions = frozenset(permission_actions)

    def list_by_query(self, request: Request, **kwargs: Any) -> NoReturn:
        """List images with suggestions."""
        raise self.missing("iteration")

    def count(self, request: Request, **kwargs: Any) -> NoReturn:
        """Count images with suggestions by tag."""
        raise self.missing("iteration")

    def suggest(self, request: Request, **kwargs: Any) -> NoReturn:
        """Suggest tags and regions of images."""
        raise self.missing("iteration")
