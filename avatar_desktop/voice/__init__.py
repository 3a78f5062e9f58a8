"""Phrase to clip: engines in their own process, the queue, the catalogue of voices."""
