"""Addresses of concepts."""

from __future__ import annotations

from ..handlers import concepts
from ..viewsets import RpcViewSet


class ConceptViewSet(RpcViewSet, handlers=concepts):
    """Concepts."""
