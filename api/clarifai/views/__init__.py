"""The addresses of the RPCs, a module for each noun."""
