"""Custom Vision's credential: an API token in the header Training-Key."""

from __future__ import annotations

from api.common.authentication import TokenAuthentication


class CustomVisionAuthentication(TokenAuthentication):
    header = "Training-Key"
    scheme_name = "CustomVisionKey"
    scheme = {"type": "apiKey", "in": "header", "name": "Training-Key"}
