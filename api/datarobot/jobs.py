"""What jobs are called here, and where their results are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from annotator.models import Job, JobState
from annotator.services.projects import catalog

#: The words of the list of jobs of a project; a client refuses any other.
QUEUE = {
    JobState.QUEUED: "queue",
    JobState.RUNNING: "inprogress",
    JobState.FAILED: "error",
    JobState.CANCELLED: "ABORTED",
    JobState.DONE: "COMPLETED",
}
#: The words of statuses, which are others.
STATUS = {
    JobState.QUEUED: "INITIALIZED",
    JobState.RUNNING: "RUNNING",
    JobState.FAILED: "ERROR",
    JobState.CANCELLED: "ABORTED",
    JobState.DONE: "COMPLETED",
}


def _samples_path(job: Job) -> str:
    """Return where samples are read: those of their list, or by their own id."""
    list_id = job.params.get("list")
    return f"imageAugmentationLists/{list_id}/samples/" if list_id else f"imageAugmentationSamples/{job.pk}/"


def _imported(job: Job) -> str:
    """Return the dataset of an archive that was imported into the catalog, else the project."""
    is_catalog = job.project is not None and job.project.origin == catalog.ORIGIN
    return f"datasets/{job.params['dataset']}/" if is_catalog else f"projects/{job.project_id}/"


#: Where what a job has made is read, as a path below /api/v2/, by the kind of the job. Of other kinds it is the project.
RESULTS: Mapping[str, Callable[[Job], str]] = {
    "augmentation_samples": _samples_path,
    "import_archive": _imported,
}


def result_path(job: Job) -> str | None:
    """Return where the result of a job is, as a path below /api/v2/; None for a job that has none to read here."""
    if job.state != JobState.DONE:
        return None
    if job.kind in RESULTS:
        return RESULTS[job.kind](job)
    return f"projects/{job.project_id}/" if job.project_id else None


def job_path(job: Job) -> str:
    """Return the address of a job of a project as a path below /api/v2/."""
    return f"projects/{job.project_id}/jobs/{job.number}/"


def status_path(job: Job) -> str:
    """Return the address of the status of a job as a path below /api/v2/."""
    return f"status/{job.pk}/"
