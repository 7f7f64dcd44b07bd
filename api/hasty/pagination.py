"""Hasty's lists: an envelope with the exact total and the filters that were applied, paged by offset and limit or whole."""

from __future__ import annotations

from typing import Any

from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from annotator.domain.text import MAX_INT
from api.common import fields, pagination
from api.common.serializers import QuerySerializer

MAX_LIMIT = 1000
DEFAULT_LIMIT = 100


class PageQuerySerializer(QuerySerializer):
    """The parameters of a page; a larger limit than the largest is cut to it."""

    offset = fields.QueryIntegerField(low=0, default=0)
    limit = fields.QueryIntegerField(low=0, default=DEFAULT_LIMIT)


class HastyPagination(BasePagination):
    """Pages by `offset` and `limit`."""

    component_suffix = "Page"

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        """Return the rows of the page. Raises ValidationError for parameters that are not whole numbers."""
        query = PageQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        self.offset, self.limit = (
            query.validated_data["offset"],
            min(query.validated_data["limit"], MAX_LIMIT),
        )
        filterset = getattr(view, "filterset", None)
        self.search_parameters = ({} if filterset is None else filterset.applied) | view.validated_query
        rows, self.total = pagination.slice_and_count(
            queryset,
            self.offset,
            self.limit,
            getattr(view, "version", None),
            getattr(view, "load_rows", None),
            getattr(view, "fetch_rows", list),
        )
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        meta = {
            "object": "list",
            "limit": self.limit,
            "offset": self.offset,
            "total": self.total,
            "search_parameters": self.search_parameters,
        }
        return Response({"meta": meta, "items": data})

    def get_paginated_response_schema(self, schema: Any) -> Any:
        numbers = {name: {"type": "integer"} for name in ("limit", "offset", "total")}
        return _envelope(schema, numbers | {"search_parameters": {"type": "object"}})

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        number = {"type": "integer", "minimum": 0, "maximum": MAX_INT}
        parameters = (
            ("offset", {**number, "default": 0}, "Rows to skip."),
            (
                "limit",
                {**number, "default": DEFAULT_LIMIT},
                f"Most rows of the answer; at most {MAX_LIMIT:,}.",
            ),
        )
        return [
            {"name": name, "in": "query", "required": False, "schema": schema, "description": text}
            for name, schema, text in parameters
        ]


class WholeList(pagination.NoPagination):
    """Whole lists in the envelope without pages."""

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"meta": {"object": "list", "total": len(data)}, "items": data})

    def get_paginated_response_schema(self, schema: Any) -> Any:
        return _envelope(schema, {"total": {"type": "integer"}})


def _envelope(schema: Any, meta: dict[str, Any]) -> dict[str, Any]:
    parts = {
        "meta": {"type": "object", "properties": {"object": {"type": "string"}, **meta}},
        "items": schema,
    }
    return {"type": "object", "properties": parts, "required": ["meta", "items"]}
