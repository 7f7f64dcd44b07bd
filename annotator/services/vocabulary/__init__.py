"""Writes of what can be annotated: classes, tags, keypoint schemas."""
