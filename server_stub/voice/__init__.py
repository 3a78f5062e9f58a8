"""The speech of a reply for clients that have no voice of their own."""
