"""The texts of the browser code, collected from its sources and translated for the user."""

from __future__ import annotations

import functools
import re

from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext

_TEXT = r"""(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")"""
_CALL = re.compile(rf"\bt\(\s*{_TEXT}")
_PLURAL = re.compile(rf"\bngettext\(\s*{_TEXT}\s*,\s*{_TEXT}")
# The counts for which static/src/i18n.js has a form each.
SAMPLES = (0, 1, 2, 3, 5, 6, 11, 100, 1_000_000)


def _unquoted(single: str, double: str) -> str:
    return (single or double).replace("\\'", "'").replace('\\"', '"')


@functools.cache
def source_strings() -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return every text of a call `t('…')` and every pair of `ngettext('…', '…', n)`; read once per process."""
    texts: set[str] = set()
    plurals: set[tuple[str, str]] = set()
    for file in sorted((settings.BASE_DIR / "static" / "src").rglob("*.js")):
        source = file.read_text(encoding="utf-8")
        texts |= {_unquoted(*found) for found in _CALL.findall(source)}
        plurals |= {(_unquoted(*found[:2]), _unquoted(*found[2:])) for found in _PLURAL.findall(source)}
    return tuple(sorted(texts)), tuple(sorted(plurals))


def editor_strings() -> dict[str, str | list[str]]:
    """Return {English: translated} for the user's language; empty for English, which is in the code.

    A plural is found by its English singular and has one form for each count of SAMPLES.
    """
    if (get_language() or "en").startswith("en"):
        return {}
    texts, plurals = source_strings()
    forms = {one: [ngettext(one, many, n) for n in SAMPLES] for one, many in plurals}
    return {text: gettext(text) for text in texts} | forms
