"""The user's voice: where speech begins and ends, who writes it down, what becomes of it."""
