"""The HTTP side: what can be asked of the server, who may ask it, and what comes back."""
