"""Reading video files with PyAV; imported by decoding children alone, except `containers`, which reads a few bytes itself."""
