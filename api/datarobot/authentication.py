"""DataRobot's credential: an API token after the word Token, which its client writes, or Bearer, which its documents say."""

from __future__ import annotations

from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from api.common.authentication import TokenAuthentication

_WORDS = ("token", "bearer")


class DataRobotAuthentication(TokenAuthentication):
    header = "Authorization"
    scheme_name = "DataRobotToken"
    scheme = {"type": "http", "scheme": "bearer"}

    def credential(self, request: Request) -> str | None:
        """Return the token. Raises NotAuthenticated for a header of another form."""
        word, _, token = (super().credential(request) or "").strip().partition(" ")
        if word and word.lower() not in _WORDS:
            raise NotAuthenticated("Send your API token as Authorization: Bearer <token>.")
        return token.strip()

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
