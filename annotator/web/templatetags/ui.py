"""The small parts of every page as template tags: assets, icons, chips, avatars, ages and numbers; no queries here."""

from __future__ import annotations

import json
import logging
from datetime import datetime
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
from annotator.web.strings import editor_strings

register = template.Library()
log = logging.getLogger(__name__)

# Work states: base -> (key of data-status and of the icon st-<key>, the word that people read).
STATES = {
    "NEW": ("new", gettext_lazy("New")),
    "IN PROGRESS": ("progress", gettext_lazy("In progress")),
    "TO REVIEW": ("review", gettext_lazy("To review")),
    "DONE": ("done", gettext_lazy("Done")),
    "SKIPPED": ("skipped", gettext_lazy("Skipped")),
    "AUTO-LABELLED": ("auto", gettext_lazy("Auto-labeled")),
    "COMPLETED": ("completed", gettext_lazy("Completed")),
}
# States of jobs: state -> (data-status, icon, word).
JOB_STATES = {
    "QUEUED": ("new", "st-new", gettext_lazy("Waiting")),
    "RUNNING": ("running", "st-progress", gettext_lazy("Running")),
    "DONE": ("done", "st-done", gettext_lazy("Done")),
    "FAILED": ("failed", "st-failed", gettext_lazy("Failed")),
    "CANCELLED": ("skipped", "st-skipped", gettext_lazy("Cancelled")),
}
# The hatch of each palette colour: ten hatches, two colours each, never on two that look alike.
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
    """Logical names of built files -> file names. Read once: the server knows the files that were there at its start."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        self._is_told = False

    def names(self) -> dict[str, str]:
        """Return {logical: file name}; empty (and told in the log) while nothing is built."""
        if not self._names or settings.DEBUG:
            file = Path(settings.BASE_DIR) / "static" / "dist" / "manifest.json"
            self._addresses = {}
            try:
                self._names = json.loads(file.read_text(encoding="utf-8"))
            except FileNotFoundError:
                if not self._is_told:
                    log.error("static/dist/manifest.json is missing: run `python manage.py build_frontend`.")
                self._is_told = True
        return self._names

    def address(self, name: str) -> str:
        """Return where a file is, by its logical name; kept, since a page asks a hundred times for its icons."""
        names = self.names()
        found = self._addresses.get(name)
        if found is None:
            found = static("dist/" + (names.get(name) or names.get(f"pages/{name}") or name))
            if names:
                self._addresses[name] = found
        return found


MANIFEST = Manifest()


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of a built file by its logical name; `app.js` also finds `pages/app.js`."""
    return MANIFEST.address(name)


@register.simple_tag
def icon(name: str, kind: str = "") -> SafeString:
    """Draw an icon of the sprite; kind is "", "s" (14 px) or "l" (20 px). Never alone: a name stands beside it."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f"icon {kind}".strip(),
        asset("icons.svg"),
        name,
    )


@register.simple_tag
def status(value: Any, kind: str = "") -> SafeString:
    """Draw the chip of a work state from a MediaStatus or one of the seven words; kind "bare" has no ground."""
    base = str(getattr(value, "base", value) or "NEW").upper()
    key, word = STATES.get(base, STATES["NEW"])
    name = str(getattr(value, "name", base))
    shown = word if name.upper() == base else name
    return format_html(
        '<span class="{}" data-status="{}">{}{}</span>',
        f"status {kind}".strip(),
        key,
        icon(f"st-{key}"),
        shown,
    )


@register.filter
def status_key(value: Any) -> str:
    """Return new, progress, review, done, skipped, auto or completed, for data-status."""
    return STATES.get(str(getattr(value, "base", value)).upper(), STATES["NEW"])[0]


@register.filter
def status_word(value: Any) -> str:
    """Return the state in words, as every page says it; a project's own name as it is."""
    base = str(getattr(value, "base", value)).upper()
    name = str(getattr(value, "name", base))
    return str(STATES[base][1]) if base in STATES and name.upper() == base else name


@register.simple_tag
def job_status(state: str) -> SafeString:
    """Draw the chip of a job's state."""
    key, shape, word = JOB_STATES.get(str(state).upper(), JOB_STATES["QUEUED"])
    return format_html('<span class="status" data-status="{}">{}{}</span>', key, icon(shape), word)


@register.simple_tag
def avatar(user: Any, kind: str = "", *, live: bool = False) -> SafeString:
    """Draw a person's initials in their hue; kind is "", "s" or "l". None is the server itself."""
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
    """Draw a class colour (`#RRGGBB[AA]`) with its hatch when it is one of the palette; kind "l" is 24 px."""
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
    """Draw a key such as "Ctrl+K"."""
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
    return formats.date_format(local, "j M" if local.year == timezone.localtime(now).year else "j M Y")


@register.simple_tag
def age(when: datetime | None) -> SafeString | str:
    """Draw how long ago; the page keeps it true. Nothing for None."""
    if when is None:
        return ""
    whole = formats.date_format(timezone.localtime(when), "DATETIME_FORMAT")
    return format_html(
        '<time datetime="{}" data-age title="{}">{}</time>',
        when.isoformat(),
        whole,
        age_text(when, timezone.now()),
    )


@register.filter
def num(value: Any) -> str:
    """Return a whole number with the language's separator: 1,204. Empty for None."""
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
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    return (
        f"{whole // 60} m {whole % 60:02d} s"
        if whole < 3600
        else f"{whole // 3600} h {whole % 3600 // 60:02d} m"
    )


@register.simple_tag
def plural(count: int, one: str, many: str) -> str:
    """Return "1 image" or "1,204 images"; the words go through gettext."""
    return f"{num(count)} {ngettext(one, many, count)}"


@register.simple_tag
def ui_strings() -> SafeString | str:
    """Give the page's scripts their words when the person's language is not English."""
    words = editor_strings()
    return json_script(words, "strings") if words else ""
