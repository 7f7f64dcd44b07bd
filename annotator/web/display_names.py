"""Display names that several pages share: kinds of jobs, roles, devices."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from annotator.models import BucketProvider, Role
from annotator.services.security_log import Kind

JOB_NAMES = {
    "export": gettext_lazy("Export"),
    "import_coco": gettext_lazy("Import"),
    "import_predictions": gettext_lazy("Import of suggestions"),
    "ingest": gettext_lazy("Image upload"),
    "ingest_video": gettext_lazy("Video processing"),
    "add_assets": gettext_lazy("Images from addresses"),
    "duplicate_project": gettext_lazy("Copy of a project"),
    "adopt_dataset": gettext_lazy("Project from a dataset"),
    "import_archive": gettext_lazy("Archive upload"),
    "import_bucket": gettext_lazy("Bucket import"),
    "prepare": gettext_lazy("Thumbnails"),
    "tiles": gettext_lazy("Tiles of large images"),
    "relist": gettext_lazy("Image sorting"),
    "bulk": gettext_lazy("Bulk change"),
    "bulk_undo": gettext_lazy("Undo of a bulk change"),
    "merge": gettext_lazy("Class merge"),
    "merge_undo": gettext_lazy("Undo of a class merge"),
    "delete_class": gettext_lazy("Class deletion"),
    "restore_trash": gettext_lazy("Restoring the trash"),
    "purge": gettext_lazy("Permanent deletion"),
    "purge_project": gettext_lazy("Permanent deletion of a project"),
    "augmentation_samples": gettext_lazy("Augmentation samples"),
    "sample_project": gettext_lazy("Sample project"),
    "find_duplicates": gettext_lazy("Search for duplicates"),
    "set_target": gettext_lazy("Target of a project"),
}
ROLES = {
    Role.OWNER: (gettext_lazy("Owner"), gettext_lazy("full access, including other owners")),
    Role.ADMIN: (gettext_lazy("Admin"), gettext_lazy("manages members, tokens and projects")),
    Role.MANAGER: (gettext_lazy("Manager"), gettext_lazy("manages images, classes and imports")),
    Role.REVIEWER: (gettext_lazy("Reviewer"), gettext_lazy("labels, reviews and exports")),
    Role.ANNOTATOR: (gettext_lazy("Annotator"), gettext_lazy("labels and submits for review")),
    Role.VIEWER: (gettext_lazy("Viewer"), gettext_lazy("read-only access")),
}

BUCKET_PROVIDERS = {
    BucketProvider.S3: gettext_lazy("Amazon S3 or compatible"),
    BucketProvider.GCS: gettext_lazy("Google Cloud Storage"),
    BucketProvider.AZ: gettext_lazy("Azure Blob Storage"),
    BucketProvider.DUMMY: gettext_lazy("Folder of the server"),
}


TRANSFORMATION_NAMES = {
    "horizontal_flip": gettext_lazy("Horizontal flip"),
    "vertical_flip": gettext_lazy("Vertical flip"),
    "shift": gettext_lazy("Shift"),
    "scale": gettext_lazy("Scale"),
    "rotate": gettext_lazy("Rotate"),
    "blur": gettext_lazy("Blur"),
    "cutout": gettext_lazy("Cutout"),
    "brightness": gettext_lazy("Brightness"),
    "contrast": gettext_lazy("Contrast"),
    "saturation": gettext_lazy("Saturation"),
    "noise": gettext_lazy("Noise"),
}

PARAMETERS = {
    "maximum_proportion": gettext_lazy("Maximum offset"),
    "maximum_upscale": gettext_lazy("Maximum zoom"),
    "maximum_degrees": gettext_lazy("Maximum angle"),
    "maximum_filter_size": gettext_lazy("Maximum filter size"),
    "number_of_holes": gettext_lazy("Number of holes"),
    "maximum_height": gettext_lazy("Maximum height"),
    "maximum_width": gettext_lazy("Maximum width"),
    "maximum_change": gettext_lazy("Maximum change"),
}

SECURITY_EVENTS = {
    Kind.SIGN_IN: gettext_lazy("Signed in"),
    Kind.SIGN_IN_FAILED: gettext_lazy("Sign-in failed"),
    Kind.SIGN_IN_LIMITED: gettext_lazy("Too many sign-in attempts"),
    Kind.SIGN_OUT: gettext_lazy("Signed out"),
    Kind.SESSION_ENDED: gettext_lazy("Session ended"),
    Kind.PASSWORD_CHANGED: gettext_lazy("Password changed"),
    Kind.PASSWORD_FAILED: gettext_lazy("Wrong current password"),
    Kind.EMAIL_CHANGED: gettext_lazy("E-mail address changed"),
    Kind.EMAIL_VERIFIED: gettext_lazy("E-mail address verified"),
    Kind.LINK_CREATED: gettext_lazy("Sign-in link created"),
    Kind.LINK_USED: gettext_lazy("Signed in with a link"),
    Kind.LINK_FAILED: gettext_lazy("Sign-in link refused"),
    Kind.ACCOUNT_CREATED: gettext_lazy("Account created"),
    Kind.ACCOUNT_CHANGED: gettext_lazy("Account changed"),
    Kind.MEMBER_INVITED: gettext_lazy("Member invited"),
    Kind.INVITATION_ENDED: gettext_lazy("Invitation ended"),
    Kind.MEMBER_ADDED: gettext_lazy("Member added"),
    Kind.MEMBER_ROLE: gettext_lazy("Role changed"),
    Kind.MEMBER_REMOVED: gettext_lazy("Member removed"),
    Kind.TOKEN_CREATED: gettext_lazy("API token created"),
    Kind.TOKEN_REVOKED: gettext_lazy("API token revoked"),
    Kind.TOKEN_FAILED: gettext_lazy("API token refused"),
    Kind.EXPORT_STARTED: gettext_lazy("Export started"),
    Kind.EXPORT_DOWNLOADED: gettext_lazy("Export downloaded"),
    Kind.WORKSPACE_CREATED: gettext_lazy("Workspace created"),
    Kind.WORKSPACE_QUOTAS: gettext_lazy("Quotas changed"),
    Kind.BUCKET_CREATED: gettext_lazy("Bucket added"),
    Kind.BUCKET_CHANGED: gettext_lazy("Bucket changed"),
    Kind.BUCKET_DELETED: gettext_lazy("Bucket deleted"),
    Kind.REFUSED: gettext_lazy("Request refused"),
}


def security_event_name(kind: str) -> str:
    """Return the name of a kind of security event; a kind of another version is shown as stored."""
    return str(SECURITY_EVENTS[Kind(kind)]) if kind in SECURITY_EVENTS else kind


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


SEVERITY_NAMES = {
    "error": gettext_lazy("Errors"),
    "warning": gettext_lazy("Warnings"),
    "info": gettext_lazy("Notes"),
}
FINDING_NAMES = {
    "zero_bytes": gettext_lazy("Empty file"),
    "not_an_image": gettext_lazy("Not an image"),
    "unsupported_format": gettext_lazy("Unsupported format"),
    "truncated": gettext_lazy("Damaged or incomplete file"),
    "too_large": gettext_lazy("Too large"),
    "too_slow": gettext_lazy("Takes too long to decode"),
    "file_missing": gettext_lazy("File missing"),
    "file_damaged": gettext_lazy("Stored file damaged"),
    "damaged": gettext_lazy("Damaged in the archive"),
    "dimensions_mismatch": gettext_lazy("Size differs from the import"),
    "duplicate_of": gettext_lazy("Same bytes as another image"),
    "animated_first_frame_used": gettext_lazy("Several frames or pages"),
    "too_small": gettext_lazy("Very small"),
    "extreme_aspect": gettext_lazy("Extreme aspect ratio"),
    "all_one_colour": gettext_lazy("One color only"),
    "extension_mismatch": gettext_lazy("Extension does not match the format"),
    "exif_rotated": gettext_lazy("Rotated by EXIF"),
    "colour_converted": gettext_lazy("Colors converted"),
    "display_range": gettext_lazy("Display range adjusted"),
    "no_tiles": gettext_lazy("Shown by a preview alone"),
    "bad_path": gettext_lazy("Invalid path in the archive"),
    "link": gettext_lazy("Link in the archive"),
    "encrypted": gettext_lazy("Encrypted in the archive"),
    "unsupported": gettext_lazy("Unsupported compression"),
}


def finding_name(code: str) -> str:
    """Return the name of a quality finding for people; a code without one as words."""
    return str(FINDING_NAMES.get(code) or code.replace("_", " ").capitalize())
