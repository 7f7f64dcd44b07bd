"""COCO instances and keypoints, both ways: the public names of coco_import.py and coco_export.py; no code of its own."""

from __future__ import annotations

from .coco_export import write
from .coco_import import CocoReader
from .coco_kinds import NOT_COCO

__all__ = ["NOT_COCO", "CocoReader", "write"]
