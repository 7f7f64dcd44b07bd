"""Videos: created from uploads, read by a job in a child process, their frame tables and what players need."""
