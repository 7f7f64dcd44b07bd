"""Decoding of image files in processes of their own, and the renditions made there."""
