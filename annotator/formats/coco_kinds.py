"""Says what a JSON file is when it is not COCO of regions or image-level labels, and what to do with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

#: The code of a refusal: a sound file of another kind, not a broken one.
NOT_COCO = "not_coco"
EXPECTED = "A COCO file is an object with the lists images, annotations and categories."

# What lists are, by names that stand near their beginning; the first line whose names are all there counts.
_LISTS = (
    (("segments_info",), "a list of panoptic results, without images and categories", ""),
    (("image_id", "caption"), "a list of captions, which are no labels", ""),
    (
        ("image_id", "score"),
        "a list of detections (COCO results), without images and categories",
        'Put the list as "annotations" into the COCO file that has the images and categories, and import that.',
    ),
    (
        ("image_id", "category_id"),
        "a list of annotations, without images and categories",
        'Put the list as "annotations" into the COCO file that has the images and categories, and import that.',
    ),
    (("data", "annotations"), "Label Studio's own JSON", "Export as COCO from there."),
    (("data", "completions"), "Label Studio's own JSON", "Export as COCO from there."),
    (("image", "coordinates"), "CreateML JSON", "Export as COCO from the tool that made it."),
    (("file_name", "width"), "a list of images, without annotations and categories", ""),
)
# What objects are, by names at their top.
_OBJECTS = (
    (("shapes", "imagePath"), "a LabelMe file of one image", "Convert the folder to one COCO file."),
    (("_via_img_metadata",), "a project of VGG Image Annotator", "Export as COCO from there."),
    (
        ("export_format_version",),
        "JSON 1.1 without images",
        "",
    ),
    (("type", "features"), "GeoJSON", "Convert its coordinates to pixels and write COCO."),
    (("questions",), "a list of questions on images (VQA)", ""),
    (("data_row", "projects"), "Labelbox's own JSON", "Export as COCO from there."),
)


def refusal_of_list(head: bytes) -> str:
    """Return what a JSON list is by its first bytes, and what to do."""
    for names, words, advice in _LISTS:
        if all(f'"{name}"'.encode() in head for name in names):
            return f"The file is {words}, not COCO.{_more(advice)}"
    return f"The file is a JSON list, not COCO.{_more('')}"


def refusal_of_object(names: Collection[str]) -> str:
    """Return what a JSON object without images is by the names at its top, and what to do."""
    for wanted, words, advice in _OBJECTS:
        if all(name in names for name in wanted):
            return f"The file is {words}, not COCO.{_more(advice)}"
    if "annotations" in names:
        return (
            "The file has annotations but no list of images, so the annotations belong to nothing."
            + _more("")
        )
    found = ", ".join(list(names)[:10])[:200] or "nothing"
    return f"The file is not COCO: it has neither images nor annotations, but {found}.{_more('')}"


def refusal_of_annotation(first: Mapping[str, Any]) -> str | None:
    """Return why annotations like the first one of a file cannot be imported, None when they can."""
    if "caption" in first and not first.keys() & {"category_id", "bbox", "segmentation"}:
        return (
            "The file has captions, sentences about whole images. They have no place here, as neither labels nor tags. "
            "Import a COCO file of instances, keypoints, panoptic segments or image-level labels."
        )
    return None


def _more(advice: str) -> str:
    return f" {advice or EXPECTED}"
