"""How often one credential may ask; the limiter is the services'."""

from __future__ import annotations

from annotator.services.accounts.rates import check_token as check

__all__ = ["check"]
