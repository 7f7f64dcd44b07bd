"""From a credential in a header to the Actor. A session cookie is never looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request

from annotator.domain.errors import Denied
from annotator.services.accounts import tokens


class TokenAuthentication(BaseAuthentication):
    """An API token in the header that the dialect names; `request.auth` is its Actor.

    There is no `request.user` object: nothing below the dialects takes one, and it would cost a query.
    """

    header: ClassVar[str]
    #: The security scheme of OpenAPI and its name there.
    scheme_name: ClassVar[str]
    scheme: ClassVar[Mapping[str, str]]

    def credential(self, request: Request) -> str | None:
        """Return the token as the header holds it."""
        found: str | None = request.headers.get(self.header)
        return found

    def authenticate(self, request: Request) -> tuple[Any, Any]:
        """Return (None, Actor). Raises NotAuthenticated without a token, AuthenticationFailed for one that is not valid."""
        token = self.credential(request)
        if not token:
            raise NotAuthenticated(f"Send your API token in the header {self.header}.")
        try:
            return None, tokens.actor_of(token)
        except Denied as error:
            raise AuthenticationFailed(error.message) from None

    def authenticate_header(self, request: Request) -> str:
        return self.header
