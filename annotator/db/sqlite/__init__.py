"""Django's SQLite with writers that take turns; named as ENGINE in the settings (Django asks for a package with `base`)."""

#: OPTIONS of the settings. FULL: a commit waits for the disk, so that what was acknowledged survives a power cut (docs/decisions/014).
OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
    "PRAGMA cache_size=-8000;PRAGMA mmap_size=134217728;PRAGMA temp_store=MEMORY",
}
