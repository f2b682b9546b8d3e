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
from wording.numbers import listed

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
    check_terms(method, lasts, quorum)
    title, description, options, wrong = _read(method, typed)
    if wrong:
        raise ValueError("\n".join(wrong))
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


def check_terms(method: str, lasts: timedelta, quorum: int) -> None:
    """Raise ValueError for what makes no poll, whatever is typed into its form."""
    wrong: list[str] = []
    if method not in METHODS:
        wrong.append(f"People vote by {listed([each.words for each in METHODS.values()], 'or')}.")
    if not SHORTEST <= lasts <= LONGEST:
        wrong.append("A poll lasts from 5 minutes to 60 days.")
    if not 0 <= quorum <= 1_000_000:
        wrong.append("A quorum is a number of ballots from 0 on.")
    if wrong:
        raise ValueError("\n".join(wrong))


def _read(method: str, typed: Mapping[str, str]) -> tuple[str, str, list[Any], list[str]]:
    """Title, description and options as they were typed, and a sentence for each mistake in them."""
    wrong: list[str] = []
    title, description = clean_line(typed.get("title", "")), clean(typed.get("description", ""))
    if not 0 < len(title) <= 200:
        wrong.append(f"The question has 1 to 200 characters; this one has {len(title)}.")
    if len(description) > 1000:
        wrong.append(f"What one should know has at most 1,000 characters; this has {len(description):,}.")
    options: list[Any] = []
    try:
        if method == "numeric":
            options = read_range(typed.get("options", "").splitlines())
        elif method != "gradient":
            options = read_options(typed.get("options", ""))
        check_ballot(method, None, options)  # options with which nobody could vote are refused here
    except ValueError as error:
        wrong.append(str(error))
    return title, description, options, wrong


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
