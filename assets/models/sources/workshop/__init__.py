"""The workshop: the general tools every avatar of ours is made with (numpy only)."""
