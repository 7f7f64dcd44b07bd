"""Exports: rows of the database to files."""
