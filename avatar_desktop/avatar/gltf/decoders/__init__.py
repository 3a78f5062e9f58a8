"""Packed data to plain arrays: meshopt, Draco, KTX2, and what Pillow reads.

Every decoder is fed bytes that nobody vouches for: what a header declares is held against the
bytes there are and against what an avatar may cost before a library sees them. The libraries are
imported when a file needs them.
"""
