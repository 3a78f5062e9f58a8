"""The clock that everything hangs on, and the sound that defines it."""
