"""Buckets of other people's files, read only: S3, Google Cloud Storage, Azure Blob, folders of this machine."""
