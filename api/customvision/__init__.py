"""The dialect of Azure Custom Vision's training API (see docs/api): credentials and names in, one service call, names out."""
