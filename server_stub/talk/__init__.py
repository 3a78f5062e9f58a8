"""What happens in a room: its rules, its replies, and who is told of them."""
