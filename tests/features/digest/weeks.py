"""A week of a server: what happened in it, and sources that tell of stakes and rules."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from features.digest.summary import Told, summarise
from governance.digest.summary import Period
from governance.proposals.document import from_json, to_json
from scoring.rules import PayoutRule, rule_in_force
from storage.database import Database
from storage.polls.ballots import ballots_of
from storage.polls.casting import cast
from storage.polls.polls import Elector, Poll, poll_in
from storage.proposals.arguments import argue
from tests.features.polls.polls import close_due, opened
from tests.features.proposals.proposals import BERT, EARLY, HERE, NOW, filed
from tests.features.stakes.made_up import MadeUp, calendar, stakes_of
from tournament.source import SourceError

WEEK, HOUR, MOMENT = timedelta(days=7), timedelta(hours=1), timedelta(microseconds=1)
PERIOD = Period(("2031-W18",), NOW - WEEK, NOW)
IN_IT = NOW - timedelta(days=3)
EMPTY = MadeUp(None)


@dataclass(frozen=True)
class Announced(MadeUp):
    """A source that announces a rule."""

    announced: str = ""
    differs: str = ""
    live: bool = True
    caveats: Mapping[str, str] = field(default_factory=dict)

    async def live_rule(self) -> PayoutRule | None:
        if not self.announced:
            return None
        paid = {score: float(times) for times, score in (p.split("x") for p in self.announced.split(" + "))}
        return replace(rule_in_force("classic", on=NOW), multipliers=paid)

    async def live_rule_differs(self) -> str:
        return self.differs


@dataclass(frozen=True)
class Broken(Announced):
    """A source that is asked for its rule in vain."""

    async def live_rule(self) -> PayoutRule | None:
        raise SourceError("Numerai does not answer")


def text(title: str = "Cap the weights", **more: Any) -> str:
    form = {"title": title, "tournament": "classic", "kind": "payout", "problem": "p", "change": "c"}
    return to_json(from_json(json.dumps(form | more)))


async def told_of(db: Database, *, source: Any = EMPTY, period: Period = PERIOD, now: datetime = NOW) -> Told:
    return await summarise(db, source, HERE, period, now)


async def summary_of(db: Database, **more: Any) -> Any:
    return (await told_of(db, **more)).summary


async def voted(db: Database, poll: Poll, choices: list[str], now: datetime) -> None:
    for member, choice in enumerate(choices, 1):
        await cast(db, HERE, poll.poll_id, member, json.dumps(choice), now)


async def closed(db: Database, choices: list[str], stakes: list[float], **more: Any) -> Poll:
    """A poll of these ballots and verified stakes, closed in the week."""
    electors = [Elector(number, stake, f"account_{number}") for number, stake in enumerate(stakes, 1)]
    poll = await opened(
        db, opens_at=NOW - WEEK - HOUR, closes_at=IN_IT, now=NOW - WEEK - HOUR, electors=electors, **more
    )
    await voted(db, poll, choices, NOW - WEEK)
    assert await close_due(db, IN_IT)
    return await poll_in(db, HERE, poll.number)


async def moved(db: Database, changed: int, *, after: timedelta = HOUR) -> None:
    """A vote on proposal 1 with an argument, after which so many of eight changed their ballot."""
    proposal = await filed(db, text=text(), now=NOW - 2 * WEEK)
    await argue(db, HERE, proposal.number, BERT, "against", "Caps can be split", IN_IT, stages=EARLY)
    poll = await opened(
        db, opens_at=NOW - WEEK - HOUR, now=NOW - WEEK - HOUR, proposal_id=proposal.proposal_id
    )
    await voted(db, poll, ["two"] * 8, NOW - WEEK)
    await voted(db, poll, ["five"] * changed, IN_IT + after)
    assert sum(ballot.changes for ballot in await ballots_of(db, HERE, poll.poll_id)) == changed


def held(day: date, *stake: float, **more: Any) -> MadeUp:
    return MadeUp(stakes_of(stake, day=day), known_rounds=calendar(3), **more)
