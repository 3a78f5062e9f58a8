"""What the server remembers: people, agents, rooms, messages and the events that can be
replayed.
"""
