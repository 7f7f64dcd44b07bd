"""Writes of projects and their datasets."""
