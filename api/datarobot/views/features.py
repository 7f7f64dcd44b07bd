"""What the images of a project are described by, and what they are to predict."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Invalid
from annotator.services.insight import contents, features, modeling, targets

from ..jobs import status_path
from ..serializers.features import AimSerializer, FeatureSerializer, ProjectStatusSerializer
from ..serializers.jobs import StatusSerializer
from ..stages import DESCRIPTIONS, stage_of
from ..viewsets import ProjectViewSet


class FeatureViewSet(ProjectViewSet):
    """Features of a project."""

    serializer_class = FeatureSerializer
    pagination_class = None
    bare_list_actions = frozenset({"list"})
    permission_actions = {"list": "project.read"}

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the features of a project: the image, tag groups, attributes, numbers of labels."""
        found = features.list_features(self.project)
        return self.respond(list(features.profile(self.project, found).items()))


class AimViewSet(ProjectViewSet):
    """The target of a project."""

    serializer_class = StatusSerializer
    request_serializer_classes = {"partial_update": AimSerializer}
    permission_actions = {"partial_update": "project.manage"}
    success_statuses = {"partial_update": (202,)}

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        """Set the target of a project, in place of the one it had."""
        data = self.get_validated_data()
        if data.get("unsupervisedMode"):
            raise Invalid(
                "unsupervisedMode is not supported: a project needs a target.", field="unsupervisedMode"
            )
        job = modeling.set_target(
            actor=self.actor,
            project=self.project,
            feature=data["target"],
            target_type=data.get("target_type"),
            positive_class=_class_name(data.get("positive_class")),
            options={name: data[name] for name in ("mode", "metric") if name in data},
        )
        return self.respond_at(status_path(job), self.get_serializer(job).data)


class TrainingOptionsViewSet(ProjectViewSet):
    """Options of training."""

    response_schemas = {"retrieve": {"type": "object"}}
    permission_actions = {"retrieve": "project.read"}

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Read the options of training: an empty object, as nothing is trained."""
        return Response({})


class ProjectStatusViewSet(ProjectViewSet):
    """The status of a project."""

    serializer_class = ProjectStatusSerializer
    permission_actions = {"retrieve": "project.read"}

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Read the stage of a project; training is always done, as there is none."""
        stage = stage_of(
            has_images=contents.images(self.project.pk).exists(),
            has_target=targets.of(self.project) is not None,
        )
        status = {"autopilotDone": True, "stage": stage, "stageDescription": DESCRIPTIONS[stage]}
        return self.respond(status)


def _class_name(value: Any) -> str:
    """Return a class that callers may give as text, number or boolean. Raises Invalid for anything else."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    raise Invalid("positiveClass must be text, a number or a boolean.", field="positiveClass")
