"""The window: it shows snapshots and calls verbs, and knows nothing of the parts behind them."""

from avatar_desktop.ui.quick_imports import import_quickly

import_quickly()
