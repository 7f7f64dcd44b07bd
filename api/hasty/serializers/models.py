"""What Hasty asks of models: ranking images, labeling them, predicting what is on one; and which model would do it."""

from __future__ import annotations

from typing import Any

from annotator.models import Job
from api.common import fields
from api.common.serializers import Serializer

from .exports import STATES

#: Hasty's model families by task.
FAMILIES = {
    "instance_segmentation": "segmentor",
    "object_detection": "detector",
    "semantic_segmentation": "semantic-segmentor",
}
TASKS = {family: task for task, family in FAMILIES.items()}
_SHARE = {"low": 0, "high": 1}
_LABELING_NUMBERS = (
    "confidence_threshold",
    "max_detections_per_image",
    "num_images",
    "masker_threshold",
    "min_size",
)

# --- active learning ---


class AlHeuristicSerializer(Serializer):
    """A heuristic of active learning in a response."""

    id = fields.UUIDField()
    model_family = fields.ChoiceField(tuple(TASKS))
    name = fields.TextField()
    is_active = fields.BooleanField(help_text="Whether the project uses it for this family.")
    wiki_url = fields.TextField()


class AlSessionSerializer(Serializer):
    """A session of active learning in a response."""

    session_id = fields.UUIDField()
    heuristic_id = fields.UUIDField()
    model_family = fields.ChoiceField(tuple(TASKS))
    status = fields.ChoiceField(tuple(STATES.values()))
    heuristic_name = fields.TextField()
    session_name = fields.TextField()


class AlSessionInSerializer(Serializer):
    """What starts a session of active learning."""

    heuristic_id = fields.UUIDField(required=False, help_text="Default the active one of the family.")
    model_family = fields.ChoiceField(
        tuple(TASKS), required=False, help_text="Default that of the heuristic."
    )
    num_images = fields.NumberField(low=1, required=False, help_text="Default all.")
    dataset_ids = fields.ListField(child=fields.UUIDField(), required=False, help_text="Default all.")
    session_name = fields.LineField(
        max_length=200, required=False, help_text="Default the heuristic and the time."
    )


# --- automated labeling ---


class AutomatedLabelingJobSerializer(Serializer):
    """A run of automated labeling in a response."""

    id = fields.UUIDField()
    project_id = fields.UUIDField()
    status = fields.ChoiceField(tuple(STATES.values()))
    progress = fields.NumberField(low=0, high=1)
    started_on = fields.DateTimeField(allow_null=True)
    completed_on = fields.DateTimeField(allow_null=True)
    images_processed = fields.IntegerField()
    experiment_id = fields.UUIDField()
    user_id = fields.UUIDField(allow_null=True)
    confidence_threshold = fields.NumberField()
    max_detections_per_image = fields.IntegerField()
    num_images = fields.IntegerField()
    masker_threshold = fields.NumberField()
    min_size = fields.NumberField()
    update_no_predictions = fields.BooleanField()
    run_name = fields.TextOrNullField()

    def to_representation(self, instance: Job) -> dict[str, Any]:
        job = instance
        return super().to_representation(
            {
                "id": job.pk,
                "project_id": job.project_id,
                "status": STATES[job.state],  # type: ignore[index]
                "progress": job.progress,
                "started_on": job.started_at,
                "completed_on": job.finished_at,
                "images_processed": job.result.get("images", 0),
                "experiment_id": job.params["experiment_id"],
                "user_id": job.started_by_id,
                **{name: job.params[name] for name in _LABELING_NUMBERS},
                "update_no_predictions": job.params.get("update_no_predictions", False),
                "run_name": job.params.get("run_name"),
            }
        )


class AutomatedLabelingInSerializer(Serializer):
    """What starts a run of automated labeling."""

    experiment_id = fields.UUIDField(help_text="The model.")
    confidence_threshold = fields.NumberField(**_SHARE, default=0.8)
    max_detections_per_image = fields.IntegerField(low=1, default=100)
    num_images = fields.IntegerField(low=0, default=0, help_text="0: all new ones.")
    masker_threshold = fields.NumberField(**_SHARE, default=0.5)
    min_size = fields.NumberField(low=0, default=0, help_text="The smallest area of an object, in pixels.")
    dataset_id = fields.UUIDField(required=False, allow_null=True, help_text="Null: all.")


# --- predictions ---


class ModelStateSerializer(Serializer):
    """The model that would predict; null where there is none."""

    model_id = fields.UUIDField(allow_null=True)
    status = fields.ChoiceField(("LOADED", "LOADING", "NOT_AVAILABLE"))


class DetectionSerializer(Serializer):
    """An object that was found."""

    bbox = fields.ListField(child=fields.IntegerField())
    score = fields.NumberField()
    class_id = fields.UUIDField()


class MaskDetectionSerializer(DetectionSerializer):
    """An object that was found, with its mask."""

    mask = fields.ListField(child=fields.IntegerField())


class RegionSerializer(Serializer):
    """The region of a class."""

    bbox = fields.ListField(child=fields.IntegerField())
    mask = fields.ListField(child=fields.IntegerField())
    class_id = fields.UUIDField()


class _ImageInSerializer(Serializer):
    model_id = fields.UUIDField(required=False, allow_null=True)
    upload_id = fields.UUIDField(
        required=False, help_text="A slot that holds the image; one of upload_id and image_url is needed."
    )
    image_url = fields.HttpAddressField(required=False, help_text="An http or https address of the image.")


class DetectInSerializer(_ImageInSerializer):
    """An image to find objects on."""

    confidence_threshold = fields.NumberField(**_SHARE, default=0.5)
    max_detections_per_image = fields.IntegerField(low=1, default=100)


class SegmentInSerializer(_ImageInSerializer):
    """An image to divide into classes."""

    min_size = fields.NumberField(low=0, default=0, help_text="The smallest area of a region, in pixels.")


class BoxField(fields.ListField):
    """Four numbers: left, top, right, bottom."""

    default_error_messages = {"min_length": "must have four numbers.", "too_large": "must have four numbers."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=fields.NumberField(), min_length=4, max_items=4, **kwargs)


class AttributePredictionInSerializer(_ImageInSerializer):
    """Objects on an image whose attributes are to be predicted."""

    bboxes = fields.ListField(child=BoxField(), max_items=1_000)
    confidence_threshold = fields.NumberField(**_SHARE, default=0.5)
