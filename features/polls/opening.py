"""How a poll begins: what was typed becomes its terms, and its electorate is frozen."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from features.polls.ballot_text import read_options, read_range
from features.polls.view import PollView, view_of
from governance.chain import canonical, sha256
from governance.text import clean, clean_line
from governance.votes.ballots import BUDGET, METHODS, check_ballot
from storage.database import Database
from storage.members.verifications import verified_members
from storage.polls import polls
from storage.polls.polls import Elector, Eligibility, PollTerms
from tournament.source import Source, SourceError

LONGEST = timedelta(days=60)
SHORTEST = timedelta(minutes=5)


async def new_poll(
    db: Database,
    source: Source,
    guild_id: int,
    member_id: int,
    typed: Mapping[str, str],
    *,
    method: str,
    lasts: timedelta,
    eligibility: Eligibility,
    quorum: int,
    members: Iterable[int],
    now: datetime,
    proposal_id: int | None = None,
    spec_hash: str = "",
) -> PollView:
    """Open a poll from what was typed; `members` are those of the server who might be verified.

    Who is verified, and the stake of their accounts, is frozen now. How many might vote is known only where
    these are all: without the right to list members, what the gateway counts is old and has bots in it.
    Raises ValueError with a sentence for what makes no poll.
    """
    if method not in METHODS:
        raise ValueError(f"A poll is one of {', '.join(METHODS)}.")
    title = clean_line(typed.get("title", ""))
    if not 0 < len(title) <= 200:
        raise ValueError(f"The question has 1 to 200 characters; this one has {len(title)}.")
    description = clean(typed.get("description", ""))
    if len(description) > 1000:
        raise ValueError(f"What one should know has at most 1,000 characters; this has {len(description):,}.")
    if not SHORTEST <= lasts <= LONGEST:
        raise ValueError("A poll lasts from 5 minutes to 60 days.")
    if not 0 <= quorum <= 1_000_000:
        raise ValueError("A quorum is a number of ballots from 0 on.")
    if method == "gradient":
        options: list[Any] = []
    elif method == "numeric":
        options = read_range(typed.get("options", "").splitlines())
    else:
        options = read_options(typed.get("options", ""))
    check_ballot(method, None, options)  # options with which nobody could vote are refused here
    electors = await _electors(db, source, members)
    terms = PollTerms(
        title=title,
        description=description,
        method=method,
        options=options,
        budget=BUDGET if method == "dots" else None,
        opens_at=now,
        closes_at=now + lasts,
        spec_hash=spec_hash or sha256(canonical([title, description, method, options])),
        quorum=quorum,
        eligibility=eligibility,
        electorate=len(electors) if eligibility == Eligibility(verified=True) else 0,
    )
    poll = await polls.open_poll(
        db, guild_id, member_id, terms, now, electors=electors, proposal_id=proposal_id
    )
    return await view_of(db, poll)


async def _electors(db: Database, source: Source, members: Iterable[int]) -> list[Elector]:
    """The verified among these members, with the stake of their accounts as of now."""
    verified = await verified_members(db, list(members))
    if not verified:
        return []
    try:
        stakes = await source.stakes()
    except SourceError:
        return [Elector(each.member_id, 0.0, each.account) for each in verified]
    of_account = dict(
        zip((name.casefold() for name in stakes.accounts), stakes.account_stake.tolist(), strict=True)
    )
    return [
        Elector(each.member_id, of_account.get(each.account.casefold(), 0.0), each.account)
        for each in verified
    ]
