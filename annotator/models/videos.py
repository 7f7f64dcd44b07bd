"""What was read of a video beyond what every medium has."""

from __future__ import annotations

from django.db import models

from .base import Row, scoped, text
from .media import Media


class VideoFacts(Row):
    """Codecs, rotation and frame table of a video.

    `frames` is a packed domain.frames.FrameTable, empty for one without a usable picture. `key_gap`: the longest time in
    seconds between key frames. `is_played`: browsers play the original as it is.
    """

    media = models.OneToOneField(Media, models.CASCADE, related_name="video_facts")
    codec = text(40)
    pixel_format = text(40)
    audio = text(40)
    rotation = models.IntegerField(default=0)
    is_variable = models.BooleanField(default=False)
    is_played = models.BooleanField(default=False)
    key_gap = models.FloatField(default=0)
    frames = models.BinaryField(default=b"")
    objects = scoped("media__project__workspace", "media__project")

    class Meta(Row.Meta):
        verbose_name_plural = "video facts"

    def __str__(self) -> str:
        return self.codec
