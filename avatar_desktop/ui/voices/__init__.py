"""The voices of the person: chosen, tried and brought."""
