"""Names of the Custom Vision dialect, in and out; no writes."""
