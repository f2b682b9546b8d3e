"""Public results of a poll tell nothing exact of what its voters have at stake."""

import pytest
from simcord.actors import MemberActor
from simcord.builders import UserHandle

from storage.database import execute, transaction
from storage.polls.casting import cast
from storage.polls.polls import Elector
from tests.features.polls.polling import CUT, KEEP, ask, close, exported, poll_of, start, told_behind
from tests.features.proposals.proposing import Clock, card_in, rows
from tests.offline import Server, text_of

pytestmark = pytest.mark.slow  # a bot for each test


async def test_public_results_tell_nothing_exact_of_the_stakes(server: Server, now: Clock) -> None:
    """Sixty verified members, whose stakes everybody can read on the leaderboard."""
    card = await start(server, server.ben, hours=96.0)
    [(poll_id,)] = await rows(server, "poll_id", "polls")
    # ids as long as Discord's: a short one would stand in some hash by chance
    stakes = {900_719_925_474_099_000 + n: 101.25 + 13.37 * n for n in range(60)}
    async with transaction(server.database):
        for member_id, stake in stakes.items():
            elector = Elector(member_id, stake, f"account_{member_id}")
            await execute(
                server.database,
                "INSERT INTO electors (poll_id, guild_id, member_id, stake, account) VALUES (?, ?, ?, ?, ?)",
                (poll_id, server.guild.id, elector.member_id, elector.stake, elector.account),
            )
    votes = {member_id: (KEEP, CUT)[member_id % 5 < 2] for member_id in stakes}
    for member_id, choice in votes.items():
        await cast(server.database, server.guild.id, poll_id, member_id, f'"{choice}"', now())
    await close(server, now)
    view = await poll_of(server)
    assert view.result is not None
    shown = [each for each in view.result.strategies if each.shares is not None]
    assert {"verified_only", "log_stake", "sqrt_stake", "linear_stake"} <= {each.name for each in shown}
    for each in shown:
        assert each.shares
        assert all(share % 5 == 0 for share in each.shares.values()), each
    told = await ask(server, server.ben, "results", number=1)
    text = text_of(told) + await told_behind(server.ben, told)
    body, content, _ = await exported(server, server.ben)
    everything = text + content.decode() + text_of(card_in(server.channel)) + text_of(card)
    whole = sum(stakes.values())
    for choice in (KEEP, CUT):
        part = sum(stake for member_id, stake in stakes.items() if votes[member_id] == choice)
        for exact in (
            f"{part:.2f}",
            f"{part:,.2f}",
            f"{part:.0f}",
            f"{part:,.0f}",
            f"{100 * part / whole:.1f} %",
        ):
            assert exact not in text, exact
        assert f"{part / whole:.4f}"[1:] not in everything
    assert "electors" not in body
    assert not [member_id for member_id in stakes if str(member_id) in everything]
    assert all(
        share % 5 == 0
        for shares in body["weighted"].values()
        if shares is not None
        for share in shares.values()
    )
    for member in (server.ben, server.moderator):
        refused = await ask(server, member, "results", number=1, exact=True)
        assert "only the host of the bot sees them" in refused.content
    assert (await server.bot.application_info()).owner.id == server.env.backend.bot_user.id
    host = MemberActor(server.env, server.guild, UserHandle(server.env, server.env.backend.bot_user))
    told = await ask(server, host, "results", number=1, exact=True)
    assert "linear_stake: Keep it" in told.content
