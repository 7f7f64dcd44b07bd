"""Imports: files to rows of the database."""
