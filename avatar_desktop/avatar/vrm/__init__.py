"""What VRM adds to a glTF file, in the form of VRM 1.0; nothing above knows two versions."""
