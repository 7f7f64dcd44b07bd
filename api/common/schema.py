"""The OpenAPI document of the dialects, made from what their operations promise. Imported only when somebody asks for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import orjson
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import (
    ComponentRegistry,
    ResolvedComponent,
    build_root_object,
    normalize_result_object,
    sanitize_result_object,
)

from .describe import Describer, parameters
from .operations import Operation, operation_of
from .views import DialectView


class DialectSchema(AutoSchema):
    """Describes one method of one DialectView; other views and undocumented ones are left out."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> dict[str, Any] | None:
        """Return OpenAPI's operation object."""
        view = self.view
        if not isinstance(view, DialectView) or not view.is_documented:
            return None
        promise = operation_of(getattr(view, method.lower()))
        describe = Describer(view.dialect, _register_in(registry))
        found: dict[str, Any] = {
            "operationId": _operation_id(view, method, path),
            "summary": promise.summary,
            "tags": [f"{view.dialect} {type(view).__module__.rpartition('.')[2].replace('_', ' ')}"],
            "parameters": parameters(path, _path_schemas(view), promise.query),
            "security": [{name: []} for name in view.credential],
            "responses": _responses(view, promise, describe),
        }
        if promise.note or promise.key:
            found["description"] = " ".join(filter(None, [promise.note, promise.key and f"({promise.key})"]))
        if promise.body is not None:
            content = describe.content(promise.body)
            found["requestBody"] = {"content": content, "required": not promise.is_body_optional}
        for name, scheme in view.credential.items():
            kind = ResolvedComponent.SECURITY_SCHEMA
            registry.register_on_missing(ResolvedComponent(name, kind, schema=scheme, object=name))
        return found


def _register_in(
    registry: ComponentRegistry,
) -> Callable[[str, Callable[[], dict[str, Any]]], dict[str, Any]]:
    being_made: set[str] = set()

    def register(name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        component = ResolvedComponent(name, ResolvedComponent.SCHEMA, object=name)
        if name not in being_made:  # a type may hold itself
            being_made.add(name)
            if component not in registry:
                registry.register(component)
                component.schema = make()
            elif registry[component].schema != make():
                raise ValueError(f"two things are called {name}: one would be described as the other")
            being_made.remove(name)
        reference: dict[str, Any] = component.ref
        return reference

    return register


def _operation_id(view: DialectView, method: str, path: str) -> str:
    """Return a name that is unique among the addresses: aliases of one view differ by their last words."""
    words = [part for part in path.split("/") if part and not part.startswith("{")]
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(view).__name__).lower()
    return f"{view.dialect.lower()}_{method.lower()}_{name}" + (
        f"_{words[-1]}" if words[-1] not in name else ""
    )


def _path_schemas(view: DialectView) -> Callable[[str], dict[str, Any]]:
    return lambda name: view.path_schemas.get(name, view.path_schema)


def _responses(view: DialectView, promise: Operation, describe: Describer) -> dict[str, Any]:
    kinds = dict.fromkeys(renderer.media_type for renderer in view.renderer_classes)
    good: dict[str, Any] = {"description": "Done." if promise.gives is None else "The answer."}
    if promise.gives is not None:
        is_page = isinstance(promise.gives, list)
        inner = describe.type(promise.gives[0] if is_page else promise.gives)
        said = view.page_schema(inner, promise) if is_page else inner
        good["content"] = {kind: {"schema": said} for kind in kinds}
    refused = describe.type(view.error_type)
    refusal = {"description": "A refusal.", "content": {kind: {"schema": refused} for kind in kinds}}
    found = {str(promise.status): good, "default": refusal}
    if promise.or_status is not None:
        found[str(promise.or_status)] = good | {
            "description": "The answer; a part of what was asked was not done."
        }
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

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        """Return the document; enumerations stay where they are used, so none gets an invented name."""
        paths = self.parse(request, public)
        components = self.registry.build({})
        root = build_root_object(paths=paths, components=components, webhooks={}, version=None)
        found: dict[str, Any] = sanitize_result_object(normalize_result_object(root))
        return found


def document() -> dict[str, Any]:
    """Return the OpenAPI document as plain values."""
    found: dict[str, Any] = DialectGenerator(urlconf="api.urls").get_schema(request=None, public=True)
    return found


def document_bytes() -> bytes:
    """Return the document as JSON."""
    return orjson.dumps(document())
