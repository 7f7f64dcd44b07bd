"""All addresses of Hasty in one table, mounted at /v1/; for paths that the vendor does not publish, aliases are listed beside."""

from __future__ import annotations

from django.urls import re_path

from api.common.routes import addresses, table

from .base import UnknownAddress
from .views import (
    classes,
    datasets,
    exports,
    images,
    keypoints,
    labels,
    project_labels,
    projects,
    statuses,
    tags,
    workspaces,
)

P = "projects/<str:project_id>"

MANY = {"get": "list", "post": "create"}
ONE = {"get": "retrieve", "put": "update", "delete": "destroy"}

urlpatterns = [
    *addresses(
        [
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
            (f"{P}/keypoint_schemas", keypoints.KeypointSchemaViewSet, MANY),
            (f"{P}/keypoint_schemas/<str:keypoint_schema_id>", keypoints.KeypointSchemaViewSet, ONE),
            (
                f"{P}/keypoint_schemas_label_classes",
                keypoints.KeypointLinkViewSet,
                {**MANY, "delete": "destroy"},
            ),
        ]
    ),
    *table(
        [
            (f"{P}/images", images.Images),
            (f"{P}/images/<str:image_id>", images.OneImage),
            (f"{P}/images/<str:image_id>/status", images.ImageStatus),
            (f"{P}/images/<str:image_id>/offset", images.ImageOffset),
            (f"{P}/images/<str:image_id>/tags", tags.ImageTags),
            (f"{P}/uploads", images.Uploads),
            (f"{P}/image_uploads", images.ImageUploads),
            ("workspaces", workspaces.Workspaces),
            ("workspaces/<str:workspace_id>", workspaces.OneWorkspace),
            ("projects", projects.Projects),
            (P, projects.OneProject),
            (f"{P}/tag_classes", tags.TagClasses),
            (f"{P}/tag_classes/<str:tag_class_id>", tags.OneTagClass),
            (f"{P}/tag_groups", tags.TagGroups),
            (f"{P}/tag_groups/<str:tag_group_id>", tags.OneTagGroup),
            (f"{P}/exports", exports.Exports),
            (f"{P}/exports/<str:export_id>", exports.OneExport),
            (f"{P}/statuses", statuses.Statuses),
            (f"{P}/statuses/<str:status_id>", statuses.OneStatus),
        ]
    ),
    re_path(r"^[\s\S]*$", UnknownAddress.as_view()),
]
