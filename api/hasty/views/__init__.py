"""The addresses of Hasty, one module per noun: each method is one service call."""
