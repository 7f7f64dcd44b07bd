"""The base view of the Hasty dialect and the ways to the objects in its paths; every object is found in one query."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest

from annotator.domain import ids
from annotator.domain.actor import Actor
from annotator.domain.errors import DomainError, Missing
from annotator.models import Label, Media, Project, Workspace
from api.common import paging, query
from api.common.actor import actor_of
from api.common.errors import status_of
from api.common.operations import Operation
from api.common.views import DialectView, Unknown, seen_by

from . import errors

MAX_LIMIT = 1000
PAGE = query.query(
    offset=query.whole(default=0, doc="Rows to skip."),
    limit=query.whole(default=100, doc=f"Most rows of the answer; at most {MAX_LIMIT:,}."),
)


class HastyView(DialectView):
    """One address under /v1."""

    dialect = "Hasty"
    credential = {"HastyKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}}
    error_type = errors.Error
    path_schema = {"type": "string", "format": "uuid"}
    #: How a row of this address is said: a function of serializers/, which may ask the view for absolute addresses.
    shows: ClassVar[Callable[[Any, Any], Any]]

    def actor(self, request: HttpRequest) -> Actor:
        return actor_of(request.headers.get("X-Api-Key"), header="X-Api-Key")

    def error_status(self, error: DomainError) -> int:
        return status_of(errors.STATUS, error)

    def error_body(self, error: DomainError) -> errors.Error:
        return errors.body(error)

    def render(self, row: Any) -> Any:
        return type(self).shows(row, self)

    def page(self, rows: QuerySet[Any]) -> dict[str, Any]:
        """Return the asked page with its total and the filters that were applied."""
        limit = min(self.asked["limit"], MAX_LIMIT)
        found = paging.cut(rows, offset=self.asked["offset"], limit=limit)
        return self.envelope(found, [self.render(row) for row in found.items])

    def envelope(self, page: paging.Page, items: list[Any]) -> dict[str, Any]:
        """Return rendered rows in Hasty's envelope of a page."""
        meta = {
            "object": "list",
            "limit": page.limit,
            "offset": page.offset,
            "total": page.total,
            "search_parameters": self.filters(),
        }
        return {"meta": meta, "items": items}

    def listed(self, items: list[Any]) -> dict[str, Any]:
        """Return rendered rows in the envelope of a list without pages."""
        return {"meta": {"object": "list", "total": len(items)}, "items": items}

    def page_schema(self, item: dict[str, Any], promise: Operation) -> dict[str, Any]:
        meta: dict[str, Any] = {"object": {"type": "string"}, "total": {"type": "integer"}}
        if promise.query and "limit" in promise.query.params:
            meta |= {name: {"type": "integer"} for name in ("limit", "offset")}
            meta["search_parameters"] = {"type": "object"}
        parts = {"meta": {"type": "object", "properties": meta}, "items": {"type": "array", "items": item}}
        return {"type": "object", "properties": parts, "required": ["meta", "items"]}

    def filters(self) -> dict[str, Any]:
        """Return the filters of the query that were applied, by the names they were asked under."""
        params = self.promise.query.params if self.promise.query else {}
        named = {name: param.to or name for name, param in params.items() if name not in PAGE.params}
        return {name: self.asked[to] for name, to in named.items() if to in self.asked}

    def absent(self, noun: str) -> Missing:
        return Missing(f"There is no such {noun}.")

    def key(self, value: str, noun: str) -> uuid.UUID:
        """Return an id of the path; one that is no UUID names nothing."""
        found = ids.parse_uuid(value)
        if found is None:
            raise self.absent(noun)
        return found


class UnknownAddress(Unknown, HastyView):
    """Every other address under /v1."""


class InWorkspace(HastyView):
    """An address of one workspace."""

    place: Workspace

    def find(self, workspace_id: str) -> None:  # type: ignore[override]
        key = self.key(workspace_id, "workspace")
        self.place = seen_by(Workspace.objects.all, self.who, "workspace", pk=key)
        self.role = self.place.role_of_actor  # type: ignore[attr-defined]


class InProject(HastyView):
    """An address of one project."""

    place: Project

    def find(self, project_id: str) -> None:  # type: ignore[override]
        key = self.key(project_id, "project")
        self.place = seen_by(Project.objects.all, self.who, "project", pk=key)
        self.role = self.place.role_of_actor  # type: ignore[attr-defined]


class OnRow(HastyView):
    """An address of one row of a project: `rows` gives the rows, `noun` and `parameter` their name in words and path."""

    place: Project
    row: Any
    rows: ClassVar[Callable[[], QuerySet[Any]]]
    noun: ClassVar[str]

    def find(self, project_id: str, **path: str) -> None:  # type: ignore[override]
        (value,) = path.values()
        self.load(self.key(project_id, "project"), self.key(value, self.noun))

    @classmethod
    def rows_in_use(cls) -> QuerySet[Any]:
        """Return the rows of projects that are not in the trash, each with its project."""
        return cls.rows().filter(project__trashed_at__isnull=True).select_related("project")

    def load(self, project_id: uuid.UUID, key: uuid.UUID) -> None:
        """Find the row and its project."""
        rows = type(self).rows_in_use
        self.row = seen_by(rows, self.who, self.noun, pk=key, project_id=project_id)
        self.place, self.role = self.row.project, self.row.role_of_actor


class OnImage(OnRow):
    """An address of one image: anything of a project that is not a video."""

    row: Media
    noun = "image"
    rows = staticmethod(lambda: Media.objects.exclude(kind="video"))

    @property
    def image(self) -> Media:
        return self.row


class OnLabel(OnRow):
    """An address of one label."""

    row: Label
    noun = "label"
    rows = staticmethod(lambda: Label.objects.filter(media__trashed_at__isnull=True).select_related("media"))


__all__ = [
    "PAGE",
    "HastyView",
    "InProject",
    "InWorkspace",
    "OnImage",
    "OnLabel",
    "OnRow",
    "UnknownAddress",
]
