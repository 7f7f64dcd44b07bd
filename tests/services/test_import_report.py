"""What an import reports: exact counts, and a failure when nothing is kept."""

from __future__ import annotations

import pytest

from annotator.domain.errors import Invalid
from annotator.services.import_report import ImportReport, in_words


def test_facts_count_what_came_in_was_left_out_and_was_changed() -> None:
    report = ImportReport()
    report.images.imported, report.images.left_out, report.labels.changed = 1_200, 1, 2
    report.add("images.file_name", "has no file", "a.jpg", code="file_missing")
    facts = report.facts()
    assert facts["counts"]["images"] == {"imported": 1_200, "left_out": 1, "changed": 0}
    assert (facts["images"], facts["labels"], facts["tags"]) == (1_200, 0, 0)
    assert facts["report"] == [
        {"code": "file_missing", "field": "images.file_name", "reason": "has no file", "count": 1, "examples": ["a.jpg"]}
    ]  # fmt: skip
    assert in_words(facts) == "1,200 images (1 left out) and 0 labels (2 changed)"
    report.tags.imported = 3
    assert in_words(report.facts()).endswith("0 labels (2 changed) and 3 tags")


def test_an_import_that_keeps_nothing_fails_with_its_most_frequent_reason() -> None:
    report = ImportReport()
    report.images.left_out, report.labels.left_out = 2, 1
    report.add("annotations.bbox", "must be four numbers", "annotation 5")
    report.add("images.id", "must be a whole number; the image was left out", "images[0]", count=2)
    with pytest.raises(Invalid) as refused:
        report.check_kept()
    assert refused.value.message == (
        "Nothing was imported: 2 images and 1 label were left out. "
        "Most frequent reason: images.id: must be a whole number; the image was left out (for example images[0])."
    )
    report.tags.imported = 1
    report.check_kept()


def test_an_empty_source_fails_unless_something_else_was_kept() -> None:
    with pytest.raises(Invalid, match="no images and no labels"):
        ImportReport().check_kept()
    ImportReport().check_kept(others=1)
