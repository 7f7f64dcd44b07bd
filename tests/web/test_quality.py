"""The page of quality findings: rows, filters, counts, pages, the log as text."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotator.models import Media, QualityIssue
from annotator.services import blobs
from annotator.services.insight.quality_log import QualityLog
from annotator.services.media import batches
from annotator.services.media.rows import NewImage
from annotator.web import display_names
from annotator.web.selectors import quality as selectors
from tests.storage import pictures
from tests.web.client import browser
from tests.world import World, actor, make_dataset


@pytest.fixture
def url(w: World) -> str:
    """The address of the page, with findings in two datasets and one about a file that became no image."""
    night = make_dataset(w.project, "Night")
    files = {
        "empty.jpg": b"",
        "Page.jpg": pictures.HTML,
        "turned.jpg": pictures.turned_jpeg(),
        "<b>.jpg": b"no image",
    }
    new = [
        NewImage(night if name == "<b>.jpg" else w.dataset, name, blobs.put_bytes(data))
        for name, data in files.items()
    ]
    batches.create_many(actor=actor(w.max), project=w.project, images=new)
    QualityIssue.objects.create(
        project=w.project, dataset=night, severity="warning", code="bad_path", source="a.zip: ../x.jpg", message="Not imported."
    )  # fmt: skip
    return f"/projects/{w.project.pk}/quality/"


def files(text: str) -> list[str]:
    return re.findall(r'class="clip name" dir="auto"(?: href="[^"]*")? title="([^"]*\.jpg)"', text)


def test_findings_stand_in_row_order_with_links_to_their_images(w: World, url: str) -> None:
    text = browser(w.vera).get(url).content.decode()
    assert files(text) == ["empty.jpg", "Page.jpg", "turned.jpg", "&lt;b&gt;.jpg", "a.zip: ../x.jpg"]
    image = Media.objects.get(project=w.project, items__name="turned.jpg")
    assert f'href="/label/{image.pk}/"' in text and "Rotated by EXIF" in text
    assert "1 to 5 of 5" in text and "Not imported" in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("severity=error", ["empty.jpg", "Page.jpg", "&lt;b&gt;.jpg"]),
        ("code=zero_bytes", ["empty.jpg"]),
        ("name=PAGE", ["Page.jpg"]),
        ("name=..%2Fx", ["a.zip: ../x.jpg"]),
        ("severity=info&name=turned", ["turned.jpg"]),
        ("severity=info&name=empty", []),
        ("code=nothing", []),
        ("start=3", ["&lt;b&gt;.jpg", "a.zip: ../x.jpg"]),
        ("start=50", []),
    ],
)
def test_filters(w: World, url: str, query: str, expected: list[str]) -> None:
    text = browser(w.vera).get(f"{url}?{query}").content.decode()
    assert files(text) == expected
    assert bool(expected) or "No findings match" in text or "No more findings" in text


def test_one_dataset(w: World, url: str) -> None:
    night = w.project.datasets.get(name="Night")
    asking = browser(w.vera)
    assert files(asking.get(f"{url}?dataset={night.pk}").content.decode()) == [
        "&lt;b&gt;.jpg",
        "a.zip: ../x.jpg",
    ]
    stranger = make_dataset(w.other_project(), "Secret")
    assert files(asking.get(f"{url}?dataset={stranger.pk}").content.decode()) == []
    for query in ("dataset=x", "severity=loud", "start=-1", "start=x"):
        assert asking.get(f"{url}?{query}").status_code == 400
    assert browser(w.otto).get(url).status_code == 404


def test_pages_are_linked_and_counts_stay(w: World, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "PAGE", 2)
    monkeypatch.setattr("annotator.web.views.quality.PAGE", 2)
    asking, query, found = browser(w.vera), "?severity=error", []
    text = asking.get(f"{url}{query}").content.decode()
    found += files(text)
    following = re.search(r'rel="next" href="([^"]*)"', text)
    assert following is not None
    text = asking.get(url + following[1].replace("&amp;", "&")).content.decode()
    assert found + files(text) == ["empty.jpg", "Page.jpg", "&lt;b&gt;.jpg"]
    assert 'rel="prev"' in text and 'rel="next"' not in text and "Errors (3)" in text


def test_the_log_is_sent_as_text(w: World, url: str) -> None:
    answer = browser(w.vera).get(f"{url}?format=txt")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.splitlines() == list(QualityLog(project=w.project))
    assert answer["Content-Disposition"] == f'attachment; filename="{w.project.ref}-quality-log.txt"'


def test_a_project_without_findings_says_what_is_checked(w: World) -> None:
    text = browser(w.vera).get(f"/projects/{w.project.pk}/quality/").content.decode()
    assert "No findings" in text and "Every file is checked" in text and "<form class" not in text


def test_the_number_of_queries_does_not_grow(w: World, url: str) -> None:
    asking, counts = browser(w.vera), []
    asking.get(url)
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            asking.get(url)
        counts.append(len(queries))
        for image in w.images:
            QualityIssue.objects.create(project=w.project, media=image, code="too_small", source="x")
    assert counts[0] == counts[1]


def test_every_code_of_the_checks_has_a_name() -> None:
    codes = {
        "zero_bytes", "not_an_image", "unsupported_format", "truncated", "dimensions_mismatch", "exif_rotated", "animated_first_frame_used",
        "colour_converted", "too_small", "too_large", "extreme_aspect", "duplicate_of", "all_one_colour", "extension_mismatch", "file_missing",
        "file_damaged", "display_range",
    }  # fmt: skip
    assert codes <= set(display_names.FINDING_NAMES)
    assert display_names.finding_name("object_unreadable") == "Object unreadable"
