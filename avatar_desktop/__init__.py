"""A desktop companion: a 3D avatar that listens, answers aloud, and moves as it speaks."""

__version__ = "0.1.0"
