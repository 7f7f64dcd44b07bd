"""The admin site: one module per aggregate; all writes go through services. Loaded by apps.py, not from here."""
