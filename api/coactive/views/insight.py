"""What needs a model: search, concepts, dynamic tags, classification, queries. None can be installed yet, and none is stored."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, NoReturn

from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Invalid
from annotator.models import Dataset
from annotator.services import addresses
from annotator.services.exchange import sources
from annotator.services.insight import runs

from ..serializers import assets as queries, insight as serializers
from ..serializers.images import ImageSerializer
from ..viewsets import CoactiveViewSet
from .assets import rows_of


class ModelViewSet(CoactiveViewSet):
    """Addresses of objects that only a model could have made: each id names nothing."""

    id_kwargs: Sequence[str] = ()
    noun = "object"
    sort_fields = (("createdDt", "asc"),)

    def resolve_path(self) -> None:
        for name in self.id_kwargs:
            if name in self.kwargs:
                self.path_key(name)
                raise self.missing(self.noun)

    def find_dataset(self, key: uuid.UUID) -> Dataset:
        """Return a dataset that a request names. Raises Missing."""
        found = Dataset.objects.visible_to(self.actor).select_related("project").filter(pk=key).first()
        if found is None:
            raise self.missing("dataset")
        dataset: Dataset = found
        return dataset

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List them; there are none."""
        return self.get_paginated_response(self.paginate_queryset([]))

    def refuse(self, request: Request, **kwargs: Any) -> NoReturn:
        """Work on one of them; there are none."""
        raise self.missing(self.noun)


class SearchViewSet(ModelViewSet):
    """Search in datasets."""

    serializer_class = ImageSerializer
    list_actions = frozenset({"list", "list_similar"})
    query_serializer_classes = {
        "list": queries.SearchQuerySerializer,
        "list_similar": queries.SimilarImagesQuerySerializer,
    }
    permission_actions = {"list": None, "list_similar": None}
    model_actions = frozenset({"list", "list_similar"})

    def list(self, request: Request, **kwargs: Any) -> NoReturn:
        """Search a dataset."""
        dataset = self.find_dataset(self.validated_query["dataset_id"])
        runs.search(actor=self.actor, project=dataset.project, task="search")

    def list_similar(self, request: Request, **kwargs: Any) -> NoReturn:
        """Search a dataset for similar images."""
        query = self.validated_query
        names = ("image_public_url", "coactive_image_id", "image_path")
        given = [name for name in names if query.get(name)]
        dataset = self.find_dataset(query["dataset_id"])
        if len(given) != 1:
            raise Invalid(f"Name one image, by {', '.join(names)}.", field="query.coactive_image_id")
        if given == ["coactive_image_id"]:
            rows: Any = rows_of("image")
            is_there = rows.visible_to(self.actor).filter(pk=query["coactive_image_id"]).exists()
        elif given == ["image_path"]:
            is_there = bool(sources.find(dataset=dataset, paths=[query["image_path"]]))
        else:
            addresses.parse(query["image_public_url"], field="query.image_public_url")
            is_there = True
        if not is_there:
            raise self.missing("image")
        runs.search(actor=self.actor, project=dataset.project, task="similarity")


class ConceptViewSet(ModelViewSet):
    """Concepts."""

    id_kwargs = ("concept_id",)
    noun = "concept"
    serializer_class = serializers.ConceptSerializer
    query_serializer_classes = {"list": serializers.DatasetsQuerySerializer}
    request_serializer_classes = {
        "create": serializers.CreateConceptSerializer,
        "partial_update": serializers.ConceptChangeSerializer,
        "update_labels": serializers.ConceptLabelsSerializer,
    }
    list_actions = frozenset({"list", "list_labels"})
    response_schemas = {"remove": {"type": "object"}}
    model_actions = frozenset(
        {"list", "create", "retrieve", "partial_update", "remove", "list_labels", "update_labels", "candidates", "predict"}
    )  # fmt: skip
    permission_actions = dict.fromkeys(model_actions)

    def create(self, request: Request, **kwargs: Any) -> NoReturn:
        """Create a concept."""
        dataset = self.find_dataset(self.get_validated_data()["dataset_id"])
        runs.train(actor=self.actor, project=dataset.project)

    retrieve = partial_update = remove = ModelViewSet.refuse
    list_labels = update_labels = candidates = predict = ModelViewSet.refuse


class DynamicTagViewSet(ModelViewSet):
    """Categories of dynamic tags, and the tags."""

    id_kwargs = ("category_id",)
    noun = "category"
    serializer_class = serializers.CategorySerializer
    query_serializer_classes = {"list": serializers.DatasetsQuerySerializer}
    request_serializer_classes = {"create": serializers.CreateCategorySerializer}
    list_actions = frozenset({"list", "list_tags", "list_content"})
    response_schemas = {name: {"type": "object"} for name in ("remove", "remove_tag")}
    model_actions = frozenset(
        {"list", "create", "retrieve", "remove", "list_tags", "create_tag", "retrieve_tag", "update_tag", "remove_tag", "list_content"}
    )  # fmt: skip
    permission_actions = dict.fromkeys(model_actions)

    def create(self, request: Request, **kwargs: Any) -> NoReturn:
        """Create a category."""
        wanted = self.get_validated_data()["dataset_ids"]
        if not wanted:
            raise Invalid("Name a dataset.", field="datasetIds")
        found = [self.find_dataset(key) for key in wanted]
        runs.search(actor=self.actor, project=found[0].project, task="search", action="project.manage")

    retrieve = remove = list_tags = create_tag = retrieve_tag = update_tag = ModelViewSet.refuse
    remove_tag = list_content = ModelViewSet.refuse


class QueryViewSet(ModelViewSet):
    """Queries about what models find."""

    id_kwargs = ("query_id",)
    noun = "query"
    serializer_class = serializers.StoredQuerySerializer
    request_serializer_classes = {"create": serializers.ExecuteQuerySerializer}
    response_schemas = {"remove": {"type": "object"}}
    model_actions = frozenset({"list", "create", "retrieve", "remove", "stop", "download"})
    permission_actions = dict.fromkeys(model_actions)

    def create(self, request: Request, **kwargs: Any) -> NoReturn:
        """Execute a query."""
        dataset = self.find_dataset(self.get_validated_data()["dataset_id"])
        runs.search(actor=self.actor, project=dataset.project, task="query")

    retrieve = remove = stop = download = ModelViewSet.refuse


class ClassificationViewSet(ModelViewSet):
    """Classification of images."""

    serializer_class = serializers.ConceptSerializer
    query_serializer_classes = {"create": serializers.ClassifyQuerySerializer}
    request_serializer_classes = {"create": serializers.ClassifySerializer}
    model_actions = frozenset({"create"})
    permission_actions = {"create": None}

    def create(self, request: Request, **kwargs: Any) -> NoReturn:
        """Classify an image at an address."""
        data = self.get_validated_data()
        addresses.parse(data["url"], field="body.url")
        if data.get("dataset_id"):
            self.find_dataset(data["dataset_id"])
        raise runs.no_model("classification")
