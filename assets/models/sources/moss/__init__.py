"""Moss: a plump little tree frog in a raincoat, every number and every curve his own."""
