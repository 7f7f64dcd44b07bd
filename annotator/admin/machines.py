"""Admin of augmentation lists, their samples, predictions, and targets of projects."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from annotator.models import AugmentationList, AugmentationSample, ModelingSetup, Prediction
from annotator.services.insight import augmentation

from .base import DeletableAdmin, ReadOnlyAdmin, ServiceAdmin, actor_of


@admin.register(AugmentationList)
class AugmentationListAdmin(DeletableAdmin, ServiceAdmin):
    list_display = ("name", "project", "number_of_new_images", "probability", "is_initial", "is_in_use")
    list_filter = ("is_initial", "is_in_use", "project")
    list_select_related = ("project",)
    search_fields = ("name", "feature")
    editable = ("name", "number_of_new_images", "probability", "is_initial")

    def write(self, request: HttpRequest, row: AugmentationList, changed: dict[str, Any]) -> None:
        augmentation.update(actor=actor_of(request), augmentation_list=row, changes=changed)

    def erase(self, request: HttpRequest, row: AugmentationList) -> None:
        augmentation.delete(actor=actor_of(request), augmentation_list=row)


@admin.register(AugmentationSample)
class AugmentationSampleAdmin(ReadOnlyAdmin):
    list_display = ("augmentation_list", "project", "position", "copy", "width", "height", "created_at")
    list_filter = ("project",)
    list_select_related = ("augmentation_list", "project")
    search_fields = ("augmentation_list__name", "project__name")


@admin.register(ModelingSetup)
class ModelingSetupAdmin(ReadOnlyAdmin):
    list_display = ("project", "created_at", "updated_at")
    list_select_related = ("project",)
    search_fields = ("project__name",)


@admin.register(Prediction)
class PredictionAdmin(ReadOnlyAdmin):
    list_display = ("model", "concept", "score", "project", "is_rejected", "decided_by", "created_at")
    list_filter = ("is_rejected", "project")
    list_select_related = ("concept", "project", "decided_by")
    search_fields = ("model",)
