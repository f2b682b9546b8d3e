"""`/help`: everything that can be typed is listed, and explained one by one."""

from tests.offline import Server, said, text_of


async def test_help_names_every_command(server: Server) -> None:
    text = text_of(said(await server.ben.slash(server.channel, "help")))
    names = [
        command.qualified_name
        for command in server.bot.tree.walk_commands()
        if not hasattr(command, "commands")
    ]
    assert len(names) >= 11
    for name in names:
        assert f"`/{name}`" in text


async def test_one_command_is_explained_with_its_options(server: Server) -> None:
    text = text_of(said(await server.ben.slash(server.channel, "help", command="/payout compare")))
    assert "round by round" in text
    assert "proposed\nThe rule to try" in text


async def test_an_unknown_command_gets_a_sentence(server: Server) -> None:
    assert (
        "There is no command" in said(await server.ben.slash(server.channel, "help", command="nope")).content
    )


async def test_autocomplete_offers_command_names(server: Server) -> None:
    choices = await server.ben.autocomplete(server.channel, "help", "command", "pay")
    names = [choice["value"] for choice in choices]
    assert names == ["payout compare", "payout rules", "payout show", "payout what-if"]


async def test_a_noun_lists_its_commands_with_what_they_are_for(server: Server) -> None:
    text = text_of(said(await server.ben.slash(server.channel, "help", command="payout")))
    assert "`/payout compare` What you were paid" in text
    assert "/account" not in text
