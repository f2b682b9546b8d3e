"""`/help`: what members want to know starts by a press, and everything that can be typed is found."""

from typing import Any

import pytest

from bot import create_bot
from features.server.help_buttons import STARTS
from tests.features.polls.polling import labels, poll_of, start
from tests.offline import Server, custom_id, said, text_of


def names_of(server: Server) -> list[str]:
    return [
        command.qualified_name
        for command in server.bot.tree.walk_commands()
        if not hasattr(command, "commands")
    ]


async def test_help_asks_what_one_wants_to_know(server: Server) -> None:
    shown = said(await server.ben.slash(server.channel, "help"))
    assert "### What do you want to know?" in text_of(shown)
    assert labels(shown) == [*(start.label for start in STARTS.values()), "Search"]
    known = {command.name: command.id for command in await server.bot.tree.fetch_commands()}
    assert f"</account link:{known['account']}>" in text_of(shown)


async def test_the_menu_leads_to_every_command(server: Server) -> None:
    shown = said(await server.ben.slash(server.channel, "help"))
    menu = custom_id(shown, "noun")
    names = names_of(server)
    assert len(names) >= 11
    everything = text_of(said(await server.ben.select(shown.message, ["every command"], custom_id=menu)))
    known = server.bot.command_ids
    for name in names:
        assert f"</{name}:{known[name.split()[0]]}>" in everything
    text = text_of(said(await server.ben.select(shown.message, ["payout"], custom_id=menu)))
    assert "What you were paid" in text
    assert "/account" not in text


async def test_without_their_ids_commands_are_named_plainly(server: Server) -> None:
    server.bot.command_ids = {}
    text = text_of(said(await server.ben.slash(server.channel, "help", command="every command")))
    assert all(f"`/{name}`" in text for name in names_of(server))


@pytest.mark.parametrize("verb", STARTS)
async def test_every_button_starts_something_twice(server: Server, verb: str) -> None:
    await server.ben.slash(server.channel, "account link", name="model_07585")
    await start(server, server.moderator)
    shown = said(await server.ben.slash(server.channel, "help")).message
    for _ in range(2):
        result = await server.ben.click(shown, label=STARTS[verb].label)
        if result.modal is None:
            told = text_of(said(result))
            assert len(told) > 30
            assert "id **" not in told, told


async def test_it_all_works_after_a_restart(server: Server, settings: Any, source: Any) -> None:
    shown = said(await server.ben.slash(server.channel, "help"))
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source))
    told = said(await server.ben.click(shown.message, label="Who holds the stake?"))
    assert "stake" in text_of(told)
    listed = said(await server.ben.select(shown.message, ["poll"], custom_id=custom_id(shown, "noun")))
    assert "poll new" in text_of(listed)


@pytest.mark.parametrize(
    ("words", "found"),
    [("recount", "poll export"), ("power law", "stakes concentration"), ("PAYOUT rules", "payout rules")],
)
async def test_search_finds_commands_by_words(server: Server, words: str, found: str) -> None:
    shown = said(await server.ben.slash(server.channel, "help")).message
    asked = await server.ben.click(shown, label="Search")
    told = said(await server.ben.submit_modal(asked, {"text": words}))
    assert f"</{found}:" in text_of(told)
    assert f"</{found}:" in text_of(said(await server.ben.slash(server.channel, "help", command=words)))


@pytest.mark.parametrize("words", ["xyzzy", "🦆" * 100, "שלום", "a" * 300, "*"])
async def test_a_search_that_finds_nothing_comes_back_with_its_words(server: Server, words: str) -> None:
    shown = said(await server.ben.slash(server.channel, "help")).message
    asked = await server.ben.click(shown, label="Search")
    told = said(await server.ben.submit_modal(asked, {"text": words}))
    assert "none that speaks of it" in told.content
    back = await server.ben.click(told.message, label="Back to the form")
    assert words in str(back.modal)


async def test_one_command_is_explained_with_its_options(server: Server) -> None:
    text = text_of(said(await server.ben.slash(server.channel, "help", command="/payout compare")))
    assert "round by round" in text
    assert "**tournament (optional)**\nClassic without it" in text


async def test_an_unknown_command_gets_the_nearest(server: Server) -> None:
    told = said(await server.ben.slash(server.channel, "help", command="payot compar")).content
    assert "There is no command" in told
    assert "Did you mean /payout compare?" in told


async def test_autocomplete_offers_command_names(server: Server) -> None:
    choices = await server.ben.autocomplete(server.channel, "help", "command", "pay")
    names = [choice["value"] for choice in choices]
    assert names == ["ahead pay", "payout compare", "payout rules", "payout show", "payout what-if"]


async def test_who_joins_amid_a_vote_finds_it(server: Server) -> None:
    assert "Being decided now" not in text_of(said(await server.ben.slash(server.channel, "help")))
    await start(server, server.moderator)
    poll = (await poll_of(server)).poll
    user = server.env.create_user("newcomer")
    newcomer = server.guild.add_member(user)
    text = text_of(said(await newcomer.slash(server.channel, "help")))
    assert f"**Being decided now**\n{poll.title}, until <t:{int(poll.closes_at.timestamp())}:R> " in text
    assert f"/channels/{server.guild.id}/{poll.thread or poll.channel}/{poll.message}" in text
    assert "Being decided now" not in text_of(said(await user.slash("help")))
