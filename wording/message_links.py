"""Where a message is found again."""


def message_link(guild_id: int, channel: int | None, message: int | None) -> str:
    """The address of a message of Discord; "" where it is shown nowhere."""
    if channel is None or message is None:
        return ""
    return f"https://discord.com/channels/{guild_id}/{channel}/{message}"
