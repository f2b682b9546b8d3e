"""What a filed proposal would do: computed once for each revision, later where the numbers were not there."""

from datetime import timedelta
from typing import Any

import pytest

from storage.database import execute, transaction
from tests.features.polls.polling import look
from tests.features.proposals.proposing import PAYOUT, Clock, ask, card_in, file, labels_of, rows
from tests.features.simulation.proposed import MadeUp, calendar
from tests.offline import Server, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test
WAITS = "What it would do can't be told just now; it follows by itself."


@pytest.fixture
def sources(server: Server) -> dict[str, Any]:
    found = server.bot.tools.sources
    assert isinstance(found, dict)
    return found


async def test_numbers_that_can_t_be_read_follow_by_themselves(
    server: Server, ada: Any, now: Clock, sources: dict[str, Any]
) -> None:
    sample, sources["classic"] = sources["classic"], MadeUp(None, calendar(5))
    assert (await file(server, ada, kind="payout", **PAYOUT)).content.startswith("Filed as #1. <")
    assert WAITS in text_of(card_in(server.channel))
    await server.ben.click(card_in(server.channel), label="Second")
    await look(server)
    assert WAITS in text_of(card_in(server.channel))
    assert "1 of 2 secondings" in text_of(card_in(server.channel))
    assert await rows(server, "1", "proposal_effects") == []
    sources["classic"] = sample
    now.move(hours=2)
    await look(server)
    assert "Everyone −920 NMR in the rounds that paid CORR and TC" in text_of(card_in(server.channel))
    assert await rows(server, "revision, basis", "proposal_effects") == [
        (1, "Sample, 2022, until 2022-07-23")
    ]
    edits = len(server.env.http_requests)
    await look(server)
    assert len(server.env.http_requests) == edits, "what is up to date is left alone"


async def test_who_files_is_told_of_a_review_that_comes_too_early(
    server: Server, ada: Any, now: Clock
) -> None:
    soon = now() + timedelta(days=28)
    parameters = f"{PAYOUT['parameters']}\nreview: {soon.date()}"
    told = (await file(server, ada, kind="payout", **PAYOUT | {"parameters": parameters})).content
    assert told.startswith(
        f"Filed as #1. Its review on {soon.date()} comes after 4 rounds. If the rules go on"
    )
    assert "that can be told from luck. <https://discord.com/" in told


async def test_another_revision_has_an_effect_of_its_own(server: Server, ada: Any) -> None:
    await file(server, ada, kind="payout", **PAYOUT)
    form = await ada.slash(server.channel, "proposal revise", number=1)
    shown = said(await ada.submit_modal(form, PAYOUT | {"parameters": "rule: 1xCORR"}))
    assert "~~" in text_of(shown)
    await ada.click(shown.message, label="Save the revision")
    text = text_of(card_in(server.channel))
    assert "Everyone −4,190 NMR in the rounds that paid CORR and TC, +5,363 over all 122 rounds" in text
    assert await rows(server, "revision", "proposal_effects ORDER BY revision") == [(1,), (2,)]


async def test_a_card_of_an_earlier_time_is_drawn_anew(server: Server, ada: Any) -> None:
    """Cards that were posted before effects were kept get theirs from the clock."""
    await file(server, ada, kind="payout", **PAYOUT)
    async with transaction(server.database):
        await execute(server.database, "DELETE FROM proposal_effects")
        await execute(server.database, "UPDATE proposal_cards SET shown = 'an embed'")
    await look(server)
    assert "Everyone −920 NMR" in text_of(card_in(server.channel))


async def test_every_page_and_button_of_a_post_pressed_twice_and_by_others(server: Server, ada: Any) -> None:
    await file(server, ada, kind="payout", **PAYOUT)
    card = card_in(server.channel)
    for member in (server.ben, server.moderator):
        for _ in range(2):
            read = said(await member.click(card, label="Full text"))
            assert labels_of(read) == ["Next"]
            await member.click(read.message, label="Next")
            assert labels_of(read) == ["Back", "Next"]
            assert "Parameters" in text_of(read)
            await member.click(read.message, label="Next")
            assert "**Next steps**" in text_of(read)
            assert labels_of(read) == ["Back"]
    await ask(server, server.moderator, "hide", number=1, reason="Spam.")
    await server.moderator.click(read.message, label="Back")
    assert "#1 is hidden" in text_of(read), "what was turned to before it was hidden"
