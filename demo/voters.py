"""Forty made-up members who vote in the demo's polls, with verified accounts of the sample behind most."""

import random
from datetime import UTC, datetime
from typing import Any

from features.polls.casting import Member, cast_ballot
from features.polls.view import PollView, poll_view
from governance.votes.ballots import STEPS
from storage.members.verifications import make_code, use_code

VOTERS = 40
VERIFIED = 34
SEED = 2023


async def seed_voters(bot: Any, env: Any, guild: Any) -> list[int]:
    """Members of the server; most have shown that an account of the sample is theirs."""
    tools = bot.tools
    stakes = await tools.source("classic").stakes()
    staked = sorted(zip(stakes.account_stake.tolist(), stakes.accounts, strict=True), reverse=True)
    # from the largest to the smallest stakes, every hundredth account
    accounts = [name for stake, name in staked if stake > 0][5::100]
    members = []
    for place in range(VOTERS):
        member = guild.add_member(env.create_user(f"voter_{place + 1:02}"))
        members.append(member.id)
        if place < min(VERIFIED, len(accounts)):
            code = await make_code(tools.database, member.id, "classic", "model_00001", tools.now())
            await use_code(tools.database, member.id, code.code, accounts[place], tools.now())
    return members


async def cast_votes(bot: Any, guild_id: int, number: int, voters: list[int]) -> None:
    """A ballot of each voter, the same in every demo; the first options are the more popular ones."""
    rng = random.Random(SEED + number)
    view = await poll_view(bot.tools.database, guild_id, number)
    for voter in voters:
        member = Member(voter, frozenset(), None, datetime(2020, 1, 1, tzinfo=UTC))
        await cast_ballot(bot.tools.database, view, member, made_up(view, rng), bot.tools.now())


def made_up(view: PollView, rng: random.Random) -> Any:
    """A ballot under the poll's method."""
    options = list(view.options)
    if view.method == "gradient":
        return rng.choices(list(STEPS), weights=(12, 10, 7, 8, 3))[0]
    if view.method == "numeric":
        return rng.choice(("0.25", "0.3", "0.35", "0.4", "0.5"))
    shuffled = sorted(options, key=lambda option: rng.random() * (1 + options.index(option)))
    if view.method == "single":
        return shuffled[0]
    if view.method == "approval":
        return shuffled[: rng.randint(1, len(options))]
    if view.method == "score":
        return {option: rng.randint(0, 5) for option in options}
    if view.method == "dots":
        return {shuffled[0]: 6, shuffled[1]: 4}
    return shuffled[: rng.randint(1, len(options))]
