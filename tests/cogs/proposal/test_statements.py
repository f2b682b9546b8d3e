"""A press reads its proposal once: how many statements SQLite runs for it, all told."""

from typing import Any

from tests.features.proposals.proposing import ask, card_in, file
from tests.offline import Server, said, traced

MOST = 15  # for the whole press, BEGIN and COMMIT included, and the note of what the card shows


async def test_a_press_on_second_runs_few_statements(server: Server, ada: Any) -> None:
    await file(server, ada)
    for member, end in ((server.ben, "1 of 2. <"), (server.moderator, "2 of 2. Its discussion begins. <")):
        async with traced(server) as statements:
            told = said(await member.click(card_in(server.channel), label="Second"))
        assert told.content.startswith(f"You second #1: {end}")
        assert statements.count("COMMIT") == 1, "a seconding with the step it brings"
        assert len(statements) <= MOST, "\n".join(statements)


async def test_taking_a_seconding_back_runs_few_statements(server: Server, ada: Any) -> None:
    await file(server, ada)
    await ask(server, server.ben, "second", number=1)
    async with traced(server) as statements:
        asked = said(await server.ben.click(card_in(server.channel), label="Second"))
    assert len(statements) <= MOST, "\n".join(statements)
    async with traced(server) as statements:
        await server.ben.click(asked.message, label="Take it back")
    assert statements.count("COMMIT") == 1
    assert len(statements) <= MOST, "\n".join(statements)


async def test_a_press_on_argue_runs_few_statements(server: Server, ada: Any) -> None:
    await file(server, ada)
    async with traced(server) as statements:
        form = await server.ben.click(card_in(server.channel), label="Argue")
        told = said(await server.ben.submit_modal(form, {"side": ["for"], "claim": "Good."}))
    assert told.content.startswith("Your argument is on record. <")
    assert statements.count("COMMIT") == 1
    assert len(statements) <= MOST, "\n".join(statements)


async def test_the_first_card_of_a_proposal_costs_no_more(server: Server, ada: Any) -> None:
    """Its message was deleted, so that it is posted again and its new place is kept."""
    await file(server, ada)
    await card_in(server.channel).delete()
    async with traced(server) as statements:
        told = await ask(server, server.ben, "second", number=1)
    assert told.content.startswith("You second #1: 1 of 2. <")
    assert statements.count("COMMIT") == 2
    assert len(statements) <= MOST, "\n".join(statements)
