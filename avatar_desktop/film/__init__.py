"""A scripted performance on the counted clock becomes pictures, films and tracks."""
