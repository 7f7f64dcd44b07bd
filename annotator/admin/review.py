"""Admin of issues and comments: read only; they are written on the labeling page."""

from __future__ import annotations

from django.contrib import admin

from annotator.models import Comment, Issue

from .base import ReadOnlyAdmin


@admin.register(Issue)
class IssueAdmin(ReadOnlyAdmin):
    list_display = ("id", "project", "x", "y", "is_resolved", "created_by", "created_at")
    list_filter = ("is_resolved", "project")
    list_select_related = ("project", "created_by")
    search_fields = ("comments__text",)


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    list_display = ("text", "created_by", "created_at")
    list_select_related = ("issue", "created_by")
    search_fields = ("text",)
