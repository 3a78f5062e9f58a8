"""Connections: who is at the other end, what they say, and what is written to them."""
