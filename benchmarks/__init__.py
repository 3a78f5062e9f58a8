"""Speed beside rivals; each module measures one thing and prints JSON lines."""
