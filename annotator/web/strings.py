"""The texts of the browser code, collected from its sources and translated for the user."""

from __future__ import annotations

import functools
import re

from django.conf import settings
from django.utils.translation import get_language, gettext

_CALL = re.compile(r"""\bt\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""")


@functools.cache
def source_strings() -> tuple[str, ...]:
    """Return every text in a call `t('…')` of the browser code; read once per process."""
    found: set[str] = set()
    for file in sorted((settings.BASE_DIR / "static" / "src").rglob("*.js")):
        for single, double in _CALL.findall(file.read_text(encoding="utf-8")):
            found.add((single or double).replace("\\'", "'").replace('\\"', '"'))
    return tuple(sorted(found))


def editor_strings() -> dict[str, str]:
    """Return {English: translated} for the user's language; empty for English, which is in the code."""
    if (get_language() or "en").startswith("en"):
        return {}
    return {text: gettext(text) for text in source_strings()}
