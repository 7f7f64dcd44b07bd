"""Writes of users, their sign-in, their tokens, and what an operator does with them."""
