"""Clarifai v2: its JSON channel. `handlers` has a function for each RPC; `messages` the vendor's messages as JSON."""
