"""Addresses of the Custom Vision dialect, one module for each noun."""
