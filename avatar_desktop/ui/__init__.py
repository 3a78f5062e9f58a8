"""The window: it shows snapshots and calls verbs, and knows nothing of the parts behind them."""
