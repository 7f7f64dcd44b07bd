"""Brings locale/*/LC_MESSAGES/django.po up to date with the texts of Python, templates and browser code.

New texts come in untranslated, texts that are gone leave. Prints what is left to translate; needs no gettext programs.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")

from babel.messages import Catalog, pofile  # noqa: E402
from babel.messages.extract import extract  # noqa: E402
from django.conf import settings  # noqa: E402
from django.utils.translation.template import templatize  # noqa: E402

LANGUAGES = tuple(code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE)
Text = str | tuple[str, str]
#: Functions of Django and ours that mark a text, and which of their arguments are texts.
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy", "ngettext_noop"), (1, 2)),
    "plural": (2, 3),
}
HEADER = (
    "# {language} texts of Annotator. Written by scripts/catalogs.py; docs/localization.md has the glossary."
)


def python_texts(source: str) -> Iterator[Text]:
    """Yield the texts that the calls of a Python source mark."""
    for _line, text, _comments, _context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        if text:
            yield text  # type: ignore[misc]


def source_texts() -> set[Text]:
    """Return every text of the sources; one with a plural is a pair."""
    from annotator.web.strings import source_strings

    texts: set[Text] = set()
    for path in (ROOT / "templates").rglob("*.html"):
        texts.update(python_texts(templatize(path.read_text(encoding="utf-8"), origin=str(path))))
    for path in [*(ROOT / "annotator").rglob("*.py"), *(ROOT / "api").rglob("*.py")]:
        if "migrations" not in path.parts:
            texts.update(python_texts(path.read_text(encoding="utf-8")))
    singles, plurals = source_strings()
    texts.update(singles, plurals)
    # A text that also has a plural is one entry.
    return texts - {text[0] for text in texts if isinstance(text, tuple)}


def catalog_file(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """Return the catalog of a language, empty when there is none yet."""
    file = catalog_file(language)
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as stream:
        return pofile.read_po(stream, locale=language)


def updated(old: Catalog, texts: set[Text]) -> Catalog:
    """Return a catalog of exactly these texts with the translations that the old one has for them."""
    new = Catalog(locale=old.locale, fuzzy=False)
    for text in texts:
        known = old.get(text if isinstance(text, str) else text[0])
        string = known.string if known is not None and known.id == text and not known.fuzzy else ""
        new.add(text, string)
    return new


def content(catalog: Catalog) -> str:
    """Return the text of a catalog with its entries in the order of their texts, so that two changes rarely touch the same lines."""
    entries = io.BytesIO()
    pofile.write_po(entries, catalog, width=0, no_location=True, sort_output=True, omit_header=True)
    head = [
        HEADER.format(language=catalog.locale.english_name),
        'msgid ""',
        'msgstr ""',
        f'"Language: {catalog.locale}\\n"',
        '"MIME-Version: 1.0\\n"',
        '"Content-Type: text/plain; charset=utf-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
        f'"Plural-Forms: nplurals={catalog.num_plurals}; plural={catalog.plural_expr};\\n"',
    ]
    return "\n".join(head) + "\n\n" + entries.getvalue().decode().strip() + "\n"


def write(catalog: Catalog) -> None:
    file = catalog_file(str(catalog.locale))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content(catalog), encoding="utf-8")


def untranslated(catalog: Catalog) -> list[Text]:
    """Return the texts without a translation, or without one of its forms."""
    found = []
    for message in catalog:
        if isinstance(message.id, str):
            is_done = bool(message.string)
        else:
            is_done = len(message.string) == catalog.num_plurals and all(message.string)
        if message.id and not is_done:
            found.append(message.id)
    return found


def main() -> int:
    """Write the catalogs; return 1 when a text is left to translate."""
    texts = source_texts()
    missing = 0
    for language in LANGUAGES:
        catalog = updated(read(language), texts)
        write(catalog)
        left = untranslated(catalog)
        missing += len(left)
        print(f"{language}: {len(texts)} texts, {len(left)} to translate")
        for text in sorted(left, key=str):
            print(f"  {text}")
    return 1 if missing else 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
