"""Job rows: start, claim, progress, end, and the files that undo a bulk change."""
