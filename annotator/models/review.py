"""People's work on images: issues pinned to them, and their comments."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .base import Row, key, scoped, text, user_key


class Issue(Row):
    """Something about an image that people have to talk about, at a place of it or, without one, about the whole."""

    project = key("annotator.Project", related_name="issues", db_index=False)
    media = key("annotator.Media", related_name="issues")
    x = models.FloatField(null=True, blank=True)
    y = models.FloatField(null=True, blank=True)
    is_resolved = models.BooleanField(default=False)
    resolved_by = user_key()
    created_by = user_key()
    objects = scoped("project__workspace", "project")

    class Meta(Row.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(x__isnull=True, y__isnull=True) | Q(x__isnull=False, y__isnull=False),
                name="issue_place",
            )
        ]
        indexes = [models.Index(fields=["project", "is_resolved", "created_at", "id"], name="issue_list")]

    def __str__(self) -> str:
        return str(self.pk)


class Comment(Row):
    """What a person wrote about an issue. `media` is the issue's: what hangs on an image is deleted by it.

    `mentions` are ids of members, as text.
    """

    issue = key(Issue, related_name="comments")
    media = key("annotator.Media", related_name="comments")
    text = text(2000)
    mentions = models.JSONField(default=list, blank=True)
    created_by = user_key()
    objects = scoped("issue__project__workspace", "issue__project")

    def __str__(self) -> str:
        return self.text
