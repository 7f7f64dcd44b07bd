"""Secrets of other services, encrypted before they are stored: with keys derived from the server's secret key."""

from __future__ import annotations

import base64
import functools

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from annotator.domain.errors import Invalid

_PURPOSE = b"annotator secrets of buckets"


def encrypt(text: str) -> str:
    """Return the text encrypted with the current secret key."""
    return _cipher(*_keys()).encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """Return the text of `encrypt`, of the current secret key or one of its fallbacks. Raises Invalid with any other."""
    try:
        return _cipher(*_keys()).decrypt(stored.encode()).decode()
    except InvalidToken:
        message = (
            "The stored secret cannot be decrypted, because the secret key of the server was changed. Enter the "
            "secret again."
        )
        raise Invalid(message, code="secret_lost") from None


def is_current(stored: str) -> bool:
    """Return whether a text was encrypted with the current secret key."""
    try:
        _cipher(settings.SECRET_KEY).decrypt(stored.encode())
    except InvalidToken:
        return False
    return True


def _keys() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@functools.cache
def _cipher(*secret_keys: str) -> MultiFernet:
    return MultiFernet([Fernet(_derived(one)) for one in secret_keys])


def _derived(secret_key: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret_key.encode())
    return base64.urlsafe_b64encode(key)
