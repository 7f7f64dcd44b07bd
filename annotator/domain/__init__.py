"""Rules of the labeling world in plain Python and numpy; nothing here may know Django, HTTP or a vendor."""
