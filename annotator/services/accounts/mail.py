"""E-mail to people: written to an outbox in memory and sent by a thread of its own, so that no request waits for it."""

from __future__ import annotations

import logging
import queue
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

_log = logging.getLogger(__name__)
#: Messages that wait; more are dropped with a line in the log.
MAX_WAITING = 500
_outbox: queue.Queue[EmailMessage] = queue.Queue(MAX_WAITING)


def send(*, to: str, subject: str, text: str) -> None:
    """Put a message into the outbox after commit. Nothing happens when the server sends no e-mail."""
    if not settings.SENDS_EMAIL:
        return
    message = EmailMessage(subject=subject, body=text, to=[to])
    transaction.on_commit(lambda: _put(message), robust=True)


def _put(message: EmailMessage) -> None:
    try:
        _outbox.put_nowait(message)
    except queue.Full:
        _log.error("an e-mail was dropped: %d messages wait", MAX_WAITING)


def deliver() -> int:
    """Send what waits and return how many messages; one that the mail server refuses is dropped with a line in the log."""
    count = 0
    while not _outbox.empty():
        message = _outbox.get_nowait()
        try:
            count += get_connection().send_messages([message]) or 0
        except (OSError, SMTPException) as error:
            _log.error("an e-mail could not be sent: %s", error)
    return count
