"""SESSION_ENGINE: Django's sessions in the database, in a table of ours that knows whose they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from annotator.domain.ids import parse_uuid
from annotator.models import Session
from annotator.server import clients


class SessionStore(DatabaseStore):
    """Extended as Django's documentation describes. The name is part of what signs stored data: it cannot change."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = super().create_model_instance(data)
        assert isinstance(session, Session)
        client = clients.current()
        session.user_id = parse_uuid(data.get(SESSION_KEY))
        session.ends_at, session.last_active_at = session.expire_date, timezone.now()
        session.expire_date = expires_at(session.last_active_at, session.ends_at)
        session.address, session.user_agent = client.address, client.user_agent
        return session


def expires_at(last_active_at: datetime, ends_at: datetime) -> datetime:
    """Return when a session ends that is not used again."""
    idle = settings.SESSION_IDLE_SECONDS
    return min(ends_at, last_active_at + timedelta(seconds=idle)) if idle else ends_at
