"""What every dialect is made of: credentials, paging, errors, bodies, answers, schema; it names no vendor."""
