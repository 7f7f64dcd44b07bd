"""Jobs that change many images, and their undo."""

from __future__ import annotations

import uuid
from typing import Any

from annotator.services.media import bulk

from .registry import JobRun, handler


@handler("bulk")
def change(run: JobRun) -> dict[str, Any]:
    """Change the images selected when the job was started. Continues after its last step."""
    return bulk.run(actor=run.actor, project=run.project, job=run.job, steps=run.steps, progress=run.progress)


@handler("bulk_undo")
def undo(run: JobRun) -> dict[str, Any]:
    """Undo a change; images that were changed again since then keep the later change."""
    change_id, what = uuid.UUID(run.params["change"]), run.params["what"]
    by = uuid.UUID(run.params["by"]) if run.params.get("by") else None
    back = bulk.undo_change(
        actor=run.actor, project=run.project, change_id=change_id, what=what, by=by, steps=run.steps, progress=run.progress
    )  # fmt: skip
    return {"changed": back}
