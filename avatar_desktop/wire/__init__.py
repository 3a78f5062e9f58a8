"""The conversation's messages, their frames and their order; both sides, without a socket."""
