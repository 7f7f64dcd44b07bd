"""Coactive's credential: client id and secret as one bearer; they are the two halves of an API token."""

from __future__ import annotations

from rest_framework.request import Request

from api.common.authentication import TokenAuthentication


class CoactiveAuthentication(TokenAuthentication):
    header = "Authorization"
    scheme_name = "CoactiveBearer"
    scheme = {"type": "http", "scheme": "bearer", "bearerFormat": "CLIENT_ID:CLIENT_SECRET"}

    def credential(self, request: Request) -> str | None:
        """Return the token whose halves the header joins by a colon; None for a header of another kind."""
        scheme, _, value = (super().credential(request) or "").partition(" ")
        if scheme.lower() != "bearer" or not value.strip():
            return None
        client_id, _, secret = value.strip().partition(":")
        return f"{client_id}.{secret}"
