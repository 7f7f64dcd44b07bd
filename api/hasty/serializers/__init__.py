"""Hasty's names of things: what bodies hold and what answers say, one module per noun; renames only, no query."""
