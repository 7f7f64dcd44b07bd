"""Writes of review: issues and their comments."""
