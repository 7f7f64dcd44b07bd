"""Viewsets, a module for each noun."""
