"""The speech engines; each is imported inside a worker process only."""
