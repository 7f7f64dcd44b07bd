"""All addresses of DataRobot in one table, mounted at /api/v2/."""

from __future__ import annotations

from django.urls import re_path

from api.common.routes import addresses

from .views.augmentation import (
    AugmentationListViewSet,
    ListSamplesViewSet,
    OptionsViewSet,
    SamplesViewSet,
)
from .views.datasets import DatasetQualityLogViewSet, DatasetViewSet
from .views.features import AimViewSet, FeatureViewSet, ProjectStatusViewSet, TrainingOptionsViewSet
from .views.images import DuplicateImageViewSet, ImageBinViewSet, ImageViewSet, SampleImageViewSet
from .views.jobs import JobViewSet, StatusViewSet
from .views.models import (
    BlueprintViewSet,
    ComputedInsightViewSet,
    ImageActivationMapViewSet,
    ImageEmbeddingViewSet,
    ModelJobViewSet,
    ModelRecordViewSet,
    ModelViewSet,
)
from .views.projects import ProjectViewSet
from .views.quality_log import ProjectQualityLogViewSet
from .views.version import VersionViewSet
from .viewsets import UnknownAddressView

P = "projects/<str:projectId>/"

ONE = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
COMPUTED = {"get": "retrieve", "post": "create"}
GET_AND_DELETE = {"get": "retrieve", "delete": "destroy"}

urlpatterns = [
    *addresses(
        [
            ("version/", VersionViewSet, {"get": "retrieve"}),
            ("datasets/", DatasetViewSet, {"get": "list"}),
            ("datasets/fromFile/", DatasetViewSet, {"post": "create"}),
            ("datasets/<str:datasetId>/", DatasetViewSet, ONE),
            ("datasets/<str:datasetId>/imagesDataQualityLog/", DatasetQualityLogViewSet, {"get": "list"}),
            (
                "datasets/<str:datasetId>/imagesDataQualityLog/file/",
                DatasetQualityLogViewSet,
                {"get": "download"},
            ),
            ("projects/", ProjectViewSet, {"get": "list", "post": "create"}),
            (P, ProjectViewSet, ONE),
            (f"{P}status/", ProjectStatusViewSet, {"get": "retrieve"}),
            (f"{P}options/", TrainingOptionsViewSet, {"get": "retrieve"}),
            (f"{P}features/", FeatureViewSet, {"get": "list"}),
            (f"{P}aim/", AimViewSet, {"patch": "partial_update"}),
            (f"{P}images/", ImageViewSet, {"get": "list"}),
            (f"{P}images/<str:imageId>/", ImageViewSet, {"get": "retrieve"}),
            (f"{P}images/<str:imageId>/file/", ImageViewSet, {"get": "file"}),
            (f"{P}imageSamples/", SampleImageViewSet, {"get": "list"}),
            (f"{P}imageBins/", ImageBinViewSet, {"get": "list"}),
            (f"{P}duplicateImages/<path:column>/", DuplicateImageViewSet, {"get": "list"}),
            (f"{P}models/", ModelViewSet, {"get": "list", "post": "create"}),
            (f"{P}models/<str:modelId>/", ModelViewSet, {"get": "retrieve"}),
            (f"{P}models/<str:modelId>/imageEmbeddings/", ImageEmbeddingViewSet, COMPUTED),
            (f"{P}models/<str:modelId>/imageActivationMaps/", ImageActivationMapViewSet, COMPUTED),
            (f"{P}modelRecords/", ModelRecordViewSet, {"get": "list"}),
            (f"{P}modelJobs/", ModelJobViewSet, {"get": "list"}),
            (f"{P}blueprints/", BlueprintViewSet, {"get": "list"}),
            (f"{P}imageEmbeddings/", ComputedInsightViewSet, {"get": "list"}),
            (f"{P}imageActivationMaps/", ComputedInsightViewSet, {"get": "list"}),
            (f"{P}jobs/", JobViewSet, {"get": "list"}),
            (f"{P}jobs/<str:jobId>/", JobViewSet, GET_AND_DELETE),
            ("imageAugmentationLists/", AugmentationListViewSet, {"get": "list", "post": "create"}),
            ("imageAugmentationLists/<str:augmentationId>/", AugmentationListViewSet, ONE),
            (
                "imageAugmentationLists/<str:augmentationId>/samples/",
                ListSamplesViewSet,
                {"get": "list", "post": "create"},
            ),
            ("imageAugmentationOptions/<str:projectId>/", OptionsViewSet, {"get": "retrieve"}),
            ("imageAugmentationSamples/", SamplesViewSet, {"post": "create"}),
            ("imageAugmentationSamples/<str:samplesId>/", SamplesViewSet, {"get": "list"}),
            (f"{P}imagesDataQualityLog/", ProjectQualityLogViewSet, {"get": "list"}),
            (f"{P}imagesDataQualityLog/file/", ProjectQualityLogViewSet, {"get": "download"}),
            ("status/", StatusViewSet, {"get": "list"}),
            ("status/<str:statusId>/", StatusViewSet, GET_AND_DELETE),
        ]
    ),
    re_path(r"^[\s\S]*$", UnknownAddressView.as_view()),
]
