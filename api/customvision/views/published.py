"""The prediction API: what an iteration that was published finds in an image. None can be published, as no model is installed."""

from __future__ import annotations

from typing import Any, NoReturn

from rest_framework.request import Request

from annotator.domain.errors import Missing
from annotator.services.insight import sent_images

from ..authentication import PredictionAuthentication
from ..serializers import predictions as serializers
from ..viewsets import ProjectViewSet


class PublishedPredictionViewSet(ProjectViewSet):
    """Predictions of published iterations.

    A request is checked as if there were one: credential, project, role, and that the image can be decoded.
    """

    authentication_classes = (PredictionAuthentication,)
    serializer_class = serializers.ImagePredictionSerializer
    query_serializer_classes = dict.fromkeys(
        ("predict_file", "predict_url"), serializers.PublishedPredictionQuerySerializer
    )
    request_serializer_classes = {"predict_url": serializers.ImageUrlSerializer}
    file_parsers = {"predict_file": serializers.QuickTestParser}
    body_content = {"predict_file": serializers.QuickTestParser.content()}
    permission_actions = dict.fromkeys(("predict_file", "predict_url"), "label.write")
    model_actions = frozenset(permission_actions)
    file_actions = frozenset({"predict_file"})
    decoding_actions = frozenset({"predict_file", "predict_url"})
    path_schemas = {**ProjectViewSet.path_schemas, "publishName": {"type": "string"}}
    error_codes = {
        "empty": "BadRequestImageStream",
        "too_large": "BadRequestImageSizeBytes",
        "unreachable": "BadRequestImageUrl",
        "not_public": "BadRequestImageUrl",
        "invalid": "BadRequestImageUrl",
        "not_an_image": "BadRequestImageFormat",
        "truncated": "BadRequestImageFormat",
        "zero_bytes": "BadRequestImageFormat",
        "application": "BadRequestPredictionInvalidApplicationName",
        "url": "BadRequestImageUrl",
        "image": "BadRequestImageFormat",
    }

    def predict_file(self, request: Request, **kwargs: Any) -> NoReturn:
        """Predict what is on a file."""
        for _, chunks in self.get_data():
            sent_images.check_file(actor=self.actor, project=self.project, chunks=chunks)
        self._refuse()

    def predict_url(self, request: Request, **kwargs: Any) -> NoReturn:
        """Predict what is on an image at an address."""
        url = self.get_validated_data()["url"]
        sent_images.check_url(actor=self.actor, project=self.project, url=url)
        self._refuse()

    def _refuse(self) -> NoReturn:
        """Raise the error of a name under which nothing is published."""
        message = "No iteration is published under this name: there is no model installed on this server."
        raise Missing(message, code="NotFoundIteration")
