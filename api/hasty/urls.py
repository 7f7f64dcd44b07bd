"""All addresses of Hasty in one table, mounted at /v1/; for paths that the vendor does not publish, aliases are listed beside."""

from __future__ import annotations

from django.urls import re_path

from api.common.routes import addresses

from .views import (
    attributes,
    buckets,
    classes,
    datasets,
    exports,
    images,
    keypoints,
    labels,
    models,
    project_labels,
    projects,
    segments,
    statuses,
    tags,
    uploads,
    videos,
    workspaces,
)
from .viewsets import UnknownAddressView

P = "projects/<str:project_id>"
B = "buckets/<str:workspace_id>/credentials"

MANY = {"get": "list", "post": "create"}
ONE = {"get": "retrieve", "put": "update", "delete": "destroy"}

urlpatterns = [
    *addresses(
        [
            ("workspaces", workspaces.WorkspaceViewSet, {"get": "list"}),
            (
                "workspaces/<str:workspace_id>",
                workspaces.WorkspaceViewSet,
                {"get": "retrieve", "put": "update"},
            ),
            (B, buckets.BucketViewSet, MANY),
            (f"{B}/<str:bucket_id>", buckets.BucketViewSet, {"put": "update", "delete": "destroy"}),
            (f"{B}/<str:bucket_id>/import", buckets.BucketViewSet, {"post": "import_files"}),
            (f"{B}/<str:bucket_id>/files", buckets.BucketViewSet, {"get": "files"}),
            ("projects", projects.ProjectViewSet, MANY),
            (P, projects.ProjectViewSet, ONE),
            (f"{P}/datasets", datasets.DatasetViewSet, MANY),
            (f"{P}/datasets/<str:dataset_id>", datasets.DatasetViewSet, ONE),
            (f"{P}/label_classes", classes.LabelClassViewSet, MANY),
            (f"{P}/label_classes/<str:label_class_id>", classes.LabelClassViewSet, ONE),
            (
                f"{P}/images/<str:image_id>/labels",
                labels.ImageLabelViewSet,
                {**MANY, "put": "update", "delete": "destroy"},
            ),
            (f"{P}/labels", project_labels.ProjectLabelViewSet, {"get": "list"}),
            (f"{P}/labels/<str:label_id>", labels.LabelViewSet, {"get": "retrieve", "delete": "destroy"}),
            (f"{P}/attributes", attributes.AttributeViewSet, MANY),
            (f"{P}/attributes/<str:attribute_id>", attributes.AttributeViewSet, ONE),
            (
                f"{P}/attributes_classes",
                attributes.AttributeLinkViewSet,
                {**MANY, "delete": "destroy"},
            ),
            (
                f"{P}/images/<str:image_id>/attributes",
                attributes.ImageAttributeViewSet,
                {**MANY, "put": "update"},
            ),
            *(
                (f"{P}/images/<str:image_id>/{path}", attributes.AttributeConflictViewSet, {"post": action})
                for path, action in (("attributes/conflicts", "create"), ("attributes_conflicts", "update"))
            ),
            (f"{P}/labels/<str:label_id>/attributes", attributes.LabelAttributeViewSet, {"get": "list"}),
            (
                f"{P}/labels/<str:label_id>/attributes/<str:attribute_id>",
                attributes.LabelAttributeViewSet,
                {"post": "update"},
            ),
            (f"{P}/keypoint_schemas", keypoints.KeypointSchemaViewSet, MANY),
            (f"{P}/keypoint_schemas/<str:keypoint_schema_id>", keypoints.KeypointSchemaViewSet, ONE),
            (
                f"{P}/keypoint_schemas_label_classes",
                keypoints.KeypointLinkViewSet,
                {**MANY, "delete": "destroy"},
            ),
            (f"{P}/images", images.ImageViewSet, MANY),
            (f"{P}/images/<str:image_id>", images.ImageViewSet, {**ONE, "patch": "partial_update"}),
            (f"{P}/images/<str:image_id>/status", images.ImageViewSet, {"put": "set_status"}),
            (f"{P}/images/<str:image_id>/offset", images.ImageViewSet, {"get": "offset"}),
            (f"{P}/images/<str:image_id>/tags", tags.ImageTagViewSet, {**MANY, "delete": "destroy"}),
            (f"{P}/videos", videos.VideoViewSet, MANY),
            (
                f"{P}/videos/<str:video_id>",
                videos.VideoViewSet,
                {"get": "retrieve", "patch": "partial_update", "delete": "destroy"},
            ),
            (f"{P}/videos/<str:video_id>/status", videos.VideoViewSet, {"put": "set_status"}),
            (f"{P}/videos/<str:video_id>/segments", segments.VideoSegmentViewSet, MANY),
            (f"{P}/segments/<str:segment_id>", segments.SegmentViewSet, ONE),
            (f"{P}/activity_types", segments.ActivityTypeViewSet, MANY),
            (f"{P}/activity_types/<str:activity_type_id>", segments.ActivityTypeViewSet, ONE),
            (f"{P}/uploads", uploads.UploadViewSet, {"get": "create_by_query"}),
            (f"{P}/image_uploads", uploads.UploadViewSet, {"post": "create"}),
            (f"{P}/tag_classes", tags.TagClassViewSet, MANY),
            (f"{P}/tag_classes/<str:tag_class_id>", tags.TagClassViewSet, ONE),
            (f"{P}/tag_groups", tags.TagGroupViewSet, MANY),
            (f"{P}/tag_groups/<str:tag_group_id>", tags.TagGroupViewSet, ONE),
            (f"{P}/exports", exports.ExportViewSet, MANY),
            (f"{P}/exports/<str:export_id>", exports.ExportViewSet, {"get": "retrieve"}),
            (f"{P}/active_learning/heuristics", models.HeuristicViewSet, {"get": "list"}),
            (f"{P}/active_learning/sessions", models.SessionViewSet, {"post": "create"}),
            (f"{P}/active_learning", models.SessionViewSet, {"post": "create_shortly"}),
            (f"{P}/automated_labeling", models.AutomatedLabelingViewSet, MANY),
            (f"{P}/automated_labeling/<str:job_id>", models.AutomatedLabelingViewSet, {"get": "retrieve"}),
            *(
                (f"{P}/{path}", models.ModelStateViewSet, {"get": "retrieve"})
                for path in ("object_detector", "instance_segmentor", "semantic_segmentor", "attributer")
            ),
            (f"{P}/object_detection", models.DetectionViewSet, {"post": "create"}),
            (f"{P}/instance_segmentation", models.InstanceSegmentationViewSet, {"post": "create"}),
            (f"{P}/semantic_segmentation", models.SemanticSegmentationViewSet, {"post": "create"}),
            (f"{P}/attribute_prediction", models.AttributePredictionViewSet, {"post": "create"}),
            (f"{P}/statuses", statuses.StatusViewSet, MANY),
            (f"{P}/statuses/<str:status_id>", statuses.StatusViewSet, {"put": "update", "delete": "destroy"}),
        ]
    ),
    re_path(r"^[\s\S]*$", UnknownAddressView.as_view()),
]
