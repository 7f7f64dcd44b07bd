"""What the operator of a server does: backups, health, purges, the first workspace, demo data."""
