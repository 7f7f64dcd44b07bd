"""Template tags of all pages: assets, icons, chips, avatars, ages and numbers; no queries."""

from __future__ import annotations

import json
import logging
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, ngettext

from annotator.domain import palette
from annotator.models import ContentType, Project
from annotator.storage import imaging
from annotator.storage.video import containers
from annotator.web.strings import page_strings

register = template.Library()
log = logging.getLogger(__name__)

# Statuses: base -> (key of data-status and of the icon st-<key>, name).
STATUSES = {
    "NEW": ("new", gettext_lazy("New")),
    "IN PROGRESS": ("progress", gettext_lazy("In progress")),
    "TO REVIEW": ("review", gettext_lazy("To review")),
    "DONE": ("done", gettext_lazy("Done")),
    "SKIPPED": ("skipped", gettext_lazy("Skipped")),
    "AUTO-LABELLED": ("auto", gettext_lazy("Auto-labeled")),
    "COMPLETED": ("completed", gettext_lazy("Completed")),
}
# States of jobs: state -> (data-status, icon, name).
JOB_STATES = {
    "QUEUED": ("new", "st-new", gettext_lazy("Waiting")),
    "RUNNING": ("running", "st-progress", gettext_lazy("Running")),
    "DONE": ("done", "st-done", gettext_lazy("Done")),
    "FAILED": ("failed", "st-failed", gettext_lazy("Failed")),
    "CANCELLED": ("skipped", "st-skipped", gettext_lazy("Cancelled")),
}
# The hatch of each palette color: ten hatches, two colors each, never the same one on two similar colors.
HATCHES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 2, 10, 9, 5, 1, 3, 7, 8, 4, 6)
KEY_NAMES = {
    "Enter": "⏎",
    "ArrowLeft": "←",
    "ArrowRight": "→",
    "ArrowUp": "↑",
    "ArrowDown": "↓",
    "Delete": "Del",
    "Escape": "Esc",
}


class Manifest:
    """Logical names of built files -> file names, read once when the server starts."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._urls: dict[str, str] = {}
        self._is_logged = False

    def names(self) -> dict[str, str]:
        """Return {logical: file name}; empty, with a log entry, if nothing is built."""
        if not self._names or settings.DEBUG:
            file = Path(settings.BASE_DIR) / "static" / "dist" / "manifest.json"
            self._urls = {}
            try:
                self._names = json.loads(file.read_text(encoding="utf-8"))
            except FileNotFoundError:
                if not self._is_logged:
                    log.error("static/dist/manifest.json is missing: run `python manage.py build_frontend`.")
                self._is_logged = True
        return self._names

    def url(self, name: str) -> str:
        """Return the URL of a file by its logical name; cached, since a page needs it for a hundred icons."""
        names = self.names()
        found = self._urls.get(name)
        if found is None:
            found = static("dist/" + (names.get(name) or names.get(f"pages/{name}") or name))
            if names:
                self._urls[name] = found
        return found


MANIFEST = Manifest()


@register.simple_tag
def asset(name: str) -> str:
    """Return the URL of a built file by its logical name; `app.js` also finds `pages/app.js`."""
    return MANIFEST.url(name)


@register.simple_tag
def image_formats() -> str:
    """Return the image formats that this server reads, for people."""
    return ", ".join({"WEBP": "WebP"}.get(name, name) for name in imaging.formats())


@register.simple_tag
def video_formats() -> str:
    """Return the video formats that this server reads, for people."""
    return ", ".join({"WEBM": "WebM"}.get(name, name) for name in containers.EXTENSIONS)


@register.filter
def clock(milliseconds: int | None) -> str:
    """Return the length of a video as m:ss, from an hour on as h:mm:ss; never 0:00."""
    seconds = max(1, round((milliseconds or 0) / 1000))
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


@register.simple_tag
def icon(name: str, kind: str = "") -> SafeString:
    """Return an icon of the sprite; kind is "", "s" (14 px) or "l" (20 px). It needs a name beside it."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f"icon {kind}".strip(),
        asset("icons.svg"),
        name,
    )


@register.simple_tag
def status(value: Any, kind: str = "") -> SafeString:
    """Return the chip of a status from a MediaStatus or one of the seven bases; kind "bare" has no background."""
    base = str(getattr(value, "base", value) or "NEW").upper()
    key, label = STATUSES.get(base, STATUSES["NEW"])
    name = str(getattr(value, "name", base))
    shown = label if name.upper() == base else name
    return format_html(
        '<span class="{}" data-status="{}"{}>{}{}</span>',
        f"status {kind}".strip(),
        key,
        status_vars(value),
        icon(f"st-{key}"),
        shown,
    )


@register.simple_tag
def status_mark(value: Any) -> SafeString:
    """Return the icon of a status in its color; it needs the name beside it."""
    key = status_key(value)
    return format_html(
        '<span class="st-icon" data-mark data-status="{}"{}>{}</span>',
        key,
        status_vars(value),
        icon(f"st-{key}"),
    )


@register.filter
def status_color(value: Any) -> str:
    """Return what `data-vars` takes of a status with a color of its own, "" for others."""
    color = getattr(value, "color", "")
    return f"--st:{color[:7]}" if color else ""


def status_vars(value: Any) -> SafeString:
    return format_html(' data-vars="{}"', status_color(value)) if status_color(value) else SafeString("")


@register.filter
def status_key(value: Any) -> str:
    """Return new, progress, review, done, skipped, auto or completed, for data-status."""
    return STATUSES.get(str(getattr(value, "base", value)).upper(), STATUSES["NEW"])[0]


@register.filter
def status_name(value: Any) -> str:
    """Return the name of a status as every page shows it; a project's own name unchanged."""
    base = str(getattr(value, "base", value)).upper()
    name = str(getattr(value, "name", base))
    return str(STATUSES[base][1]) if base in STATUSES and name.upper() == base else name


@register.simple_tag
def job_status(state: str) -> SafeString:
    """Return the chip of a job's state."""
    key, shape, label = JOB_STATES.get(str(state).upper(), JOB_STATES["QUEUED"])
    return format_html('<span class="status" data-status="{}">{}{}</span>', key, icon(shape), label)


@register.simple_tag
def avatar(user: Any, kind: str = "", *, live: bool = False) -> SafeString:
    """Return a user's initials in their hue; kind is "", "s" or "l". None is the server."""
    css = f"avatar {kind}".strip()
    if user is None:
        label = gettext("Server")
        return format_html(
            '<span class="{}" role="img" aria-label="{}" title="{}">{}</span>',
            css,
            label,
            label,
            icon("bot", "s"),
        )
    name = user.shown_name
    return format_html(
        '<span class="{}" data-vars="--h:{}" title="{}" role="img" aria-label="{}"{}>{}</span>',
        css, user.hue, name, name, SafeString(" data-live") if live else "", user.initials,
    )  # fmt: skip


@register.simple_tag
def swatch(color: str, kind: str = "") -> SafeString:
    """Return the swatch of a class color (`#RRGGBB[AA]`), with a hatch if it is in the palette; kind "l" is 24 px."""
    slot = palette.label_slot(color or "")
    css = f"swatch {kind}".strip()
    if slot:
        hatch = format_html('<svg><use href="{}#hatch-{}"/></svg>', asset("icons.svg"), HATCHES[slot - 1])
        return format_html('<span class="{}" data-label="{}" aria-hidden="true">{}</span>', css, slot, hatch)
    fill = color[:7] if color else "#808890"
    return format_html(
        '<span class="{}" aria-hidden="true"><svg viewBox="0 0 14 14"><rect width="14" height="14" fill="{}"/></svg></span>',
        css,
        fill,
    )


@register.simple_tag
def kbd(keys: str) -> SafeString:
    """Return a key such as "Ctrl+K"."""
    shown = " ".join(KEY_NAMES.get(key, key) for key in keys.split("+"))
    return format_html('<kbd class="kbd">{}</kbd>', shown)


def age_text(when: datetime, now: datetime) -> str:
    """Return "just now", "12 s ago", "4 min ago", "3 h ago", "yesterday" or a date such as "16 Nov"."""
    seconds = int((now - when).total_seconds())
    if seconds < 5:
        return gettext("just now")
    if seconds < 60:
        return gettext("%(n)d s ago") % {"n": seconds}
    if seconds < 3600:
        return gettext("%(n)d min ago") % {"n": seconds // 60}
    if seconds < 86400:
        return gettext("%(n)d h ago") % {"n": seconds // 3600}
    if seconds < 2 * 86400:
        return gettext("yesterday")
    local = timezone.localtime(when)
    return day(local, with_year=local.year != timezone.localtime(now).year)


@register.filter
def day(when: date | None, with_year: bool = True) -> str:
    """Return a date such as "16 Nov 2024", empty for None."""
    # Translators write the order and the dots of their language with Django's letters for dates.
    return (
        "" if when is None else formats.date_format(when, gettext("j M Y") if with_year else gettext("j M"))
    )


@register.simple_tag
def age(when: datetime | None) -> SafeString | str:
    """Return how long ago, which the page keeps current. Empty for None."""
    if when is None:
        return ""
    full = formats.date_format(timezone.localtime(when), "DATETIME_FORMAT")
    return format_html(
        '<time datetime="{}" data-age title="{}">{}</time>',
        when.isoformat(),
        full,
        age_text(when, timezone.now()),
    )


@register.filter
def num(value: Any) -> str:
    """Return an integer with the language's separators: 1,204. Empty for None."""
    return (
        ""
        if value is None
        else formats.number_format(value, decimal_pos=0, use_l10n=True, force_grouping=True)
    )


@register.filter
def percent(value: float | None, digits: int = 0) -> str:
    """Return a share 0..1 as "20 %"."""
    return (
        ""
        if value is None
        else f"{formats.number_format(round(value * 100, digits), decimal_pos=digits)}\N{NO-BREAK SPACE}%"
    )


@register.filter
def size(value: int | None) -> str:
    """Return bytes as "312 KB" or "2.4 MB"."""
    if value is None:
        return ""
    amount = float(value)
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            break
        amount /= 1000
    digits = 1 if unit in ("MB", "GB") and amount < 100 else 0
    return f"{formats.number_format(round(amount, digits), decimal_pos=digits)}\N{NO-BREAK SPACE}{unit}"


@register.filter
def duration(value: float | None) -> str:
    """Return seconds as "0.4 s", "9 s", "1 m 52 s" or "2 h 05 m"."""
    if value is None:
        return ""
    if value < 1:
        return f"{formats.number_format(round(value, 1), decimal_pos=1)} s"
    seconds = round(value)
    if seconds < 60:
        return f"{seconds} s"
    return (
        f"{seconds // 60} m {seconds % 60:02d} s"
        if seconds < 3600
        else f"{seconds // 3600} h {seconds % 3600 // 60:02d} m"
    )


@register.simple_tag
def plural(count: int, one: str, many: str) -> str:
    """Return "1 image" or "1,204 images", translated."""
    return f"{num(count)} {ngettext(one, many, count)}"


def counted_media(project: Project, count: int) -> str:
    """Return "1 image" or "1,204 videos", as the project holds them, translated."""
    if project.content_type == ContentType.VIDEOS:
        return plural(count, "video", "videos")
    return plural(count, "image", "images")


@register.simple_tag
def ui_strings() -> SafeString | str:
    """Return the translated texts of the page's scripts if the user's language is not English."""
    texts = page_strings()
    return json_script(texts, "strings") if texts else ""
