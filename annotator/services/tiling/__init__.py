"""Pyramids of tiles: the job that makes them, and reading a tile."""
