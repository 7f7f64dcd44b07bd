"""Writes of what a person set up for themselves: theme, contrast, language, and the keys of the labeling page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.models import User

CHOICES: dict[str, tuple[str, ...]] = {
    "theme": ("", "light", "dark"),
    "contrast": ("", "more"),
    "hints": ("", "seen"),  # those of the first visit of the labeling page
    "language": ("", *(code for code, _name in settings.LANGUAGES)),
}
KEY_PRESETS = ("default", "cvat", "label_studio", "labelme")
MAX_COMMANDS, MAX_KEYS = 300, 8
_COMMAND = re.compile(r"[a-z0-9._]{1,40}")
# One chord or two after each other, such as "Ctrl+Shift+Z" or "T H".
_KEYS = re.compile(r"(?:(?:Ctrl|Alt|Shift)\+){0,3}[^\s+]{1,12}(?: [^\s+]{1,12})?")


def set_preferences(*, actor: Actor, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Change one's theme, contrast, language, hints or keys and return all preferences; absent ones stay.

    Keys are {"preset": a name, "custom": {command: [keys]}}, see docs/editor-protocol.md; they replace those saved before.
    """
    for name, value in changes.items():
        if name == "keys":
            _check_keys(value)
        elif name not in CHOICES:
            raise Invalid(
                f"There is no preference {name}: theme, contrast, language, hints or keys.", field=name
            )
        elif value not in CHOICES[name]:
            raise Invalid(
                f"{name} must be one of {', '.join(v or 'nothing' for v in CHOICES[name])}.", field=name
            )
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=actor.user_id)
        user.preferences = {**user.preferences, **changes}
        user.save(update_fields=["preferences"])
    return dict(user.preferences)


def _check_keys(value: Any) -> None:
    """Raise Invalid for anything but a choice of keys; which commands there are is known by the page alone."""
    if not isinstance(value, dict) or value.keys() != {"preset", "custom"}:
        raise Invalid("keys must have a preset and custom keys.", field="keys")
    if value["preset"] not in KEY_PRESETS:
        raise Invalid(f"preset must be one of {', '.join(KEY_PRESETS)}.", field="keys.preset")
    custom = value["custom"]
    if not isinstance(custom, dict) or len(custom) > MAX_COMMANDS:
        raise Invalid(f"custom must be an object of at most {MAX_COMMANDS} commands.", field="keys.custom")
    for command, keys in custom.items():
        if not _COMMAND.fullmatch(command):
            raise Invalid("A command is named by letters, digits, dots and underscores.", field="keys.custom")
        if not _are_keys(keys):
            raise Invalid(
                f"The keys of {command} must be a list of at most {MAX_KEYS} texts such as Ctrl+Shift+Z.",
                field=f"keys.custom.{command}",
            )


def _are_keys(keys: Any) -> bool:
    if not isinstance(keys, list) or len(keys) > MAX_KEYS:
        return False
    return all(isinstance(key, str) and _KEYS.fullmatch(key) for key in keys)
