"""The async views that send and receive files, outside the thread pool of the pages; rules are in services."""
