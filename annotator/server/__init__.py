"""How requests reach Django: the bridge into its thread pool, the headers of proxies, JSON bodies; knows no view."""
