"""The texts of the browser code, collected from its sources and translated for the user."""

from __future__ import annotations

import functools
import re

from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext, override

_TEXT = r"""(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")"""
_CALL = re.compile(rf"\bt\(\s*{_TEXT}")
_PLURAL = re.compile(rf"\bngettext\(\s*{_TEXT}\s*,\s*{_TEXT}")
# The counts for which static/src/i18n.js has a form each.
SAMPLES = (0, 1, 2, 3, 5, 6, 11, 100, 1_000_000)


def _unquoted(single: str, double: str) -> str:
    return (single or double).replace("\\'", "'").replace('\\"', '"')


Plurals = tuple[tuple[str, str], ...]


@functools.cache
def source_strings(*, with_editor: bool = True) -> tuple[tuple[str, ...], Plurals]:
    """Return every text of a call `t('…')` and every pair of `ngettext('…', '…', n)`; read once per process.

    Without the labeling page's own, what the other pages' scripts say.
    """
    texts: set[str] = set()
    plurals: set[tuple[str, str]] = set()
    folder = settings.BASE_DIR / "static" / "src"
    for file in sorted(folder.rglob("*.js")):
        if not with_editor and file.is_relative_to(folder / "editor"):
            continue
        source = file.read_text(encoding="utf-8")
        texts |= {_unquoted(*found) for found in _CALL.findall(source)}
        plurals |= {(_unquoted(*found[:2]), _unquoted(*found[2:])) for found in _PLURAL.findall(source)}
    return tuple(sorted(texts)), tuple(sorted(plurals))


def editor_strings() -> dict[str, str | list[str]]:
    """Return {English: translated} of the labeling page for the user's language; empty for English, which is in the code.

    A plural is found by its English singular and has one form for each count of SAMPLES.
    """
    return _translated(get_language() or "en", with_editor=True)


def page_strings() -> dict[str, str | list[str]]:
    """Return the same for the scripts of all other pages."""
    return _translated(get_language() or "en", with_editor=False)


@functools.cache
def _translated(language: str, *, with_editor: bool) -> dict[str, str | list[str]]:
    if language.startswith("en"):
        return {}
    texts, plurals = source_strings(with_editor=with_editor)
    with override(language):
        forms = {one: [ngettext(one, many, n) for n in SAMPLES] for one, many in plurals}
        return {text: gettext(text) for text in texts} | forms
