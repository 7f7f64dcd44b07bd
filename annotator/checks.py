"""Django system checks: settings that would fail later are named at start, each with an id and a hint."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from annotator import data_folder

TAG = "annotator"
MIN_KEY_LENGTH, MIN_KEY_CHARACTERS = 32, 8


@register(TAG)
def check_data_folder(**kwargs: object) -> list[CheckMessage]:
    """The folder of database and media must be writable by this process."""
    found: list[CheckMessage] = []
    for folder in {settings.DATA_DIR, settings.MEDIA_DIR}:
        parent = folder
        while not parent.exists():
            parent = parent.parent
        if not os.access(parent, os.W_OK):
            found.append(
                Error(
                    f"{folder} cannot be written.",
                    hint="Set ANNOTATOR_DATA_DIR to a folder of your own.",
                    id="annotator.E001",
                )
            )
        elif data_folder.is_open_to_others(folder):
            found.append(
                Warning(
                    f"{folder} can be read by every user of this machine.",
                    hint=f"Its owner can close it: chmod o= {folder}",
                    id="annotator.W002",
                )
            )
    return found


@register(TAG)
def check_secret_key(**kwargs: object) -> list[CheckMessage]:
    """Sessions and links are signed with the key: a short one can be guessed."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS, *settings.MEDIA_SIGNING_KEYS]
    if all(len(key) >= MIN_KEY_LENGTH and len(set(key)) >= MIN_KEY_CHARACTERS for key in keys):
        return []
    return [
        Error(
            f"ANNOTATOR_SECRET_KEY and ANNOTATOR_MEDIA_KEYS need at least {MIN_KEY_LENGTH} characters, chosen at random.",
            hint='Make one: python3 -c "import secrets; print(secrets.token_urlsafe(48))"',
            id="annotator.E003",
        )
    ]


@register(TAG)
def check_hosts(**kwargs: object) -> list[CheckMessage]:
    """A star would let anybody choose the host that our absolute links are built from."""
    if "*" in settings.ALLOWED_HOSTS:
        return [
            Error(
                "ANNOTATOR_ALLOWED_HOSTS must name hosts, not '*'.",
                hint="List the names people type.",
                id="annotator.E002",
            )
        ]
    return []


@register(TAG)
def check_channels(**kwargs: object) -> list[CheckMessage]:
    """Presence does not leave the process without Redis; events do, through the database."""
    if not settings.REDIS_URL and not settings.IS_SQLITE:
        return [
            Warning(
                "No ANNOTATOR_REDIS_URL: with several servers, cursors and presence stay within each server.",
                hint="Set ANNOTATOR_REDIS_URL when you run more than one server process.",
                id="annotator.W001",
            )
        ]
    return []
