"""The base view of the Custom Vision dialect and the ways to the objects in its paths."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest

from annotator.domain import ids
from annotator.domain.actor import Actor
from annotator.domain.errors import DomainError, Invalid, Missing
from annotator.models import Media, Project
from api.common import query
from api.common.actor import actor_of
from api.common.errors import status_of
from api.common.renderers import FastJSONRenderer
from api.common.shapes import check_id
from api.common.views import DialectView, Unknown, seen_by

from . import errors
from .xml import TextXMLRenderer, XMLRenderer

VERSIONS = ("v3.0", "v3.1", "v3.2", "v3.3", "v3.4-preview")
MAX_TAKE = 256


def _no_iteration(value: str, name: str) -> uuid.UUID:
    """Refuse every id of an iteration: there are none yet, only the live state."""
    check_id(value, name)
    raise Missing("There is no such iteration in this project.", code="NotFoundIteration")


_ITERATION = query.Param(
    _no_iteration, {"type": "string", "format": "uuid"}, doc="Default the live state of the project."
)
LIVE = query.Query({"iterationId": _ITERATION})
PAGE = query.query(
    take=query.whole(high=MAX_TAKE, default=50, doc=f"Most rows of the answer; at most {MAX_TAKE}."),
    skip=query.whole(high=2**31 - 1, default=0, doc="Rows to skip."),
)


class CustomVisionView(DialectView):
    """One address under /customvision/<version>/training."""

    dialect = "CustomVision"
    credential = {"CustomVisionKey": {"type": "apiKey", "in": "header", "name": "Training-Key"}}
    error_type = errors.CustomVisionErrorOut
    renderer_classes = (FastJSONRenderer, XMLRenderer, TextXMLRenderer)
    path_schema = {"type": "string", "format": "uuid"}
    path_schemas = {"version": {"type": "string", "enum": list(VERSIONS)}}
    #: The codes of this address's refusals, by the domain's code or by the input that is named.
    codes: ClassVar[Mapping[str, str]] = {}
    #: How a row of this address is said: a function of serializers/, which may ask the view for absolute addresses.
    shows: ClassVar[Callable[[Any, Any], Any]]

    def actor(self, request: HttpRequest) -> Actor:
        return actor_of(request.headers.get("Training-Key"), header="Training-Key")

    def error_status(self, error: DomainError) -> int:
        return status_of(errors.STATUS, error)

    def error_body(self, error: DomainError) -> errors.CustomVisionErrorOut:
        return errors.body(error, self.codes)

    def render(self, row: Any) -> Any:
        return type(self).shows(row, self)

    def page(self, rows: QuerySet[Any]) -> list[Any]:
        """Return the asked rows: a bare list without a total."""
        skip = self.asked["skip"]
        return [self.render(row) for row in rows[skip : skip + self.asked["take"]]]

    def key(self, value: str, noun: str, code: str) -> uuid.UUID:
        """Return an id of the path; one that is no UUID names nothing."""
        found = ids.parse_uuid(value)
        if found is None:
            raise Missing(f"There is no such {noun}.", code=code)
        return found


class UnknownAddress(Unknown, CustomVisionView):
    """Every other address under /customvision."""


class InProject(CustomVisionView):
    """An address of one project."""

    place: Project

    def find(self, **path: str) -> None:
        key = self.key(path["projectId"], "project", "NotFoundProject")
        self.place = seen_by(Project.objects.all, self.who, "project", code="NotFoundProject", pk=key)
        self.role = self.place.role_of_actor  # type: ignore[attr-defined]

    def pictures(self) -> Any:
        """Return the images of the project with all that their answer holds."""
        rows = Media.objects.filter(project=self.place, kind="image")
        return rows.with_home().select_related("blob")

    def in_order(self, keys: Iterable[uuid.UUID]) -> list[Any]:
        """Return images in the order of their ids, each once; ids that name none are left out."""
        wanted = list(dict.fromkeys(keys))
        found = self.pictures().in_bulk(wanted) if wanted else {}
        return [found[key] for key in wanted if key in found]

    def named(self, keys: Iterable[uuid.UUID], field: str) -> dict[uuid.UUID, Media]:
        """Return images that a body or query names, by id. Invalid when one is not there."""
        wanted = set(keys)
        found: dict[uuid.UUID, Media] = self.pictures().in_bulk(wanted)
        if missing := wanted - found.keys():
            words = f"There is no image {min(missing)} in this project."
            raise Invalid(words, field=field, code="BadRequestInvalidIds")
        return found
