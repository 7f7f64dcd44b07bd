"""The catalogs in locale/ hold every text of the sources in German and Spanish, and nothing else."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest
from babel.messages import Catalog

from annotator.management.catalogs import ensure_compiled
from scripts import catalogs
from tests.servers import ROOT

LANGUAGES = pytest.mark.parametrize("language", catalogs.LANGUAGES)
HINT = "run .venv/bin/python scripts/catalogs.py and translate what it lists (docs/localization.md)"
# %(name)s, %d, %%, {name}: what is filled in must be filled in in every language.
_PLACE = re.compile(r"%\(\w+\)[a-z]|%%|%[sd]|\{\w+\}")


def forms(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


def places(text: str) -> Counter[str]:
    return Counter(_PLACE.findall(text))


def messages(catalog: Catalog) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the forms of each text with those of its translation."""
    return [(forms(each.id), forms(each.string)) for each in catalog if each.id]


@LANGUAGES
def test_a_catalog_has_exactly_the_texts_of_the_sources(language: str) -> None:
    held = {each.id for each in catalogs.read(language) if each.id}
    texts = catalogs.source_texts()
    assert len(texts) > 1500
    assert sorted(map(str, texts - held)) == [], f"not in {language}: {HINT}"
    assert sorted(map(str, held - texts)) == [], f"no longer in the sources: {HINT}"


def test_functions_that_mark_texts_have_names_that_are_gathered() -> None:
    used = {
        alias.asname or alias.name
        for path in (ROOT / "annotator").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if "gettext" in alias.name
    }
    assert used <= catalogs.KEYWORDS.keys()


@LANGUAGES
def test_every_text_is_translated(language: str) -> None:
    catalog = catalogs.read(language)
    assert catalogs.untranslated(catalog) == [], HINT
    assert [each.id for each in catalog if each.fuzzy and each.id] == []


@LANGUAGES
def test_translations_hold_the_places_of_their_texts(language: str) -> None:
    wrong = []
    for source, target in messages(catalogs.read(language)):
        # A form for one may leave the number out; every other form has all places of the plural.
        for form in target[-1:] if len(source) > 1 else target:
            if places(form) != places(source[-1]):
                wrong.append((source, form))
        known = {place for form in source for place in places(form)}
        if not all(places(form).keys() <= known for form in target):
            wrong.append((source, target))
        edges = [(text[:1] == " ", text[-1:] == " ", text.count("\n")) for text in (source[0], target[0])]
        if edges[0] != edges[1]:
            wrong.append((source, target))
    assert wrong == []


@LANGUAGES
def test_translations_use_the_quotes_and_the_address_of_their_language(language: str) -> None:
    quotes = {"de": "„“", "es": "«»"}[language]
    familiar = {"de": r"\b(du|dein\w*|dir|dich)\b", "es": r"\b(tú|tu|tus|contigo)\b"}[language]
    text = "\n".join(form for _source, target in messages(catalogs.read(language)) for form in target)
    assert set(re.findall(r'[„“”«»"]', text)) <= set(quotes)
    assert re.findall(familiar, text, re.IGNORECASE) == []


def test_files_are_written_as_the_script_writes_them() -> None:
    """So that a run of the script changes only what changed in the sources."""
    for language in catalogs.LANGUAGES:
        file = catalogs.catalog_file(language)
        assert file.read_text(encoding="utf-8") == catalogs.content(catalogs.read(language))


def test_catalogs_compile_without_gettext_programs(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    target = tmp_path / "locale" / "de" / "LC_MESSAGES" / "django.po"
    target.parent.mkdir(parents=True)
    target.write_bytes((ROOT / "locale/de/LC_MESSAGES/django.po").read_bytes())
    assert ensure_compiled(tmp_path)
    assert not ensure_compiled(tmp_path)
    assert target.with_suffix(".mo").read_bytes()[:4] == b"\xde\x12\x04\x95"
    target.write_text(target.read_text(encoding="utf-8").replace("Projekte", "Vorhaben"), encoding="utf-8")
    assert ensure_compiled(tmp_path) and b"Vorhaben" in target.with_suffix(".mo").read_bytes()
    assert sorted(path.suffix for path in target.parent.iterdir()) == [".mo", ".po"]
