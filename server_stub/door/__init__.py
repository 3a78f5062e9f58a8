"""Who may come in, as whom, how often, and in which words somebody is turned away."""
