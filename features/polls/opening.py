"""How a poll begins: what was typed becomes its terms, and its electorate is frozen."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from features.polls.ballot_text import read_options, read_range
from features.polls.view import PollView, view_of
from governance.commitments import canonical, sha256
from governance.looks import told_apart
from governance.text import clean, clean_line, shown
from governance.votes.ballots import BUDGET, METHODS, check_ballot
from governance.votes.rule import DEFAULT, LEAST, Rule
from storage.database import Database
from storage.members.active import active_members
from storage.members.verifications import verified_members
from storage.polls import opening
from storage.polls.polls import Elector, Eligibility, PollTerms
from storage.proposals.blocks import block_reason
from tournament.source import Source, SourceError
from wording.numbers import listed

ACTIVE = timedelta(days=90)
DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
LONGEST = timedelta(days=60)
SHORTEST = timedelta(minutes=5)
LOWEST_LEAST = 2
MOST_OPEN = 10  # polls of a member on a server


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
    rule: Rule = DEFAULT,
    members: Iterable[int],
    now: datetime,
    proposal_id: int | None = None,
    spec_hash: str = "",
) -> PollView:
    """Open a poll from what was typed; `members` are those of the server who might be verified.

    Who is verified, and the stake of their accounts, is frozen now, and so is how many might vote, as far as
    the bot knows: see known_members. Raises ValueError with a sentence for what makes no poll.
    """
    check_terms(method, lasts, quorum, rule)
    title, description, options, wrong = _read(method, typed)
    if wrong:
        raise ValueError("\n".join(wrong))
    electors = await _electors(db, source, members)
    known = await known_members(db, guild_id, electors, eligibility, now)
    if rule.electorate and not known:
        raise ValueError(
            "A share of those who might vote needs to know who they are. That can't be told where a role or "
            "days on the server are asked for, nor while the bot knows no member: leave electorate out."
        )
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
        electorate=len(known),
        rule=rule,
    )
    poll = await opening.open_poll(
        db,
        guild_id,
        member_id,
        terms,
        now,
        electors=electors,
        proposal_id=proposal_id,
        most_open=MOST_OPEN if proposal_id is None else None,
    )
    return await view_of(db, poll)


async def known_members(
    db: Database, guild_id: int, electors: Iterable[Elector], asked: Eligibility, now: datetime
) -> set[int]:
    """Who might vote, as far as the bot knows: verified members, and who took part in the last 90 days.

    What the gateway counts is old and has bots in it, and members can't be listed. Empty where a role or days
    on the server are asked for: who has those can't be told.
    """
    if asked.role is not None or asked.server_days:
        return set()
    verified = {elector.member_id for elector in electors}
    known = verified if asked.verified else verified | await active_members(db, guild_id, now - ACTIVE)
    old_enough = now - timedelta(days=asked.account_days)
    return {member for member in known if not asked.account_days or _made_at(member) <= old_enough}


def _made_at(member_id: int) -> datetime:
    """When a Discord account was made: its id begins with the milliseconds since 2015."""
    return DISCORD_EPOCH + timedelta(milliseconds=member_id >> 22)


def check_terms(method: str, lasts: timedelta, quorum: int, rule: Rule) -> None:
    """Raise ValueError for what makes no poll, whatever is typed into its form."""
    wrong: list[str] = []
    if method not in METHODS:
        wrong.append(f"People vote by {listed([each.words for each in METHODS.values()], 'or')}.")
    if not SHORTEST <= lasts <= LONGEST:
        wrong.append("A poll lasts from 5 minutes to 60 days.")
    if not 0 <= quorum <= 1_000_000:
        wrong.append("A quorum is a number of ballots from 0 on.")
    if rule.least_ballots < LOWEST_LEAST:
        wrong.append(
            f"least is {LOWEST_LEAST} ballots at the lowest: a result of one would be somebody's ballot."
        )
    if method != "gradient" and replace(rule, least_ballots=LEAST) != DEFAULT:
        wrong.append("blocks, favour and electorate are for votes by five steps from support to block.")
    if wrong:
        raise ValueError("\n".join(wrong))


def read_quick(question: str, answers: str, hours: int) -> tuple[str, list[str]]:
    """The question and the answers of a native poll. Raises ValueError with what is wrong with them."""
    asked, choices = clean_line(question), [clean_line(shown(each)) for each in answers.split(";")]
    choices = [each for each in choices if each]
    if not 2 <= len(choices) <= 10:
        raise ValueError(f"A quick poll has 2 to 10 answers separated by “;”; these are {len(choices)}.")
    if too_long := next((each for each in choices if len(each) > 55), None):
        raise ValueError(f"An answer has at most 55 characters; “{too_long[:40]}…” has {len(too_long)}.")
    if wrong := told_apart(choices):
        raise ValueError("\n".join(wrong))
    if not 0 < len(asked) <= 300:
        raise ValueError(f"The question has 1 to 300 characters; this one has {len(asked)}.")
    if not 1 <= hours <= 768:
        raise ValueError("A quick poll lasts from 1 to 768 hours.")
    return asked, choices


async def check_may_open(db: Database, guild_id: int, member_id: int) -> None:
    """Raise ValueError with the reason unless this member may open polls on this server."""
    reason = await block_reason(db, guild_id, member_id)
    if reason is not None:
        raise ValueError(f"You may not open polls on this server, for this reason: {reason}")


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
