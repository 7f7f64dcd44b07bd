"""What needs a model: active learning, automated labeling, predictions. No model can be installed yet, which all of them say."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.models import Job
from annotator.services.insight import heuristics, runs
from annotator.services.jobs import jobs

from ..serializers import models as serializers
from ..viewsets import ProjectViewSet

_EXPLANATION = "https://en.wikipedia.org/wiki/Active_learning_(machine_learning)#Query_strategies"


class HeuristicViewSet(ProjectViewSet):
    """Heuristics of active learning."""

    pagination_class = None
    serializer_class = serializers.AlHeuristicSerializer
    permission_actions = {"list": "project.read"}

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the heuristics of active learning."""
        active = {task: heuristics.active(self.project, task) for task in heuristics.TASKS}
        rows = [
            {
                "id": each.id,
                "model_family": serializers.FAMILIES[each.task],
                "name": each.name,
                "is_active": active[each.task] == each,
                "wiki_url": _EXPLANATION,
            }
            for each in heuristics.HEURISTICS
        ]
        return self.respond(rows)


class SessionViewSet(ProjectViewSet):
    """Sessions of active learning."""

    serializer_class = serializers.AlSessionSerializer
    request_serializer_classes = dict.fromkeys(
        ("create", "create_shortly"), serializers.AlSessionInSerializer
    )
    permission_actions = {"create": "project.manage", "create_shortly": "project.manage"}
    model_actions = frozenset(permission_actions)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Start a session of active learning."""
        data = self.get_validated_data()
        runs.start_session(
            actor=self.actor,
            project=self.project,
            task=serializers.TASKS.get(data.get("model_family")),
            heuristic_id=data.get("heuristic_id"),
            dataset_ids=data.get("dataset_ids", ()),
        )

    def create_shortly(self, request: Request, **kwargs: Any) -> Response:
        """Start a session of active learning."""
        return self.create(request, **kwargs)


class AutomatedLabelingViewSet(ListModelMixin, RetrieveModelMixin, ProjectViewSet):
    """Runs of automated labeling."""

    queryset = Job.objects.filter(kind=runs.LABELING)
    lookup_url_kwarg = "job_id"
    object_noun = "run of automated labeling"
    serializer_class = serializers.AutomatedLabelingJobSerializer
    request_serializer_classes = {"create": serializers.AutomatedLabelingInSerializer}
    permission_actions = {"list": "project.read", "retrieve": "project.read", "create": "project.manage"}
    model_actions = frozenset(permission_actions)

    def get_queryset(self) -> QuerySet[Job]:
        """Return the runs that the actor may see, newest first."""
        return jobs.visible(actor=self.actor, project=self.project, kind=runs.LABELING)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Start a run of automated labeling."""
        data = self.get_validated_data()
        runs.start_labeling(actor=self.actor, project=self.project, dataset_id=data.get("dataset_id"))


class ModelStateViewSet(ProjectViewSet):
    """The model that would predict."""

    serializer_class = serializers.ModelStateSerializer
    permission_actions = {"retrieve": "project.read"}
    model_actions = frozenset(permission_actions)

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Get the model that would predict."""
        return self.respond({"model_id": None, "status": "NOT_AVAILABLE"})


class PredictionViewSet(ProjectViewSet):
    """Predictions of one image."""

    task: ClassVar[str]
    bare_list_actions = frozenset({"create"})
    permission_actions = {"create": "label.write"}
    model_actions = frozenset(permission_actions)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Predict what is on an image; nothing is stored."""
        data = self.get_validated_data()
        runs.predict(
            actor=self.actor,
            project=self.project,
            task=self.task,
            upload_id=data.get("upload_id"),
            image_url=data.get("image_url"),
            boxes=data.get("bboxes", ()),
        )


class DetectionViewSet(PredictionViewSet):
    """Objects with their boxes."""

    task = "object_detection"
    serializer_class = serializers.DetectionSerializer
    request_serializer_classes = {"create": serializers.DetectInSerializer}


class InstanceSegmentationViewSet(PredictionViewSet):
    """Objects with their masks."""

    task = "instance_segmentation"
    serializer_class = serializers.MaskDetectionSerializer
    request_serializer_classes = {"create": serializers.DetectInSerializer}


class SemanticSegmentationViewSet(PredictionViewSet):
    """Regions of classes."""

    task = "semantic_segmentation"
    serializer_class = serializers.RegionSerializer
    request_serializer_classes = {"create": serializers.SegmentInSerializer}


class AttributePredictionViewSet(PredictionViewSet):
    """Attributes of objects."""

    task = "attribute_prediction"
    request_serializer_classes = {"create": serializers.AttributePredictionInSerializer}
    #: One list for each bbox.
    response_schemas: ClassVar[Any] = {
        "create": {
            "type": "array",
            "items": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "bbox": {"type": "array", "items": {"type": "integer"}},
                        "attribute_id": {"type": "string", "format": "uuid"},
                        "lov_ids": {"type": "array", "items": {"type": "string", "format": "uuid"}},
                    },
                    "required": ["bbox", "attribute_id", "lov_ids"],
                },
            },
        }
    }
