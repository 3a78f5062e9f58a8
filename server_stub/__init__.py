"""The conversation server: rooms, streamed replies and their history, on one port."""
