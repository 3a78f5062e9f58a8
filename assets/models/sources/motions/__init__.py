"""Motions for any humanoid, written down as keys and built into .vrma files."""
