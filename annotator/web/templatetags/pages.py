"""Template tags and filters of our own pages; no queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from annotator.domain import palette
from annotator.web.templatetags.ui import asset, percent, status_key

register = template.Library()


@register.filter
def at(values: Mapping[Any, Any], key: Any) -> Any:
    """Return the value of a mapping for a key that is only known in the template, None if it has none."""
    return values.get(key)


@register.simple_tag
def class_bar(color: str, share: str) -> SafeString:
    """Return the bar of a class in its color; `share` is 0..100 as text with a decimal point."""
    slot = palette.label_slot(color or "")
    if slot:
        return format_html('<i data-label="{}" data-vars="--v:{}"></i>', slot, share)
    return format_html('<i data-vars="--c:{};--v:{}"></i>', (color or "#808890")[:7], share)


@register.simple_tag
def share_of(count: int, total: int) -> str:
    """Return a part of a total as "20.3 %"; empty if the total is 0."""
    return percent(count / total, 1) if total else ""


@register.filter
def indent(depth: int) -> int:
    """Return the indentation of a tree row in pixels."""
    return 22 * depth


@register.filter
def unformatted(value: Any) -> str:
    """Return a number without separators, for scripts."""
    return str(value)


@register.simple_tag
def status_icon(status: Any) -> SafeString:
    """Return the icon of a status alone; its name must be beside it."""
    return format_html(
        '<svg class="icon st-icon" aria-hidden="true"><use href="{}#st-{}"/></svg>',
        asset("icons.svg"),
        status_key(status),
    )
