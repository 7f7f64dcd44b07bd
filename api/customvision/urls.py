"""All addresses of Custom Vision in one table, mounted at /customvision/ for all versions alike."""

from __future__ import annotations

from django.urls import include, path, re_path, register_converter

from api.common.routes import addresses

from .versions import VersionConverter
from .views.domains import DomainViewSet
from .views.images import ImageViewSet, TaggedImageViewSet, UntaggedImageViewSet
from .views.iterations import IterationViewSet, ModelExportViewSet, PerformanceViewSet, PublicationViewSet
from .views.predictions import (
    PredictedImageViewSet,
    PredictionViewSet,
    QuickTestViewSet,
    SuggestionViewSet,
)
from .views.projects import ProjectViewSet
from .views.published import PublishedPredictionViewSet
from .views.regions import ImageRegionViewSet, ImageTagViewSet
from .views.tags import TagViewSet
from .viewsets import UnknownAddressView

register_converter(VersionConverter, "customvision_version")

P = "projects/<str:projectId>"
I = f"{P}/iterations/<str:iterationId>"  # noqa: E741

ONE = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
ADD_AND_REMOVE = {"post": "create", "delete": "destroy"}

_TRAINING = addresses(
    [
        ("domains", DomainViewSet, {"get": "list"}),
        ("domains/<str:domainId>", DomainViewSet, {"get": "retrieve"}),
        ("projects", ProjectViewSet, {"get": "list", "post": "create"}),
        ("projects/import", ProjectViewSet, {"post": "import_copy"}),
        (P, ProjectViewSet, ONE),
        (f"{P}/export", ProjectViewSet, {"get": "export"}),
        (f"{P}/artifacts", ProjectViewSet, {"get": "read_artifact"}),
        (f"{P}/tags", TagViewSet, {"get": "list", "post": "create"}),
        (f"{P}/tags/<str:tagId>", TagViewSet, ONE),
        (f"{P}/images", ImageViewSet, {"get": "list", "post": "create", "delete": "destroy"}),
        (f"{P}/images/id", ImageViewSet, {"get": "list_by_ids"}),
        (f"{P}/images/count", ImageViewSet, {"get": "count"}),
        (f"{P}/images/tagged", TaggedImageViewSet, {"get": "list"}),
        (f"{P}/images/tagged/count", TaggedImageViewSet, {"get": "count"}),
        (f"{P}/images/untagged", UntaggedImageViewSet, {"get": "list"}),
        (f"{P}/images/untagged/count", UntaggedImageViewSet, {"get": "count"}),
        (f"{P}/images/files", ImageViewSet, {"post": "create_from_base64"}),
        (f"{P}/images/urls", ImageViewSet, {"post": "create_from_urls"}),
        (f"{P}/images/metadata", ImageViewSet, {"post": "add_metadata"}),
        (f"{P}/images/regions", ImageRegionViewSet, ADD_AND_REMOVE),
        (f"{P}/images/tags", ImageTagViewSet, ADD_AND_REMOVE),
        (f"{P}/images/predictions", PredictedImageViewSet, {"post": "create"}),
        (f"{P}/images/suggested", SuggestionViewSet, {"post": "list_by_query"}),
        (f"{P}/images/suggested/count", SuggestionViewSet, {"post": "count"}),
        (f"{P}/images/<str:imageId>/regionproposals", PredictedImageViewSet, {"post": "propose"}),
        (f"{P}/tagsandregions/suggestions", SuggestionViewSet, {"post": "suggest"}),
        (f"{P}/train", IterationViewSet, {"post": "train"}),
        (f"{P}/iterations", IterationViewSet, {"get": "list"}),
        (I, IterationViewSet, ONE),
        (f"{I}/export", ModelExportViewSet, {"get": "list", "post": "create"}),
        (f"{I}/performance", PerformanceViewSet, {"get": "retrieve"}),
        (f"{I}/performance/images", PerformanceViewSet, {"get": "list"}),
        (f"{I}/performance/images/count", PerformanceViewSet, {"get": "count"}),
        (f"{I}/publish", PublicationViewSet, ADD_AND_REMOVE),
        (f"{P}/predictions", PredictionViewSet, {"delete": "destroy"}),
        (f"{P}/predictions/query", PredictionViewSet, {"post": "list_by_query"}),
        (f"{P}/quicktest/image", QuickTestViewSet, {"post": "create"}),
        (f"{P}/quicktest/url", QuickTestViewSet, {"post": "create_from_url"}),
    ]
)

_PREDICT = "<str:projectId>/{task}/iterations/<str:publishName>/{source}{store}"
_PREDICTION = addresses(
    [
        (_PREDICT.format(task=task, source=source, store=store), PublishedPredictionViewSet, {"post": action})
        for task in ("classify", "detect")
        for source, action in (("image", "predict_file"), ("url", "predict_url"))
        for store in ("", "/nostore")
    ]
)

urlpatterns = [
    path("<customvision_version:version>/training/", include(_TRAINING)),
    path("<customvision_version:version>/prediction/", include(_PREDICTION)),
    re_path(r"^[\s\S]*$", UnknownAddressView.as_view()),
]
