"""What a file's own names mean: bones of a humanoid, shapes of a face, the pose it rests in."""
