"""Read-only queries for pages: one module per page, each starting from visible_to; no writes, no HTTP."""
