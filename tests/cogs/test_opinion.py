"""`/opinion` as members use it: add, vote button by button, change a vote, see the map, hide."""

from typing import Any

import numpy as np
import pytest

from bot import create_bot
from cogs.opinion import VoteButton
from features.opinions.statements import folded
from storage.database import fetch_all, transaction
from storage.members.privacy import delete
from storage.opinions import add_statement, statements_of, votes_in
from tests.cogs.answers import check_answer
from tests.features.opinions.test_map import SHARED, SPLIT, camps
from tests.offline import Server, all_told, parts_of, posted, said, text_of, titles
from tests.storage.logs import statement_events
from tournament.sample import SampleSource

CLAIMS = ("Cap the weights", "Announce changes early", "Pay for the fund alone")


async def add(server: Server, claim: str) -> Any:
    return said(await server.ben.slash(server.channel, "opinion add", claim=claim))


async def fill(server: Server, first: int, second: int) -> None:
    """Planted votes of made-up members, one of whom is Ben."""
    now = server.bot.now()
    statements = [
        await add_statement(server.database, server.guild.id, 10**6 + index // 4, claim, folded(claim), now)
        for index, claim in enumerate(SHARED + SPLIT)
    ]
    async with transaction(server.database):
        await server.database.connection.executemany(
            "INSERT INTO opinion_votes VALUES (?, ?, ?, ?, '2031-05-04T12:00:00.000000+00:00')",
            [
                (statement.statement_id, server.guild.id, server.ben.id if row == 0 else row, int(said))
                for row, votes in enumerate(camps(first, second))
                for statement, said in zip(statements, votes, strict=True)
            ],
        )


async def rows(server: Server) -> list[tuple[int, int]]:
    return [(vote.member_id, vote.vote) for vote in await votes_in(server.database, server.guild.id)]


# ---------------------------------------------------------------- adding


async def test_a_statement_is_added_and_nobody_reads_whose_it_is(server: Server) -> None:
    reply = await add(server, "  Cap the  *weights* ")
    assert titles(reply) == ["Statement #1 is added"]
    [row] = await statements_of(server.database, server.guild.id)
    assert row.claim == "Cap the *weights*"
    text = text_of(said(await server.moderator.slash(server.channel, "opinion list")))
    assert r"**#1** Cap the \*weights\*" in text
    assert "Ben" not in text
    assert str(server.ben.id) not in text


BAD = [
    ("…", "needs words"),
    ("x" * 141, "this one has 141"),
    ("<@900719925474099301> is wrong", "names nobody"),
    ("See https://forum.example/t/1", "no links"),
]


async def test_bad_statements_get_a_sentence_and_no_row(server: Server, subtests: pytest.Subtests) -> None:
    for claim, sentence in BAD:
        with subtests.test(sentence):
            assert sentence in (await add(server, claim)).content
    assert await statements_of(server.database, server.guild.id, include_hidden=True) == []
    assert "Nobody has voted" in said(await server.ben.slash(server.channel, "opinion map")).content


async def test_the_sixth_statement_of_a_day_and_a_duplicate_are_refused(server: Server) -> None:
    for number in range(5):
        await add(server, f"Claim {number}")
    assert (await add(server, "claim 3.")).content.startswith("That is statement #4 already.")
    assert (await add(server, "Claim 5")).content.startswith("You have added 5 statements in 24 hours")
    assert len(await statements_of(server.database, server.guild.id)) == 5


async def test_a_message_becomes_a_statement_in_a_form_with_its_beginning(server: Server) -> None:
    message = await server.moderator.send(server.channel, "No overnight changes. " + "word " * 100)
    shown = await server.ben.context_menu(server.channel, "Add as statement", message)
    assert shown.modal is not None
    [label] = shown.modal["components"]
    field = label["component"]
    assert field["value"] == ("No overnight changes. " + "word " * 100)[:140].strip()
    assert field["max_length"] == 140
    done = said(await server.ben.submit_modal(shown, {"claim": "Nothing changes overnight"}))
    assert titles(done) == ["Statement #1 is added"]
    [row] = await statements_of(server.database, server.guild.id)
    assert row.claim == "Nothing changes overnight"
    refused = await server.ben.submit_modal(
        await server.ben.context_menu(server.channel, "Add as statement", message), {"claim": "@ben is wrong"}
    )
    assert "names nobody" in said(refused).content
    again = await server.ben.click(said(refused).message, label="Back to the form")
    assert again.modal is not None
    [label] = again.modal["components"]
    assert label["component"]["value"] == "@ben is wrong", "what was typed is not lost"
    done = said(await server.ben.submit_modal(again, {"claim": "Nobody is wrong"}))
    assert titles(done) == ["Statement #2 is added"]
    message = await server.moderator.send(server.channel, attachments=[("picture.png", b"x")])
    refused = said(await server.ben.context_menu(server.channel, "Add as statement", message))
    assert "There is no text in that message" in refused.content


# ---------------------------------------------------------------- voting


async def test_votes_go_on_in_the_same_message_until_nothing_is_left(server: Server) -> None:
    for claim in CLAIMS:
        await add(server, claim)
    reply = said(await server.ben.slash(server.channel, "opinion vote"))
    assert "3 of 3 statements left" in text_of(reply)
    seen = set()
    for label, left in (("Agree", "2 of 3 statements left"), ("Disagree", "1 of 3 statements left")):
        seen |= set(titles(reply.message))
        clicked = said(await server.ben.click(reply.message, label=label))
        assert clicked.id == reply.id, "the same message goes on"
        assert left in text_of(clicked)
        await check_answer(clicked, charts=0)
    assert "You disagreed with the last one" in text_of(clicked)
    seen |= set(titles(reply.message))
    last = said(await server.ben.click(reply.message, label="Pass"))
    assert "You have voted on all 3 statements." in text_of(last)
    assert not [part for part in parts_of(last) if "custom_id" in part]
    assert seen == set(CLAIMS)
    assert sorted(vote for _, vote in await rows(server)) == [-1, 0, 1]


async def test_a_vote_is_changed_by_its_number(server: Server) -> None:
    await add(server, CLAIMS[0])
    reply = said(await server.ben.slash(server.channel, "opinion vote", statement=1))
    await server.ben.click(reply.message, label="Agree")
    again = said(await server.ben.slash(server.channel, "opinion vote", statement=1))
    assert "So far you agree" in text_of(again)
    changed = said(await server.ben.click(again.message, label="Disagree"))
    assert "You disagreed with the last one, and agreed with it before" in text_of(changed)
    assert await rows(server) == [(server.ben.id, -1)]
    assert "you disagree" in text_of(said(await server.ben.slash(server.channel, "opinion list")))
    choices = await server.ben.autocomplete(server.channel, "opinion vote", "statement", "cap")
    assert [choice["value"] for choice in choices] == [1]


async def test_the_buttons_work_after_a_restart(server: Server, source: SampleSource) -> None:
    for claim in CLAIMS[:2]:
        await add(server, claim)
    reply = said(await server.ben.slash(server.channel, "opinion vote"))
    await server.bot.close()
    await server.env.restart_bot(create_bot(server.bot.settings, source=source))
    clicked = said(await server.ben.click(reply.message, label="Agree"))
    assert "1 of 2 statements left" in text_of(clicked)
    await server.ben.click(reply.message, label="Disagree")
    assert sorted(await rows(server)) == [(server.ben.id, -1), (server.ben.id, 1)]


async def test_a_vote_delivered_twice_leaves_one_row(server: Server) -> None:
    await add(server, CLAIMS[0])
    replies = [said(await server.ben.slash(server.channel, "opinion vote")) for _ in range(2)]
    for reply in replies:
        await server.ben.click(reply.message, label="Agree")
    assert await rows(server) == [(server.ben.id, 1)]


async def test_moderators_hide_and_what_is_hidden_takes_no_vote_and_shows_the_reason(server: Server) -> None:
    await add(server, CLAIMS[0])
    reply = said(await server.ben.slash(server.channel, "opinion vote"))
    refused = said(await server.ben.slash(server.channel, "opinion hide", number=1, reason="Mine"))
    assert refused.content == "Only moderators of this server can do that."
    assert len(await statements_of(server.database, server.guild.id)) == 1
    await server.moderator.slash(server.channel, "opinion hide", number=1, reason="*Rude*")
    refused = await server.ben.click(reply.message, label="Agree")
    assert said(refused).content == r"Statement #1 is hidden, for this reason: \*Rude\*"
    assert await rows(server) == []
    text = text_of(said(await server.ben.slash(server.channel, "opinion list")))
    assert r"**#1** hidden by the moderators: \*Rude\*" in text
    assert CLAIMS[0] not in text
    [(kind, _, actor)] = await statement_events(server.database, server.guild.id)
    assert (kind, actor) == ("hidden", server.moderator.id)
    twice = said(await server.moderator.slash(server.channel, "opinion hide", number=1, reason="Ruder"))
    assert "There was nothing to change" in twice.content
    await server.moderator.slash(server.channel, "opinion hide", number=1, reason="No", show_again=True)
    assert CLAIMS[0] in text_of(said(await server.ben.slash(server.channel, "opinion list")))


async def test_another_server_s_statement_can_t_be_voted_on(server: Server) -> None:
    await add(server, CLAIMS[0])
    reply = said(await server.ben.slash(server.channel, "opinion vote"))
    other = server.env.create_guild("Elsewhere")
    channel = other.create_text_channel("talk")
    guest = other.add_member(server.env.create_user("gus"))
    elsewhere = said(await guest.slash(channel, "opinion vote"))
    assert "There is no statement here yet" in text_of(elsewhere)
    assert "no statement #1" in said(await guest.slash(channel, "opinion vote", statement=1)).content
    await server.ben.click(reply.message, label="Pass")
    assert await votes_in(server.database, other.id) == []


# ---------------------------------------------------------------- the map


async def test_planted_groups_are_in_the_card_and_can_be_shared(server: Server) -> None:
    await fill(server, 36, 24)
    reply = said(await server.ben.slash(server.channel, "opinion map"))
    assert titles(reply) == ["60 members fall in 2 groups; 2 statements unite them all"]
    assert "A 36 members · B 24 members · you vote with group A" in text_of(reply)
    assert "**Unites** #" in text_of(reply)
    assert "**Divides** #" in text_of(reply)
    await check_answer(reply)
    behind = await all_told(server.ben, reply)
    for part in ("Group A: 36 members", "Group B: 24 members", SHARED[0], "It is no vote"):
        assert part in behind
    await server.ben.click(reply.message, label="Share")
    [shared] = posted(server.channel)
    assert "you vote with" not in text_of(shared)
    assert "A 36 members · B 24 members" in text_of(shared)
    await check_answer(shared)
    assert "Group A: 36 members" in await all_told(server.moderator, shared)


async def test_the_card_says_who_is_left_out_and_why(server: Server) -> None:
    await fill(server, 20, 16)
    async with transaction(server.database):
        await server.database.connection.execute("UPDATE opinion_votes SET vote = 1 WHERE member_id < 8")
        await server.database.connection.execute(
            "UPDATE opinion_votes SET vote = 1 WHERE member_id = ?", (server.ben.id,)
        )
    reply = said(await server.ben.slash(server.channel, "opinion map"))
    assert "**Note** 8 members agree with everything they voted on; chance doesn't explain it" in text_of(
        reply
    )
    assert "you gave one answer to everything, so you are in no group" in text_of(reply)
    await server.ben.click(reply.message, label="Share")
    [shared] = posted(server.channel)
    assert "you gave one answer" not in text_of(shared)
    assert "8 members agree with everything" in text_of(shared)


async def test_who_waits_for_many_votes_is_told_so_until_the_map_is_there(server: Server) -> None:
    await fill(server, 900, 600)
    result = await server.ben.slash(server.channel, "opinion map")
    reply = said(result)
    assert titles(reply) == ["1,500 members fall in 2 groups; 2 statements unite them all"]
    assert "Grouping 1,500 members by 12,000 votes …" in server.env.transcript()
    assert result.response is None, "the line is gone once the map is there"


async def test_ten_members_get_the_reason_and_no_chart(server: Server) -> None:
    await fill(server, 6, 4)
    reply = said(await server.ben.slash(server.channel, "opinion map"))
    text = await all_told(server.ben, reply)
    assert titles(reply) == ["No stable groups among 10 members"]
    assert "Groups need 20 people" in text
    assert "What unites most" in text
    await check_answer(reply, charts=0)


async def test_who_deletes_their_data_is_neither_author_nor_voter(server: Server) -> None:
    await add(server, CLAIMS[0])
    reply = said(await server.ben.slash(server.channel, "opinion vote"))
    await server.ben.click(reply.message, label="Agree")
    await delete(server.database, server.ben.id)
    assert await rows(server) == []
    assert await fetch_all(server.database, "SELECT 1 FROM opinion_authors") == []
    await check_answer(said(await server.ben.slash(server.channel, "opinion list")), charts=0)


@pytest.mark.parametrize("said_", ["agree", "disagree", "pass"])
async def test_the_custom_ids_round_trip(said_: str) -> None:
    button = VoteButton(10**18 - 1, said_)
    match = VoteButton.__discord_ui_compiled_template__.fullmatch(button.custom_id)
    assert match is not None
    again = await VoteButton.from_custom_id(None, button.item, match)  # type: ignore[arg-type]
    assert (again.statement_id, again.said) == (10**18 - 1, said_)
    assert len(button.custom_id) <= 100


def test_the_planted_votes_are_not_all_alike() -> None:
    assert len(np.unique(camps(36, 24), axis=0)) > 2
