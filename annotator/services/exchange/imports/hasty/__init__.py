"""Imports of Hasty's JSON 1.1 of images: its vocabulary, and what its images hold."""
