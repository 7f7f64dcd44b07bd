"""Attributes, the label classes they are offered for, and their values on labels."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Count, F, Prefetch
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.models import Attribute, AttributeBinding, AttributeOption, AttributeValue, Label
from annotator.services.annotations import attribute_values
from annotator.services.annotations.attribute_values import Change
from annotator.services.vocabulary import attributes
from annotator.services.vocabulary.attributes import Link

from ..pagination import HastyPagination, WholeList
from ..serializers.attributes import (
    AttributeClassLinkListSerializer,
    AttributeClassLinkSerializer,
    AttributeClassPairListSerializer,
    AttributeConflictSerializer,
    AttributeInSerializer,
    AttributeSerializer,
    LabelAttributeListSerializer,
    LabelAttributeSerializer,
    LabelAttributeValueSerializer,
    LabelIdListSerializer,
)
from ..viewsets import ImageViewSet, ProjectViewSet

#: The values to choose from, in their order.
OPTIONS = Prefetch("options", AttributeOption.all_objects.order_by("order", "value", "id"))
#: The order of attributes everywhere.
ORDER = ("attribute__order", "attribute__name_key", "attribute_id")


class AttributeViewSet(ListModelMixin, ProjectViewSet):
    """Attributes."""

    queryset = Attribute.objects.annotate(class_count=Count("bindings")).order_by(
        F("order").asc(nulls_last=True), "name_key", "id"
    )
    lookup_url_kwarg = "attribute_id"
    object_noun = "attribute"
    serializer_class = AttributeSerializer
    request_serializer_classes = {"create": AttributeInSerializer, "update": AttributeInSerializer}
    permission_actions = {
        "list": "project.read",
        "retrieve": "project.read",
        "create": "vocabulary.write",
        "update": "vocabulary.write",
        "destroy": "vocabulary.write",
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related(OPTIONS)

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Get an attribute."""
        return self.respond_stored(self.get_object().pk)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create an attribute."""
        changes = self.get_validated_data()
        made = attributes.create(actor=self.actor, project=self.project, changes=changes)
        return self.respond_stored(made.pk)

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Change an attribute."""
        changes = self.get_validated_data()
        attribute = attributes.update(actor=self.actor, attribute=self.get_object(), changes=changes)
        return self.respond_stored(attribute.pk)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete an attribute with its values on labels."""
        attributes.delete(actor=self.actor, attribute=self.get_object())
        return Response(status=204)

    def respond_stored(self, key: uuid.UUID) -> Response:
        """Return a response with an attribute as it is stored now."""
        return self.respond(self.get_queryset().get(pk=key))


class AttributeLinkViewSet(ListModelMixin, ProjectViewSet):
    """Label classes of attributes."""

    queryset = AttributeBinding.objects.order_by("attribute", "concept_order", "id")
    pagination_class = None
    serializer_class = AttributeClassLinkSerializer
    request_serializer_classes = {
        "create": AttributeClassLinkListSerializer,
        "destroy": AttributeClassPairListSerializer,
    }
    permission_actions = {
        "list": "project.read",
        "create": "vocabulary.write",
        "destroy": "vocabulary.write",
    }
    optional_bodies = frozenset({"destroy"})
    list_actions = frozenset({"list", "create"})

    def get_queryset(self) -> Any:
        assert self.queryset is not None
        return self.queryset.filter(attribute__project=self.project)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Offer attributes for label classes."""
        links = [Link(**item) for item in self.get_validated_data()]
        return self.respond(attributes.link(actor=self.actor, project=self.project, links=links))

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """No longer offer attributes for label classes."""
        pairs = [(item["attribute_id"], item["concept_id"]) for item in self.get_validated_data()]
        attributes.unlink(actor=self.actor, project=self.project, pairs=pairs)
        return Response(status=204)


class ImageAttributeViewSet(ListModelMixin, ImageViewSet):
    """Values of attributes of the labels of an image."""

    queryset = AttributeValue.objects.all()
    serializer_class = LabelAttributeSerializer
    request_serializer_classes = {
        "create": LabelAttributeListSerializer,
        "update": LabelAttributeListSerializer,
    }
    permission_actions = {"list": "project.read", "create": "label.write", "update": "label.write"}
    list_actions = frozenset({"list", "create", "update"})

    @property
    def pagination_class(self) -> Any:  # type: ignore[override]
        return HastyPagination if self.action == "list" else None

    def get_queryset(self) -> Any:
        rows = AttributeValue.all_objects.filter(label__media=self.image).select_related("attribute")
        return rows.order_by("label__z", "label__created_at", "label", *ORDER)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Set values of attributes of labels."""
        changes = [Change(**item) for item in self.get_validated_data()]
        return self.respond(attribute_values.put_many(actor=self.actor, media=self.image, changes=changes))

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Set values of attributes of labels (as POST does)."""
        return self.create(request, **kwargs)


class AttributeConflictViewSet(ImageViewSet):
    """Attributes of several labels of an image."""

    queryset = AttributeValue.objects.all()
    pagination_class = None
    serializer_class = AttributeConflictSerializer
    request_serializer_classes = {"create": LabelIdListSerializer, "update": LabelIdListSerializer}
    permission_actions = {"create": "project.read", "update": "project.read"}
    list_actions = frozenset({"create", "update"})

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Get the attributes of labels and whether the labels agree about their values."""
        keys = self.get_validated_data()
        return self.respond(attribute_values.common(media=self.image, label_ids=keys))

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Get the attributes of labels and whether the labels agree (the other spelling of the path)."""
        return self.create(request, **kwargs)


class LabelAttributeViewSet(ListModelMixin, ProjectViewSet):
    """Values of attributes of a label."""

    queryset = Label.objects.filter(media__trashed_at__isnull=True).select_related("media__project")
    lookup_url_kwarg = "label_id"
    object_noun = "label"
    pagination_class = WholeList
    serializer_class = LabelAttributeSerializer
    request_serializer_classes = {"update": LabelAttributeValueSerializer}
    permission_actions = {"list": "project.read", "update": "label.write"}
    list_actions = frozenset({"list"})

    def filter_queryset(self, queryset: Any) -> Any:
        rows = AttributeValue.all_objects.filter(label=self.get_object()).select_related("attribute")
        return rows.order_by(*ORDER)

    def resolve_path(self) -> None:
        super().resolve_path()
        if "attribute_id" in self.kwargs:
            self.attribute_key = self.parse_key(self.kwargs["attribute_id"], "attribute")
            if not Attribute.all_objects.filter(project=self.project, pk=self.attribute_key).exists():
                raise self.missing("attribute")

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Set the value of an attribute of a label."""
        label = self.get_object()
        change = Change(self.attribute_key, label.pk, **self.get_validated_data())
        return self.respond(attribute_values.put(actor=self.actor, media=label.media, change=change))
