"""Names the parts of an import that has an annotation file for each: train, valid, test; plain text, no files are touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from annotator.services.exchange import paths

from .matching import Parts, parts_of

EXTENSIONS = (".json", ".json.gz")
_PREFIXES = (
    "instances_", "person_keypoints_", "keypoints_", "panoptic_", "stuff_", "image_info_", "captions_", "labels_", "annotations_"
)  # fmt: skip
_SUFFIXES = (".coco", "_coco", "_annotations", "_instances", "_labels")
#: Names of files and folders that say what is in them and not which part of a dataset it is.
_GENERAL = frozenset(
    ("annotations", "_annotations", "annotation", "instances", "instances_default", "labels", "result", "coco", "data", "default")
)  # fmt: skip


def is_annotation_file(name: str) -> bool:
    """Tell by its name whether a file may be one of annotations; the report that our exports lie beside theirs is none."""
    last = name.rsplit("/", 1)[-1].lower()
    return last.endswith(EXTENSIONS) and last != paths.REPORT_NAME


def names_of(files: Sequence[str]) -> list[str]:
    """Return for each annotation file the name of its part: of the file or, when that says nothing, of its folder.

    "train/_annotations.coco.json" and "annotations/instances_train.json" are both "train". Files of several folders
    whose names are the same get the name of their folder in front.
    """
    pairs = [(_folder(parts_of(path)), stem_of(path)) for path in files]
    names = [stem if stem not in _GENERAL or not folder else folder for folder, stem in pairs]
    folders = [folder for folder, _ in pairs]
    counts = Counter(name for name, _ in set(zip(names, folders, strict=True)))
    return [
        f"{folder}-{name}" if counts[name] > 1 and folder not in ("", name) else name
        for name, folder in zip(names, folders, strict=True)
    ]


def stem_of(path: str) -> str:
    """Return the name of an annotation file without what writers put around the name of its part."""
    name = parts_of(path)[-1]
    for extension in reversed(EXTENSIONS):
        if name.lower().endswith(extension):
            name = name[: -len(extension)]
            break
    for suffix in _SUFFIXES:
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            name = name[: -len(suffix)]
    for prefix in _PREFIXES:
        if name.lower().startswith(prefix) and len(name) > len(prefix) and name.lower() not in _GENERAL:
            return name[len(prefix) :]
    return name


def roots_of(path: str) -> list[Parts]:
    """Return the folders in which the images of an annotation file may lie, the nearest first."""
    folder, stem = parts_of(path)[:-1], stem_of(path)
    bases = [folder, folder[:-1]] if folder and folder[-1].lower() in _GENERAL else [folder]
    roots = [root for base in bases for root in _below(base, stem)]
    return list(dict.fromkeys([*roots, *_below((), stem)]))


def mask_roots_of(path: str) -> list[Parts]:
    """Return the folders in which the PNGs of a panoptic file may lie, the nearest first: one of the file's own name."""
    parts = parts_of(path)
    name = parts[-1]
    own = next((name[: -len(ext)] for ext in reversed(EXTENSIONS) if name.lower().endswith(ext)), name)
    return list(dict.fromkeys([(*parts[:-1], own), parts[:-1], *roots_of(path)]))


def _below(base: Parts, stem: str) -> list[Parts]:
    return [base, (*base, "images"), (*base, stem), (*base, stem, "images"), (*base, "images", stem)]


def _folder(parts: Parts) -> str:
    """Return the nearest folder of a file whose name says which part of a dataset it is."""
    return next((name for name in reversed(parts[:-1]) if name.lower() not in _GENERAL), "")
