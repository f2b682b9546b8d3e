"""`/setup`: moderators decide about sharing in their server, and nobody else does."""

from storage.guilds import settings_of
from tests.offline import Server, said


async def test_a_moderator_turns_sharing_off_and_on(server: Server) -> None:
    off = said(await server.moderator.slash(server.channel, "setup sharing", allowed=False))
    assert "Sharing is off" in off.content
    assert not (await settings_of(server.database, server.guild.id)).sharing
    asked = await server.ben.slash(server.channel, "payout compare", proposed="1C3T", who="everyone")
    clicked = await server.ben.click(said(asked).message, label="Share")
    assert "turned sharing off" in said(clicked).content
    assert not [message for message in server.channel.history() if message.embeds]
    await server.moderator.slash(server.channel, "setup sharing", allowed=True)
    assert "may share" in said(await server.moderator.slash(server.channel, "setup show")).content


async def test_the_permission_is_checked_by_the_bot_too(server: Server) -> None:
    # the server's owner may open the command to everyone in Discord's settings; the bot still asks
    [setup] = [command for command in await server.bot.tree.fetch_commands() if command.name == "setup"]
    server.guild.set_command_permissions(setup, {server.guild.default_role: True})
    refused = said(await server.ben.slash(server.channel, "setup sharing", allowed=False))
    assert "manage guild" in refused.content
    assert (await settings_of(server.database, server.guild.id)).sharing
