"""The dialect of Hasty's API v1 (see docs/api): credentials and names in, one service call, names out."""
