"""How often one credential may ask, as a DRF throttle; annotator.services.accounts.rates counts."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from annotator.services.accounts import rates


class TokenThrottle(BaseThrottle):
    """One bucket for each token. Raises Busy (code "throttled") with the time to wait."""

    def allow_request(self, request: Request, view: Any) -> bool:
        token_id = view.actor.token_id
        if token_id is not None:
            rates.check_token(token_id)
        return True
