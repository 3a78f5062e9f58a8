"""The way to the conversation server: the socket, the rooms, the server that comes with the app."""
