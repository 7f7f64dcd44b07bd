"""DataRobot's lists: pages by `offset` and `limit` with links to the pages beside them; some are bare arrays."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.encoding import escape_uri_path
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from annotator.domain.text import MAX_INT
from api.common import fields, pagination
from api.common.serializers import QuerySerializer

DEFAULT_LIMIT = 100
#: Of a larger limit the page has this many rows, and `next` goes on from there.
MAX_LIMIT = 10_000
#: Projects are listed whole by the client; it has no way to ask for a second page.
ARRAY_LIMIT = 1_000


def _limit(default: int) -> fields.QueryIntegerField:
    """Return the field of a page's size."""
    text = f"Most rows of the response; at most {MAX_LIMIT:,} are sent."
    return fields.QueryIntegerField(low=1, default=default, help_text=text)


class PageQuerySerializer(QuerySerializer):
    """The parameters of a page."""

    offset = fields.QueryIntegerField(low=0, default=0, help_text="Rows to skip.")
    limit = _limit(DEFAULT_LIMIT)


class ArrayQuerySerializer(PageQuerySerializer):
    """The parameters of a bare array."""

    limit = _limit(ARRAY_LIMIT)


class DataRobotPagination(BasePagination):
    """Pages by `offset` and `limit`. Links are absolute, at the address that was asked: the client refuses any other."""

    component_suffix = "Page"
    query_serializer_class: ClassVar[type[QuerySerializer]] = PageQuerySerializer
    #: What the list of rows is called.
    rows_name: ClassVar[str] = "data"

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        """Return the rows of the page. Raises ValidationError for parameters beyond their limits."""
        self.view, self.request = view, request
        self.offset, self.limit = self.get_page(request)
        rows, self.total = pagination.slice_and_count(
            queryset,
            self.offset,
            self.limit,
            getattr(view, "version", None),
            getattr(view, "load_rows", None),
        )
        return rows

    def get_page(self, request: Any) -> tuple[int, int]:
        """Return the offset and the limit that were asked for."""
        query = self.query_serializer_class(data=request.query_params)
        query.is_valid(raise_exception=True)
        return query.validated_data["offset"], min(query.validated_data["limit"], MAX_LIMIT)

    def get_paginated_response(self, data: Any) -> Response:
        return Response(self.envelope(data))

    def envelope(self, data: Any) -> dict[str, Any]:
        """Return a page as an object."""
        end = self.offset + self.limit
        before = max(0, self.offset - self.limit)
        return {
            "count": len(data),
            self.rows_name: data,
            "next": self._link(end, self.limit) if end < self.total else None,
            "previous": self._link(before, self.offset - before) if self.offset else None,
            "totalCount": self.total,
        }

    def _link(self, offset: int, limit: int) -> str:
        query = self.request.query_params.copy()
        query["offset"], query["limit"] = str(offset), str(limit)
        path: str = self.view.absolute(escape_uri_path(self.request.path))
        return f"{path}?{query.urlencode()}"

    def get_paginated_response_schema(self, schema: Any) -> Any:
        number = {"type": "integer"}
        link = {"type": "string", "format": "uri", "nullable": True}
        properties = {
            "count": number,
            self.rows_name: schema,
            "next": link,
            "previous": link,
            "totalCount": number,
        }
        return {"type": "object", "properties": properties, "required": list(properties)}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        found = []
        for name, field in self.query_serializer_class().fields.items():
            schema = {"type": "integer", "minimum": field.low, "maximum": MAX_INT, "default": field.default}  # type: ignore[attr-defined]
            found.append(
                {
                    "name": name,
                    "in": "query",
                    "required": False,
                    "schema": schema,
                    "description": str(field.help_text),
                }
            )
        return found


class UnlimitedPageQuerySerializer(QuerySerializer):
    """The parameters of a page whose limit may be 0."""

    offset = fields.QueryIntegerField(low=0, default=0, help_text="Rows to skip.")
    limit = fields.QueryIntegerField(
        low=0,
        default=DEFAULT_LIMIT,
        help_text=f"Most rows of the response; 0 and more than {MAX_LIMIT:,} are that.",
    )


class AugmentationListPagination(DataRobotPagination):
    """Pages of augmentation lists, where a limit of 0 is none."""

    query_serializer_class = UnlimitedPageQuerySerializer

    def get_page(self, request: Any) -> tuple[int, int]:
        offset, limit = super().get_page(request)
        return offset, limit or MAX_LIMIT


class JobPagination(DataRobotPagination):
    """The list of jobs, whose rows have a name of their own."""

    component_suffix = "Jobs"
    rows_name = "jobs"


class ArrayPagination(DataRobotPagination):
    """A page as a bare array; its parameters are those of ArrayQuerySerializer."""

    query_serializer_class = ArrayQuerySerializer

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        """Return the rows of the page; the response has no total, so they are not counted."""
        return pagination.slice_rows(queryset, *self.get_page(request))

    def get_paginated_response(self, data: Any) -> Response:
        return Response(data)
