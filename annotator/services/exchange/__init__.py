"""Export and import of datasets in file formats."""
