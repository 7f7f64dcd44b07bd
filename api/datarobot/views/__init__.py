"""Addresses of the DataRobot dialect, one module for each noun."""
