"""Custom Vision's lists: bare, without a total, paged by `take` and `skip` where they are paged at all."""

from __future__ import annotations

from typing import Any

from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from api.common import fields
from api.common.serializers import QuerySerializer

MAX_TAKE = 256
DEFAULT_TAKE = 50


class PageQuerySerializer(QuerySerializer):
    """The parameters of a page."""

    take = fields.QueryIntegerField(
        low=0,
        high=MAX_TAKE,
        default=DEFAULT_TAKE,
        help_text=f"Most rows of the response; at most {MAX_TAKE}.",
    )
    skip = fields.QueryIntegerField(low=0, high=2**31 - 1, default=0, help_text="Rows to skip.")


class TakeSkipPagination(BasePagination):
    """Pages by `take` and `skip`."""

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        """Return the rows of the page. Raises ValidationError for parameters beyond their limits."""
        query = PageQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        skip = query.validated_data["skip"]
        return list(queryset[skip : skip + query.validated_data["take"]])

    def get_paginated_response(self, data: Any) -> Response:
        return Response(data)
