"""Bytes: blob stores, header probing, picture work and signed addresses; no models, no requests."""
