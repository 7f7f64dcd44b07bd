"""Display names that several pages share: kinds of jobs, roles, devices."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from annotator.models import Role

JOB_NAMES = {
    "export": gettext_lazy("Export"),
    "import_coco": gettext_lazy("COCO import"),
    "ingest": gettext_lazy("Image upload"),
    "import_archive": gettext_lazy("Archive upload"),
    "prepare": gettext_lazy("Thumbnails"),
    "relist": gettext_lazy("Image sorting"),
    "bulk": gettext_lazy("Bulk change"),
    "bulk_undo": gettext_lazy("Undo of a bulk change"),
    "merge": gettext_lazy("Class merge"),
    "merge_undo": gettext_lazy("Undo of a class merge"),
    "delete_class": gettext_lazy("Class deletion"),
    "sample_project": gettext_lazy("Sample project"),
}
ROLES = {
    Role.OWNER: (gettext_lazy("Owner"), gettext_lazy("full access, including other owners")),
    Role.ADMIN: (gettext_lazy("Admin"), gettext_lazy("manages members, tokens and projects")),
    Role.MANAGER: (gettext_lazy("Manager"), gettext_lazy("manages images, classes and imports")),
    Role.REVIEWER: (gettext_lazy("Reviewer"), gettext_lazy("labels, reviews and exports")),
    Role.ANNOTATOR: (gettext_lazy("Annotator"), gettext_lazy("labels and submits for review")),
    Role.VIEWER: (gettext_lazy("Viewer"), gettext_lazy("read-only access")),
}


# What user agents call browsers and systems, the more specific ones first: many name those that they are like.
_BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "FxiOS": "Firefox", "Chrome/": "Chrome",
             "CriOS": "Chrome", "Safari/": "Safari"}  # fmt: skip
_SYSTEMS = {"Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Mac OS X": "macOS",
            "CrOS": "ChromeOS", "Linux": "Linux"}  # fmt: skip


def device_name(user_agent: str) -> str:
    """Return what a person recognizes their device by, like "Firefox on Windows"."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or user_agent[:60] or _("Unknown device")


def job_name(kind: str) -> str:
    """Return the name of a kind of job; an unknown kind is spelled out."""
    return str(JOB_NAMES[kind]) if kind in JOB_NAMES else _(kind.replace("_", " ").capitalize())


def role_name(role: str) -> str:
    return str(ROLES[Role(role)][0])


def role_choices() -> list[tuple[str, str, str]]:
    """Return (role, name, what it can do), strongest first."""
    return [(role.value, str(name), str(does)) for role, (name, does) in ROLES.items()]
