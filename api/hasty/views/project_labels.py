"""E33: the labels of a whole project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from annotator.models import KeypointBinding, KeypointClass, Media
from api.common import paging
from api.common.operations import operation

from .. import label_filters
from ..base import MAX_LIMIT, PAGE, InProject
from ..serializers import project_labels as names


class ProjectLabels(InProject):
    @operation(
        "List the labels of a project",
        may="project.read",
        query=PAGE | label_filters.LABELS,
        gives=[names.ProjectLabelOut],
        key="E33",
    )
    def get(self) -> Any:
        rows = label_filters.labels(self.place, self.asked).order_by("z", "created_at", "id")
        limit = min(self.asked["limit"], MAX_LIMIT)
        found = paging.cut(rows.values_list(*names.COLUMNS), offset=self.asked["offset"], limit=limit)
        around = self.around(found.items)
        return self.envelope(found, [names.out(row, around, self) for row in found.items])

    def around(self, rows: Sequence[Any]) -> names.Around:
        """Fetch what the labels of a page need, each kind at once."""
        with_keypoints = self.asked["add_keypoint_data"]
        images = (
            Media.objects.filter(pk__in={row[1] for row in rows}).with_home().select_related("status", "blob")
        )
        bindings = KeypointBinding.all_objects.filter(concept__in={row[2] for row in rows}).select_related(
            "schema"
        )
        schemas: dict[Any, Any] = {}
        for binding in bindings.order_by("schema__order", "schema__name_key", "id"):
            schemas.setdefault(binding.concept_id, binding.schema)
        points = defaultdict(list)
        if with_keypoints and schemas:
            wanted = KeypointClass.all_objects.filter(schema__in={schema.pk for schema in schemas.values()})
            for point in wanted.order_by("order", "name_key", "id"):
                points[point.schema_id].append(point)
        return names.Around({image.pk: image for image in images}, schemas, points, with_keypoints)
