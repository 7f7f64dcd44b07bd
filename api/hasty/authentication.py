"""Hasty's credential: an API token in the header X-Api-Key."""

from __future__ import annotations

from api.common.authentication import TokenAuthentication


class HastyAuthentication(TokenAuthentication):
    header = "X-Api-Key"
    scheme_name = "HastyKey"
    scheme = {"type": "apiKey", "in": "header", "name": "X-Api-Key"}
