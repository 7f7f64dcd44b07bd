"""Names of the DataRobot dialect, in and out; no writes."""
