"""Writes of media: from uploads, archives and addresses, changes, statuses, decoding, signed addresses."""
