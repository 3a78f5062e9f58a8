"""What the person owns: folders, settings, identity, unsent messages, secrets, avatars."""
