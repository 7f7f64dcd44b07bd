"""Clarifai's credential: `Authorization: Key <token>`, a personal access token or the key of an app."""

from __future__ import annotations

from rest_framework.request import Request

from api.common.authentication import TokenAuthentication


class ClarifaiAuthentication(TokenAuthentication):
    header = "Authorization"
    scheme_name = "ClarifaiKey"
    scheme = {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Key TOKEN"}

    def credential(self, request: Request) -> str | None:
        """Return the token behind `Key `, None for a header of another kind."""
        scheme, _, value = (super().credential(request) or "").partition(" ")
        return value.strip() or None if scheme == "Key" else None
