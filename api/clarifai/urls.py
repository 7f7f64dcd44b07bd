"""Where the RPCs of the JSON channel are: below an app, and without user and app where the vendor has that too.

What is literal stands before ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import re_path

from api.common.routes import addresses

from .views.apps import AppViewSet
from .views.concepts import ConceptViewSet
from .viewsets import UnknownAddressView

Row = tuple[str, Any, Mapping[str, str]]

U = "users/<str:user_id>"
A = f"{U}/apps/<str:app_id>"
C = "concepts/<str:concept_id>"

#: Below an app, and without it.
OF_APPS: list[Row] = [
    ("concepts", ConceptViewSet, {"post": "PostConcepts", "get": "ListConcepts", "patch": "PatchConcepts"}),
    ("concepts/searches", ConceptViewSet, {"post": "PostConceptsSearches"}),
    ("concepts/status", ConceptViewSet, {"get": "GetConceptCounts"}),
    (C, ConceptViewSet, {"get": "GetConcept"}),
]
#: Only as they stand.
OTHERS: list[Row] = [
    (U, AppViewSet, {"get": "GetUser"}),
    (f"{U}/apps", AppViewSet, {"get": "ListApps", "post": "PostApps", "patch": "PatchApps"}),
    (A, AppViewSet, {"get": "GetApp", "patch": "PatchApp", "delete": "DeleteApp"}),
    ("apps", AppViewSet, {"get": "ListApps"}),
    ("app", AppViewSet, {"get": "GetApp"}),
]


def _rows() -> Iterator[Row]:
    yield from OTHERS
    for path, viewset, actions in OF_APPS:
        yield f"{A}/{path}", viewset, actions
        yield path, viewset, actions


urlpatterns = [*addresses(_rows()), re_path(r"^[\s\S]*$", UnknownAddressView.as_view())]
