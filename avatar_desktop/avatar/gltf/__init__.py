"""glTF 2.0 as a file: container, typed document, accessors, images, scene."""
