"""Jobs have an explicit mark that they have begun, and a checkpoint from which they continue."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import F


def mark_begun(apps: Any, schema_editor: Any) -> None:
    """Mark the jobs that a worker had: of those that are open or can be tried again, rows may be left."""
    jobs = apps.get_model("annotator", "Job").all_objects
    jobs.filter(started_at__isnull=False).exclude(state="DONE").update(begun_at=F("started_at"))


class Migration(migrations.Migration):
    dependencies = [("annotator", "0006_sessions")]

    operations = [
        migrations.AddField("job", "begun_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("job", "checkpoint", models.JSONField(blank=True, default=dict)),
        migrations.RunPython(mark_begun, migrations.RunPython.noop, elidable=True),
    ]
