"""Which large bodies our own pages take (those of signed-in people, told by the session before the body is read), and which pages wait."""

from __future__ import annotations

import re

import orjson
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from annotator.server.bodies import Admission, Answer, Refused
from annotator.web.error_pages import early_page

# Pages that test a bucket or choose from it wait for it, as the views of the dialects that read buckets do; a preview of
# augmentation and an object that is cut out wait for their image.
_WAITING = re.compile(
    r"/web/(?:(?:workspaces|projects)/[0-9a-f-]{36}/(?:buckets/[0-9a-f-]{36}/(?:test|files)|augmentation/preview)"
    r"|media/[0-9a-f-]{36}/cut)"
)
_sessions = SessionMiddleware(lambda request: HttpResponse())


def admit(request: HttpRequest) -> Admission:
    """Return what the person of the session may send. Raises Refused without a session."""
    _sessions.process_request(request)
    user = get_user(request)
    if not user.is_authenticated:
        text = _("You are signed out. Sign in again in another tab. Your changes are kept.")
        if request.headers.get("Accept", "").startswith("text/html"):
            raise Refused(early_page(401, "signed_out", text))
        raise Refused(Answer(401, orjson.dumps({"code": "signed_out", "message": text, "field": None})))
    return Admission(sender=f"user {user.pk}", limit=settings.MAX_JSON_BYTES)


def is_waiting(path: str) -> bool:
    """Return whether a request of our own pages waits for a bucket or for an image that is decoded."""
    return bool(_WAITING.fullmatch(path))
