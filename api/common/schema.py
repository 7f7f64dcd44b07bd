"""The OpenAPI document of the dialects: drf-spectacular reads the viewsets. Imported at the first request for the document."""

from __future__ import annotations

import re
from typing import Any

import orjson
from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import (
    build_root_object,
    force_instance,
    get_doc,
    normalize_result_object,
    sanitize_result_object,
)
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.serializers import BaseSerializer

from annotator.domain.text import MAX_INT

from .fields import IntegerField, JSONField, ListField, NameField, NumberField, QueryListField, TextField
from .filters import ListFilter, TextFilter
from .serializers import ListSerializer
from .viewsets import DialectViewSet

Schema = dict[str, Any]

_DESCRIPTIONS = {
    202: "Accepted; a job does it.",
    204: "No content.",
    207: "Success of a part of the batch.",
    303: "Done; the Location says where.",
}


class DialectSchema(AutoSchema):
    """Describes one action of a viewset: its summary is the first line of the docstring, the rest its description."""

    view: Any  # a DialectViewSet: the base class has a descriptor here

    def is_excluded(self) -> bool:
        return not isinstance(self.view, DialectViewSet)

    def get_operation(self, *args: Any, **kwargs: Any) -> Schema | None:
        operation: Schema | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        body = self.get_request_serializer()
        if body and self.method == "DELETE":
            # drf-spectacular describes no body there; some vendors' operations have one
            content = {kind: {"schema": self._body_schema(each)} for kind, each in body.items()}
            operation["requestBody"] = {"content": content}
        if "requestBody" in operation:
            operation["requestBody"]["required"] = self.view.action not in self.view.optional_bodies
            if types := self.view.part_types.get(self.view.action):
                form = operation["requestBody"]["content"]["multipart/form-data"]
                form["encoding"] = {name: {"contentType": kind} for name, kind in types.items()}
        for parameter in operation.setdefault("parameters", []):
            parameter.setdefault("required", False)
        return operation

    def _body_schema(self, serializer: Any) -> Schema:
        """Return the schema of a body: a serializer's component, a list of them with its limit, or a plain schema."""
        if isinstance(serializer, dict):
            return serializer
        instance: Any = force_instance(serializer)
        if isinstance(instance, ListSerializer):
            child: Any = instance.child
            is_object = isinstance(child, BaseSerializer)
            items = (
                self.resolve_serializer(child, "request").ref
                if is_object
                else self._map_serializer_field(child, "request")
            )
            return {"type": "array", "items": items, "maxItems": instance.max_items}
        reference: Schema = self.resolve_serializer(instance, "request").ref
        return reference

    def get_summary(self) -> str:
        return self._docstring()[0]

    def get_description(self) -> str:  # type: ignore[override]
        return self._docstring()[1]

    def _docstring(self) -> tuple[str, str]:
        """Return summary and description; DRF's own list and retrieve are described by the viewset's docstring."""
        method = getattr(self.view, self.view.action)
        if method.__module__.startswith("rest_framework."):
            noun = get_doc(type(self.view)).partition("\n")[0].rstrip(".")
            noun = noun[:1].lower() + noun[1:]
            return (f"List {noun}" if self.view.action == "list" else f"Get one of the {noun}"), ""
        summary, _, rest = get_doc(method).partition("\n")
        return summary.rstrip("."), " ".join(rest.split())

    def get_tags(self) -> list[str]:
        return [f"{self.view.dialect} {type(self.view).__module__.rpartition('.')[2].replace('_', ' ')}"]

    def get_operation_id(self) -> str:
        """Return the path's words and the action: unique, because a path and a method have one action."""
        words = [part for part in self.path.strip("/").split("/") if not part.startswith("{")][1:]
        name = "_".join(word.replace("-", "_") for word in words)
        return f"{self.view.dialect.lower()}_{name}_{self.view.action}"

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        name = type(serializer).__name__.removesuffix("Serializer")
        return name if name.startswith(self.view.dialect) else self.view.dialect + name

    def get_paginated_name(self, serializer_name: str) -> str:
        """Return the component of an envelope: one for each serializer and way of paging."""
        return f"{serializer_name}{self.view.pagination_class.component_suffix}"

    def get_request_serializer(self) -> Any:
        body = self.view.request_serializer_classes.get(self.view.action)
        content: Any = self.view.body_content.get(self.view.action)
        if not content:
            content = {} if body is None else {"application/json": body}
        return {
            kind: self._body_schema(value) if isinstance(value, type) else value
            for kind, value in content.items()
        }

    def get_response_serializers(self) -> Any:
        view = self.view
        responses: dict[Any, Any] = {}
        for status in view.success_statuses.get(view.action, (204 if view.action == "destroy" else 200,)):
            if status == 204 or view.action == "destroy":
                response: Any = None
            elif view.action in view.response_schemas:
                response = dict(view.response_schemas[view.action])
            else:
                many = view.action in view.list_actions | view.bare_list_actions
                response = view.get_serializer_class()(many=many)
            media_type = view.response_media_types.get(view.action)
            code = (status, media_type) if media_type else status
            responses[code] = OpenApiResponse(response, _DESCRIPTIONS.get(status, "Success."))
        return responses | {"default": OpenApiResponse(view.error_serializer_class, "An error.")}

    def _get_paginator(self) -> Any:
        return None if self.view.action in self.view.bare_list_actions else super()._get_paginator()

    def get_filter_backends(self) -> list[Any]:
        """Return the filters of lists that have some, and of other actions that have a filterset of their own."""
        if self.view.action in self.view.filterset_classes:
            return list(self.view.filter_backends)
        return super().get_filter_backends() if getattr(self.view, "filterset_class", None) else []

    def get_override_parameters(self) -> list[Any]:
        path: Any = OpenApiParameter.PATH
        found: list[Any] = [
            OpenApiParameter(name, dict(self.view.path_schemas.get(name, self.view.path_schema)), path, required=True)
            for name in re.findall(r"\{(\w+)\}", self.path)
        ]  # fmt: skip
        found += [
            OpenApiParameter(one["name"], one["schema"], one["in"], required=one["required"])
            for one in self.view.query_parameters
        ]
        serializer = self.view.query_serializer_classes.get(self.view.action)
        return [*found, *self._query_parameters(serializer())] if serializer else found

    def _query_parameters(self, serializer: Any) -> list[OpenApiParameter]:
        """Return the parameters that a serializer of the query string reads; lists are comma-joined or repeated, none is null."""
        found = []
        for name, schema in self._map_serializer(serializer, "request")["properties"].items():
            text = schema.pop("description", "")
            schema.pop("nullable", None)
            field = serializer.fields[name]
            if field.required and isinstance(field, TextField):
                schema["minLength"] = 1  # empty text is absent
            is_list = isinstance(field, QueryListField)
            style: dict[str, Any] = {"style": "form", "explode": not field.is_split} if is_list else {}
            found.append(
                OpenApiParameter(
                    name, schema, OpenApiParameter.QUERY, required=field.required, description=text, **style
                )
            )
        return found


class _TokenScheme(OpenApiAuthenticationExtension):
    target_class = "api.common.authentication.TokenAuthentication"
    match_subclasses = True

    @property
    def name(self) -> str:  # type: ignore[override]
        return str(self.target.scheme_name)

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:
        return dict(self.target.scheme)


class _FieldExtension(OpenApiSerializerFieldExtension):
    """Adds what our fields know and drf-spectacular does not: limits, and that null is as good as absent."""

    target_class = "api.common.fields.NullIsAbsentMixin"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> Schema:
        field = self.target
        if isinstance(field, JSONField):
            schema = dict(field.schema)
        else:
            schema = auto_schema._map_serializer_field(field, direction, bypass_extensions=True)
        if isinstance(field, ListField) or (isinstance(field, ListSerializer) and direction == "request"):
            schema["maxItems"] = field.max_items
        if isinstance(field, IntegerField | NumberField) and (
            direction == "request" or abs(field.low) < MAX_INT
        ):
            schema |= {"minimum": field.low, "maximum": field.high}
        if isinstance(field, TextField) and field.pattern:
            schema["pattern"] = field.pattern
        if isinstance(field, NameField):
            schema["minLength"] = 1
        schema.pop("x-spec-enum-id", None)  # for a step that this generator leaves out
        if field.help_text:
            schema["description"] = str(field.help_text)
        if field.allow_null or not field.required:
            schema["nullable"] = True
        return schema


class _FilterExtension(DjangoFilterExtension):
    """Adds the limits of texts and lists, and what an absent parameter means."""

    target_class = "api.common.filters.FilterBackend"
    priority = 1

    def resolve_filter_field(self, *args: Any) -> list[Schema]:
        found: list[Schema] = super().resolve_filter_field(*args)
        for parameter in found:
            schema = parameter["schema"]
            if isinstance(args[-1], ListFilter):
                schema["maxItems"] = args[-1].max_values
            if isinstance(args[-1], TextFilter):
                schema.get("items", schema).update(args[-1].schema)
            if (default := args[-1].extra.get("initial")) is not None:
                parameter["schema"]["default"] = default
        return found


class _Addresses(EndpointEnumerator):
    """All addresses of dialects, each once: of the two spellings of the slash the one that stands first in the table."""

    def get_api_endpoints(self, patterns: Any = None, prefix: str = "") -> Any:
        seen: dict[tuple[str, str], Any] = {}
        for path, regex, method, callback in self._get_api_endpoints(patterns, prefix):
            seen.setdefault((path.rstrip("/"), method), (path, regex, method, callback))
        return sorted(seen.values(), key=lambda row: (row[0], row[2]))


class DialectGenerator(SchemaGenerator):
    """Walks the addresses of the dialects."""

    endpoint_inspector_cls = _Addresses

    def get_schema(self, request: Any = None, public: bool = False) -> Schema:
        """Return the document; enumerations stay where they are used, so none gets an invented name."""
        paths = self.parse(request, public)
        components = self.registry.build({"schemas": self._further_components()})
        root = build_root_object(paths=paths, components=components, webhooks={}, version=None)
        found: Schema = sanitize_result_object(normalize_result_object(root))
        _join_blank_options(found)
        _allow_empty_parameters(found)
        return found

    def _further_components(self) -> Schema:
        """Return the components that views refer to and no serializer describes."""
        found: Schema = {}
        for view in {callback.cls for *_, callback in self.endpoints or ()}:
            found |= view.get_schema_components()
        return found


def _allow_empty_parameters(found: Schema) -> None:
    """Say that an optional parameter of a query string without a value is as good as absent."""
    for operations in found["paths"].values():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "query" and not parameter.get("required"):
                    parameter["allowEmptyValue"] = True


def _join_blank_options(value: Any) -> None:
    """Take back drf-spectacular's choice of "this pattern, or empty text": our patterns say whether they match it."""
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        _join_blank_options(child)
    if isinstance(value, dict) and value.get("oneOf", [None])[-1] == {"type": "string", "maxLength": 0}:
        value |= value.pop("oneOf")[0]


def document() -> Schema:
    """Return the OpenAPI document as plain values."""
    found: Schema = DialectGenerator(urlconf="api.urls").get_schema(request=None, public=True)
    return found


def document_bytes() -> bytes:
    """Return the document as JSON."""
    return orjson.dumps(document())
