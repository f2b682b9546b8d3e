"""What a server decides about the bot, and what the bot tells about itself."""
