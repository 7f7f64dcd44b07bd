"""Buckets of workspaces: their credentials, and reading of what is in them."""
