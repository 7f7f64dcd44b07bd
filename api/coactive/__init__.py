"""Coactive's API: v0 for single images, v1 as its published package speaks it."""
