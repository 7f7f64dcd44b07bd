"""Writes of workspaces and of who is a member of them."""
