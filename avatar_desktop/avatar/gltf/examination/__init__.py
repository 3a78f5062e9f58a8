"""What breaks the rules of glTF in a file that opens all the same: slow, thorough, on demand."""
