"""Template tags: markup and formatted numbers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string

from annotator.domain import palette
from annotator.web.templatetags import ui
from annotator.web.templatetags.ui import Manifest, age_text, duration, num, percent, size

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def draw(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=2), "just now"),
        (timedelta(seconds=-30), "just now"),
        (timedelta(seconds=40), "40 s ago"),
        (timedelta(minutes=4), "4 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(hours=30), "yesterday"),
        (timedelta(days=6), "16 Nov"),
        (timedelta(days=400), "18 Oct 2025"),
    ],
)
def test_ages(ago: timedelta, words: str) -> None:
    assert age_text(NOW - ago, NOW) == words


def test_figures() -> None:
    assert [num(1204), num(0), num(None)] == ["1,204", "0", ""]
    assert [percent(0.2), percent(0.9999), percent(None)] == ["20\xa0%", "100\xa0%", ""]
    assert [size(312_000), size(2_400_000), size(12), size(None)] == ["312\xa0KB", "2.4\xa0MB", "12\xa0B", ""]
    assert [duration(0.4), duration(9), duration(112), duration(7500)] == [
        "0.4 s",
        "9 s",
        "1 m 52 s",
        "2 h 05 m",
    ]


def test_a_status_has_name_icon_and_key() -> None:
    drawn = draw("{% status base %}", base="TO REVIEW")
    assert 'data-status="review"' in drawn and "#st-review" in drawn and "To review" in drawn
    own = draw("{% status own %}", own=SimpleNamespace(base="DONE", name="Checked <b>"))
    assert 'data-status="done"' in own and "Checked &lt;b&gt;" in own


def test_palette_swatches_have_a_hatch_and_others_their_color() -> None:
    assert 'data-label="3"' in draw("{% swatch color %}", color=palette.palette_color(2))
    other = draw("{% swatch color %}", color="#123456FF")
    assert 'fill="#123456"' in other and "data-label" not in other
    assert "style=" not in other  # a strict CSP forbids it


def test_every_palette_color_has_a_hatch_in_the_sprite() -> None:
    sprite = Path("static/src/icons.svg").read_text(encoding="utf-8")
    assert len(ui.HATCHES) == len(palette.LABEL_COLORS)
    assert all(f'id="hatch-{number}"' in sprite for number in ui.HATCHES)
    assert all(f'id="{shape}"' in sprite for _, shape, _ in ui.JOB_STATES.values())
    assert all(f'id="st-{key}"' in sprite for key, _ in ui.STATUSES.values())


def test_built_names_are_read_once(tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.settings, "BASE_DIR", tmp_path)
    manifest = Manifest()
    assert manifest.names() == {}
    file = tmp_path / "static" / "dist" / "manifest.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"app.css": "app-1.css"}), encoding="utf-8")
    assert manifest.names() == {"app.css": "app-1.css"}
    file.write_text(json.dumps({"app.css": "app-2.css"}), encoding="utf-8")
    assert manifest.names() == {"app.css": "app-1.css"}  # the server serves what it found at its start


def test_error_pages_need_no_request() -> None:
    for name in ("400.html", "403.html", "404.html", "500.html", "403_csrf.html"):
        page = render_to_string(name)
        assert "<h1>" in page and "style=" not in page and "<script>" not in page
