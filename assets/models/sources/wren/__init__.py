"""Wren, the starter avatar: numbers, form, face, hair, clothes and motion."""
