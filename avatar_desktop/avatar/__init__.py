"""A file becomes a value: geometry, skeleton, face, materials, motions. No GL, no clock."""
