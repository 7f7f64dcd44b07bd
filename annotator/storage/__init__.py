"""Bytes: blob stores, header probing, image work and signed addresses; no models, no requests."""
