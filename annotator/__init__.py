"""Annotator: a self-hosted server for labeling images and video."""

__version__ = "0.1.0"
