"""All visible texts use gettext: templates and browser code are searched for untranslated ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib import admin
from django.utils.translation import override

from annotator.models import ApiToken, KeypointClass, MediaStatus
from annotator.policy import ACTIONS, GRANTS
from annotator.web.strings import SAMPLES, editor_strings, source_strings
from tests.servers import ROOT

# Names that are the same in every language, and words that are no text: blocks of class names and keys.
NAMES = {"Annotator", "COCO", "Del", "Esc", "JSON 1.1", "Pascal VOC", "YOLO"}
_SILENT = re.compile(
    r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|{%\s*blocktrans.*?endblocktrans\s*%}|<(pre|code|script|style)\b.*?</\1>"
    r"|{%\s*block (page_class|title)\s*%}(narrow|full)?|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
_SAID = re.compile(r'\b(?:title|alt|placeholder|aria-label|label|data-confirm[\w-]*)="([^"]*)"')
_LETTERS = re.compile(r"[^\W\d_]{2}")
_PLURAL = re.compile(r"\bngettext\('[^']*', '[^']*'")
# A text in browser code: a word with a capital and another word after it, outside t('…') and ngettext('…', '…').
_SENTENCE = re.compile(r"""(?<!\bt\()['"`]([A-Z][a-z]+ [a-z]+[^'"`]*)['"`]""")


def untranslated(template: str) -> list[str]:
    """Return the visible texts of a template that stand there as they are."""
    rest = _SILENT.sub("", template)
    texts = _SAID.findall(rest) + re.sub(r"<[^>]*>", "\n", rest).split("\n")
    clean = (re.sub(r"&\w+;|[·\s]+", " ", text).strip() for text in texts)
    return [text for text in clean if _LETTERS.search(text) and text not in NAMES]


@pytest.mark.parametrize(
    "file", sorted((ROOT / "templates").rglob("*.html")), ids=lambda file: f"{file.parent.name}/{file.name}"
)
def test_a_template_has_no_untranslated_text(file: Path) -> None:
    assert untranslated(file.read_text(encoding="utf-8")) == []


def test_the_check_of_templates_finds_untranslated_text() -> None:
    assert untranslated('<p title="Go away">{% trans "Hello" %} there {{ name }}</p>') == ["Go away", "there"]


def test_browser_code_has_no_untranslated_text() -> None:
    found = []
    for file in sorted((ROOT / "static" / "src").rglob("*.js")):
        # The description of the API is English, as is the schema that it shows; so is what consoles and crashes say.
        if file.name == "api_docs.js":
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            if not re.match(r"\s*(\*|//|/\*)", line) and not re.search(r"console\.|Error\(", line):
                found += [f"{file.name}: {text}" for text in _SENTENCE.findall(_PLURAL.sub("", line))]
    assert found == []


def test_the_check_of_browser_code_finds_untranslated_text() -> None:
    assert _SENTENCE.findall("toast('Could not save', t('Try again now'))") == ["Could not save"]


def test_plurals_of_table_names() -> None:
    plurals = {model._meta.verbose_name_plural for model in (ApiToken, KeypointClass, MediaStatus)}
    assert plurals == {"API tokens", "keypoint classes", "media statuses"}
    assert not [m for m in admin.site._registry if re.search(r"(ss|ys)$", str(m._meta.verbose_name_plural))]


def test_no_variable_of_djangos_admin_overrides_ours() -> None:
    """Django's sheet is in no layer, so a name that both use must be given again in our admin sheet."""
    names = re.compile(r"(--[\w-]+)\s*:")
    css = ROOT / "static" / "src" / "css"
    ours = set(names.findall((css / "tokens.css").read_text(encoding="utf-8")))
    theirs: set[str] = set()
    for file in (Path(admin.__file__).parent / "static" / "admin" / "css").rglob("*.css"):
        theirs |= set(names.findall(file.read_text(encoding="utf-8")))
    assert ours & theirs <= set(names.findall((css / "admin.css").read_text(encoding="utf-8")))


# What a row of the guide's table of roles means in the policy.
TASKS = {
    "see images, labels and progress": {"workspace.read", "project.read"},
    "label, tag and submit": {"label.write", "tag.write", "status.write"},
    "export": {"export.create"},
    "create and edit projects, datasets and classes": {
        "project.create",
        "project.manage",
        "dataset.write",
        "vocabulary.write",
    },
    "upload, import, move and delete images": {
        "media.upload",
        "media.write",
        "media.delete",
        "import.create",
    },
    "cancel jobs": {"job.cancel"},
    "delete projects": {"project.delete"},
    "delete for good from the trash": {"trash.purge"},
    "members, tokens, buckets, workspace settings": {
        "member.manage",
        "token.manage",
        "bucket.manage",
        "workspace.manage",
    },
    "see the security log": {"audit.read"},
    "delete the workspace": {"workspace.delete"},
}


def test_the_guides_roles_match_the_policy() -> None:
    lines = (ROOT / "docs" / "user-guide.md").read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("| permission |"))
    roles = [cell.strip().lower() for cell in lines[start].strip("|").split("|")[1:]]
    table = {}
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        task, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        table[task] = {role for role, cell in zip(roles, cells, strict=True) if cell == "yes"}
    assert set().union(*TASKS.values()) == ACTIONS, "each action stands in a row"
    assert table == {
        task: {role for role, granted in GRANTS.items() if actions <= granted}
        for task, actions in TASKS.items()
    }


def test_texts_and_plural_forms_of_browser_code_are_gathered_for_other_languages() -> None:
    texts, plurals = source_strings()
    assert "Fit to window" in texts and ("{n} object", "{n} objects") in plurals
    with override("de"):
        strings = editor_strings()
    assert strings["Fit to window"] == "In das Fenster einpassen"
    # one form for each of SAMPLES in static/src/i18n.js: 0, 1, 2 and so on
    assert strings["{n} object"][:3] == ["{n} Objekte", "{n} Objekt", "{n} Objekte"]
    source = (ROOT / "static/src/i18n.js").read_text(encoding="utf-8")
    assert f"const SAMPLES = [{', '.join(f'{each:_}' for each in SAMPLES)}];" in source
    with override("en"):
        assert editor_strings() == {}
