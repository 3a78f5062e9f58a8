"""Phones and loudness to a mouth track in the vocabulary of the avatar's face."""
