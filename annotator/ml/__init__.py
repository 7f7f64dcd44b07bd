"""Computations on arrays, one per module; no Django, no files, no rows."""
