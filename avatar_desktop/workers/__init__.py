"""Child processes: one way to start, watch, restart and end them."""
