"""Who thinks of the reply: the built-in companion, a script, or a language model at an address."""
