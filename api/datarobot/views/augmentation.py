"""Augmentation: lists of transformations, samples of what they do, and the transformations that there are."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Conflict, Invalid
from annotator.models import AugmentationList, AugmentationSample, Job, Project
from annotator.services.insight import augmentation, augmentation_samples, contents

from ..exceptions import BadRequest
from ..jobs import status_path
from ..pagination import AugmentationListPagination
from ..serializers.augmentation import (
    IMAGE_FEATURE,
    AugmentationListSerializer,
    ChangeSerializer,
    CreatedSerializer,
    CreateSerializer,
    ListQuerySerializer,
    OnceSerializer,
    OptionsSerializer,
    SampleSerializer,
    SamplesRequestSerializer,
    StatusIdSerializer,
)
from ..viewsets import DataRobotView, DataRobotViewSet, ProjectViewSet

#: What the client warns with.
DEPRECATION = "Use the samples of an augmentation list: /imageAugmentationLists/{id}/samples/."
_NAMES = {
    "name": "name",
    "featureName": "feature",
    "initialList": "is_initial",
    "numberOfNewImages": "number_of_new_images",
    "transformationProbability": "probability",
    "transformations": "transformations",
}


class _AugmentationView(DataRobotViewSet):
    """What the addresses of lists and of samples share: projects that bodies name, and the list that a path names."""

    queryset: Any = AugmentationList.objects.all()

    def resolve_path(self) -> None:
        if "augmentationId" in self.kwargs:
            key = self.parse_key(self.kwargs["augmentationId"], "augmentation list")
            row = self.find(_lists_of_live_projects, "augmentation list", pk=key)
            self.object, self.scope, self.role = row, row.project, row.role_of_actor

    def find_project(self, key: str) -> Project:
        """Return the project that a body or a parameter names."""
        found: Project = self.find(Project.objects.all, "project", pk=self.parse_key(key, "project"))
        return found

    def respond_with_job(self, job: Job) -> Response:
        """Return 202 with the id of the status, and its address as Location."""
        return self.respond_at(status_path(job), StatusIdSerializer({"statusId": job.pk}).data)

    def respond_with_samples(self, project_id: uuid.UUID, samples_id: uuid.UUID | None) -> Response:
        """Return a page of samples. Raises Missing while there are none."""
        rows = augmentation_samples.samples(project_id, samples_id) if samples_id else None
        page = [] if rows is None else self.paginate_queryset(rows.select_related("media")) or []
        if not page and (rows is None or not rows.exists()):
            raise self.missing("set of samples yet")
        blobs = {row.media.blob_id for row in page if row.media.blob_id is not None}
        first = contents.first_ids(project_id, blobs)
        for row in page:
            row.original_id = first.get(row.media.blob_id, row.media_id)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class AugmentationListViewSet(_AugmentationView):
    """Augmentation lists."""

    serializer_class = AugmentationListSerializer
    response_serializer_classes = {"create": CreatedSerializer}
    pagination_class = AugmentationListPagination
    query_serializer_classes = {"list": ListQuerySerializer}
    request_serializer_classes = {"create": CreateSerializer, "partial_update": ChangeSerializer}
    success_statuses = {"create": (201,), "partial_update": (204,)}
    permission_actions = {
        "list": None,
        "create": None,
        "retrieve": "project.read",
        "partial_update": "project.manage",
        "destroy": "project.manage",
    }

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the augmentation lists of a project, the oldest first."""
        project = self.find_project(self.validated_query["projectId"])
        rows = AugmentationList.objects.filter(project=project).order_by("created_at", "id")
        feature = self.validated_query.get("featureName")
        if feature is not None:
            rows = rows.filter(feature="") if feature == IMAGE_FEATURE else rows.none()
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create an augmentation list."""
        data = self.get_validated_data()
        project = self.find_project(data["projectId"])
        made = augmentation.create(
            actor=self.actor, project=project, fields={"transformations": []} | native(data)
        )
        return self.respond({"augmentationListId": made.pk}, status=201)

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Read an augmentation list."""
        return self.respond(self.object)

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        """Change an augmentation list; new transformations drop its samples."""
        changes = native(self.get_validated_data())
        if changes:
            augmentation.update(actor=self.actor, augmentation_list=self.object, changes=changes)
        return Response(status=204)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete an augmentation list, unless a model was trained with it (400)."""
        try:
            augmentation.delete(actor=self.actor, augmentation_list=self.object)
        except Conflict as refusal:
            raise BadRequest(refusal.message) from refusal
        return Response(status=204)


class ListSamplesViewSet(_AugmentationView):
    """Samples of an augmentation list."""

    serializer_class = SampleSerializer
    response_serializer_classes = {"create": StatusIdSerializer}
    request_serializer_classes = {"create": SamplesRequestSerializer}
    success_statuses = {"create": (202,)}
    permission_actions = {"list": "project.read", "create": "project.manage"}

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the samples that were made last: each original, then its copies."""
        return self.respond_with_samples(self.object.project_id, self.object.samples_id)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Compute samples again, in place of those that are there."""
        rows = self.get_validated_data()["numberOfRows"]
        return self.respond_with_job(
            augmentation_samples.start(actor=self.actor, augmentation_list=self.object, rows=rows)
        )


class SamplesViewSet(_AugmentationView):
    """Samples of lists that are not kept: the vendor's former form, which the client warns of."""

    serializer_class = SampleSerializer
    response_serializer_classes = {"create": StatusIdSerializer}
    request_serializer_classes = {"create": OnceSerializer}
    success_statuses = {"create": (202,)}
    permission_actions = {"list": None, "create": None}

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {**DataRobotView.default_response_headers.fget(self), "Deprecation": DEPRECATION}  # type: ignore[attr-defined]

    def resolve_path(self) -> None:
        """Find the samples by their id, which is that of the job that makes them."""
        if "samplesId" in self.kwargs:
            key = self.parse_key(self.kwargs["samplesId"], "set of samples")
            rows = AugmentationSample.objects.visible_to(self.actor).filter(samples_id=key)
            found = rows.filter(project__trashed_at=None).values_list("project_id", flat=True).first()
            if found is None:
                raise self.missing("set of samples")
            self.samples_key, self.project_key = key, found

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List samples: each original, then its copies."""
        return self.respond_with_samples(self.project_key, self.samples_key)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Make samples of transformations that are not kept as a list; they are kept for a week."""
        data = self.get_validated_data()
        project, recipe = self.find_project(data["projectId"]), native(data)
        job = augmentation_samples.start_once(
            actor=self.actor,
            project=project,
            transformations=recipe.get("transformations", []),
            probability=recipe["probability"],
            copies=recipe["number_of_new_images"],
            rows=data["numberOfRows"],
        )
        return self.respond_with_job(job)


class OptionsViewSet(ProjectViewSet):
    """The transformations that there are."""

    serializer_class = OptionsSerializer
    permission_actions = {"retrieve": "project.read"}

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Read the transformations that augmentation lists may hold, with their limits and defaults."""
        return self.respond(self.project)


def _lists_of_live_projects() -> QuerySet[Any]:
    return AugmentationList.objects.filter(project__trashed_at__isnull=True).select_related("project")


def native(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a list as its service names them. Raises Invalid for a feature that holds no images."""
    found = {own: data[name] for name, own in _NAMES.items() if name in data}
    if found.get("feature", IMAGE_FEATURE) != IMAGE_FEATURE:
        raise Invalid(
            f"There is no such image feature; the images of a project are its feature {IMAGE_FEATURE!r}.",
            field="featureName",
        )
    if "feature" in found:
        found["feature"] = ""
    if "transformations" in found:
        found["transformations"] = [
            {
                "name": one["name"],
                "enabled": one.get("enabled", False),
                "params": {param["name"]: param.get("currentValue") for param in one.get("params", [])},
            }
            for one in found["transformations"]
        ]
    return found
