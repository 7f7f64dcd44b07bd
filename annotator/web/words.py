"""The words of our own pages that several of them share: kinds of jobs, roles; no queries, no HTML."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.models import Role

JOB_NAMES = {
    "export": gettext_lazy("Export"),
    "import_coco": gettext_lazy("Import COCO"),
    "ingest": gettext_lazy("Read in pictures"),
    "import_archive": gettext_lazy("Unpack archive"),
    "prepare": gettext_lazy("Make thumbnails"),
    "relist": gettext_lazy("Put images in order"),
    "bulk": gettext_lazy("Change many images"),
    "bulk_undo": gettext_lazy("Undo a change of many images"),
    "merge": gettext_lazy("Merge classes"),
    "merge_undo": gettext_lazy("Undo a merge of classes"),
    "delete_class": gettext_lazy("Delete class"),
    "sample_project": gettext_lazy("Sample project"),
    "purge": gettext_lazy("Empty the trash"),
}
ROLES = {
    Role.OWNER: (gettext_lazy("Owner"), gettext_lazy("everything, other owners too")),
    Role.ADMIN: (gettext_lazy("Admin"), gettext_lazy("members, tokens, deleting projects")),
    Role.MANAGER: (gettext_lazy("Manager"), gettext_lazy("images, classes, imports")),
    Role.REVIEWER: (gettext_lazy("Reviewer"), gettext_lazy("labels, accepts, exports")),
    Role.ANNOTATOR: (gettext_lazy("Annotator"), gettext_lazy("labels and submits")),
    Role.VIEWER: (gettext_lazy("Viewer"), gettext_lazy("looks, changes nothing")),
}


def job_name(kind: str) -> str:
    """Return a kind of job in words; an unknown kind is spelled out."""
    return str(JOB_NAMES[kind]) if kind in JOB_NAMES else _(kind.replace("_", " ").capitalize())


def role_name(role: str) -> str:
    return str(ROLES[Role(role)][0])


def role_choices() -> list[tuple[str, str, str]]:
    """Return (role, name, what it may do), strongest first."""
    return [(role.value, str(name), str(does)) for role, (name, does) in ROLES.items()]
