"""Writes of labels and tags."""
