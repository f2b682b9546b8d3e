"""What may be told of a poll: one as it stands, a page of them, one's own ballot."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from features.polls.results.result import PollResult, RunoffRound, Strategy
from governance.votes.ballots import METHODS
from governance.votes.rule import Rule
from storage.database import Database
from storage.polls import ballots, polls
from storage.polls.polls import Poll, hidden_words
from wording.numbers import counted


@dataclass(frozen=True)
class Reason:
    """Why somebody voted as they did; member_id only where they want to be named."""

    text: str
    member_id: int | None


@dataclass(frozen=True)
class PollView:
    """A poll with everything that may be told of it."""

    poll: Poll
    result: PollResult | None
    head: str  # of the export of a closed poll; "" before, and where it closed before there was one
    reasons: tuple[Reason, ...]

    @property
    def hidden(self) -> str:
        """Why it is not shown, in a sentence; "" while it is."""
        reason = self.poll.hidden_reason
        return "" if reason is None else hidden_words(self.poll.number, reason)

    @property
    def method(self) -> str:
        """One of governance.votes.ballots.METHODS."""
        return self.poll.method

    @property
    def options(self) -> tuple[Any, ...]:
        """Names, or a range."""
        return tuple(self.poll.options or ())

    @property
    def wins(self) -> str:
        """What wins, in a sentence: for gradients, the rule of adoption of this poll."""
        return self.poll.rule.sentence if self.method == "gradient" else METHODS[self.method].wins

    @property
    def who_may(self) -> str:
        """Who may vote, in words; "" for everybody."""
        asked = self.poll.eligibility
        parts = [f"<@&{asked.role}>"] if asked.role else []
        if asked.server_days:
            parts.append(f"{counted(asked.server_days, 'day')} on this server")
        if asked.account_days:
            parts.append(f"a Discord account of {counted(asked.account_days, 'day')}")
        if asked.verified:
            parts.append("a verified Numerai account")
        return ", ".join(parts)


@dataclass(frozen=True)
class PollLine:
    """A poll in a list."""

    number: int
    title: str
    method: str
    state: str
    closes_at: datetime
    poll_id: int


@dataclass(frozen=True)
class MyBallot:
    """One's own ballot and the receipt for it."""

    number: int
    method: str
    choice: Any
    receipt: str


async def poll_view(db: Database, guild_id: int, number: int) -> PollView:
    """A server's poll by its number. Raises ValueError where there is none."""
    return await view_of(db, await polls.poll_in(db, guild_id, number))


async def poll_with_id(db: Database, guild_id: int, poll_id: int) -> PollView:
    """A server's poll by the id that its buttons carry. Raises ValueError where it is gone."""
    poll = await polls.poll_with_id(db, guild_id, poll_id)
    if poll is None:
        raise ValueError("That poll is not on this server any more.")
    return await view_of(db, poll)


async def list_polls(
    db: Database, guild_id: int, *, state: str | None, page: int, size: int = 8
) -> tuple[list[PollLine], int, int]:
    """A page of polls, newest first, with the number of pages and of polls."""
    states = None if state is None else (state,)
    total = await polls.count_polls(db, guild_id, states=states)
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    found = await polls.polls_in(db, guild_id, states=states, limit=size, offset=size * (page - 1))
    return (
        [PollLine(p.number, p.title, p.method, p.state, p.closes_at, p.poll_id) for p in found],
        pages,
        total,
    )


async def view_of(db: Database, poll: Poll) -> PollView:
    """A poll with everything that may be told of it."""
    reasons: Sequence[Reason] = ()
    result = result_of(poll)
    if result is not None and not result.too_few:
        reasons = [
            Reason(ballot.reason, ballot.member_id if ballot.reason_named else None)
            for ballot in await ballots.ballots_of(db, poll.guild_id, poll.poll_id)
            if ballot.reason
        ]
    return PollView(
        poll=poll,
        result=result,
        head="" if poll.result is None else json.loads(poll.result).get("head", ""),
        reasons=tuple(sorted(reasons, key=lambda reason: reason.text)),  # not in the order of members' ids
    )


def result_of(poll: Poll) -> PollResult | None:
    """The result of a closed poll, as it was kept; None before, and for a cancelled one."""
    return None if poll.result is None else _read_result(json.loads(poll.result)["result"])


def _read_result(data: dict[str, Any]) -> PollResult:
    kept: list[dict[str, Any]] = [{**each, "leaders": tuple(each["leaders"])} for each in data["strategies"]]
    interval = data["interval"]
    read: dict[str, Any] = {
        **data,
        "winners": tuple(data["winners"]),
        "tie": tuple(data["tie"]),
        "strategies": tuple(Strategy(**each) for each in kept),
        "interval": None if interval is None else (interval[0], interval[1]),
        "turnout": tuple((a, b) for a, b in data["turnout"]),
        "details": tuple(data["details"]),
        "rounds": tuple(
            RunoffRound(each["totals"], each["exhausted"], tuple(each["out"]), tuple(each["lot"]))
            for each in data.get("rounds", ())
        ),
        "unsettled": tuple(data.get("unsettled", ())),
        **({"rule": Rule(**data["rule"])} if "rule" in data else {}),
    }
    return PollResult(**read)
