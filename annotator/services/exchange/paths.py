"""Paths of images in our archives and COCO files: exports write them, imports read them; no files are touched."""

from __future__ import annotations

import re

#: The file in which an export tells what its format could not hold; imports pass over it.
REPORT_NAME = "loss_report.json"
_UNSAFE = re.compile(r'[\x00-\x1f<>:"|?*\\]')
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def safe_part(part: str) -> str:
    """Return one part of a path that every system can unpack: no separators, no climbing, no device names."""
    clean = _UNSAFE.sub("_", part.replace("/", "_")).strip().rstrip(".")
    return f"_{clean}" if _DEVICE.fullmatch(clean) else clean[:200] or "_"


def safe_path(path: str) -> str:
    """Return a path of safe parts; the separators of either system count."""
    return "/".join(map(safe_part, path.replace("\\", "/").split("/")))


def joined(dataset: str, name: str) -> str:
    """Return what an image is called in an export of several datasets."""
    return f"{dataset}/{name}"


def name_in_dataset(dataset: object, path: str) -> str | None:
    """Return the name of an image that an export of several datasets calls `path`; None when it was not made by `joined`."""
    if not isinstance(dataset, str) or not dataset or not path.startswith(f"{dataset}/"):
        return None
    return path[len(dataset) + 1 :] or None
