"""The vendors' APIs: one folder for each dialect, and common/, what they share."""
