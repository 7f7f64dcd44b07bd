"""Pyramids of tiles: what they are made of, how they are made and how a tile is found in one."""
