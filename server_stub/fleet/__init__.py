"""Several servers as one: Redis knows who is there, who has which room, and what is still to be
answered. A room's frames go from its owner straight to the server that holds the socket.
"""
