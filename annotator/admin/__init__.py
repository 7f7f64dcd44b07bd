"""The admin site: one module per aggregate; every mutation goes through services. Loaded by apps.py, not from here."""
