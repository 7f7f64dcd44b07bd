"""What is added to the database layer of Django: the SQLite backend, bulk writes, compiled hot queries, fields; knows no model."""
