"""Clips, layers and springs become joint matrices: pure functions of time."""
