"""The living whole without a window: it hears, says, interrupts, and shows itself as a snapshot."""
