"""Sound to text. Empty until the microphone arrives."""
