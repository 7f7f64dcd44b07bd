"""The async views that send and take files, past the thread pool of the pages; they call services and hold no rules."""
