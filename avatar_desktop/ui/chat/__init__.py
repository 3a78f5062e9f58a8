"""The conversation panel: rows, composer, notices."""
