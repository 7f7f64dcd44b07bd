"""Addresses of users and apps."""

from __future__ import annotations

from ..handlers import apps
from ..viewsets import RpcViewSet


class AppViewSet(RpcViewSet, handlers=apps):
    """Users and apps."""
