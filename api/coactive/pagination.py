"""Coactive's lists: pages by `offset` and `limit`, with their numbers, links and order."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from api.common import fields, pagination
from api.common.serializers import QuerySerializer

MAX_LIMIT = 1000
DEFAULT_LIMIT = 100
MAX_OFFSET = 2**31 - 1


class PageQuerySerializer(QuerySerializer):
    """The parameters of a page."""

    offset = fields.QueryIntegerField(low=0, high=MAX_OFFSET, default=0, help_text="Rows to skip.")
    limit = fields.QueryIntegerField(
        low=1, high=MAX_LIMIT, default=DEFAULT_LIMIT, help_text="Most rows of the response."
    )


class CoactivePagination(BasePagination):
    """Pages by `offset` and `limit`; the view's `sort_fields` are (field, "asc" or "desc")."""

    component_suffix = "Page"

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        """Return the rows of the page. Raises ValidationError for parameters beyond their limits."""
        query = PageQuerySerializer(data=request.query_params)
        if not query.is_valid():
            raise ValidationError({"query": query.errors})
        self.offset, self.limit = query.validated_data["offset"], query.validated_data["limit"]
        self.view = view
        rows, self.total = pagination.slice_and_count(queryset, self.offset, self.limit)
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        last_page = max(1, -(-self.total // self.limit))
        page = {
            "currentPage": self.offset // self.limit + 1,
            "lastPage": last_page,
            "limit": self.limit,
            "offset": self.offset,
            "total": self.total,
        }
        has_next = self.offset + self.limit < self.total
        links = {
            "prev": self._link(max(0, self.offset - self.limit)) if self.offset else None,
            "next": self._link(self.offset + self.limit) if has_next else None,
            "first": self._link(0),
            "last": self._link((last_page - 1) * self.limit),
        }
        sort = [{"direction": direction, "field": field} for field, direction in self.view.sort_fields]
        return Response({"meta": {"page": page, "links": links, "sort": sort}, "data": data})

    def _link(self, offset: int) -> str:
        """Return the address of another page, with the other parameters of this one."""
        request = self.view.request
        query = {
            name: values for name, values in request.query_params.lists() if name not in ("offset", "limit")
        }
        pairs = urlencode({**query, "offset": offset, "limit": self.limit}, doseq=True)
        return f"{self.view.absolute(request.path)}?{pairs}"

    def get_paginated_response_schema(self, schema: Any) -> Any:
        numbers = {
            name: {"type": "integer"} for name in ("currentPage", "lastPage", "limit", "offset", "total")
        }
        link = {"type": "string", "nullable": True}
        links = dict.fromkeys(("prev", "next", "first", "last"), link)
        sort = {"direction": {"type": "string", "enum": ["asc", "desc"]}, "field": {"type": "string"}}
        meta = {
            "page": _object(numbers),
            "links": _object(links),
            "sort": {"type": "array", "items": _object(sort)},
        }
        return _object({"meta": _object(meta), "data": schema})

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        integer: dict[str, Any] = {"type": "integer"}
        offset = {**integer, "minimum": 0, "maximum": MAX_OFFSET, "default": 0}
        limit = {**integer, "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
        rows = (("offset", offset, "Rows to skip."), ("limit", limit, "Most rows of the response."))
        return [
            {"name": name, "in": "query", "required": False, "schema": schema, "description": text}
            for name, schema, text in rows
        ]


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}
