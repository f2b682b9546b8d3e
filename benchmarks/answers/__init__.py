"""What members ask the bot: how long they wait, and how often what was said came true."""
