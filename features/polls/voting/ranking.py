"""A ranking that a member puts together: one change at a time, kept at once, each to be undone."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from features.polls.ballot_text import ballot_of, ranks_in
from features.polls.view import PollView
from governance.commitments import sha256
from storage.database import Database
from storage.polls import drafts

Ranks = tuple[tuple[int, ...], ...]  # places of options, best first; those that stand together are equal
MOST_STEPS = 50
TRIES = 5


@dataclass(frozen=True)
class RankingDraft:
    """A ranking as it stands, and how it came about."""

    options: tuple[str, ...]
    steps: tuple[Ranks, ...]  # the newest last; the first is the ballot that was cast before, or nothing

    @property
    def ranks(self) -> Ranks:
        """What is ranked now."""
        return self.steps[-1]

    @property
    def order(self) -> list[int]:
        """The places of the options that are ranked, best first."""
        return [place for rank in self.ranks for place in rank]

    @property
    def mark(self) -> str:
        """What tells this ranking from others: a press says with it what was seen."""
        return sha256(json.dumps(self.ranks))[:8]

    @property
    def ballot(self) -> list[str | list[str]]:
        """The ranking as a ballot says it."""
        return ballot_of([self.options[place] for place in sorted(rank)] for rank in self.ranks)


async def draft_of(db: Database, view: PollView, member_id: int, earlier: Any) -> RankingDraft:
    """The ranking that a member has begun, else their ballot so far (None: no ballot)."""
    kept = await drafts.draft_of(db, view.poll.guild_id, view.poll.poll_id, member_id)
    return _read(view, kept, earlier)


async def change_draft(
    db: Database,
    view: PollView,
    member_id: int,
    earlier: Any,
    verb: str,
    place: int,
    mark: str,
    now: datetime,
) -> RankingDraft:
    """Change a ranking as a press asks, and return it.

    A press that comes twice changes nothing the second time: an option is ranked once, and what moves or
    undoes counts only for the ranking that was seen, which `mark` names. Raises ValueError where the poll
    ends meanwhile.
    """
    guild_id, poll_id = view.poll.guild_id, view.poll.poll_id
    for _ in range(TRIES):  # another press may be quicker: this one follows it
        kept = await drafts.draft_of(db, guild_id, poll_id, member_id)
        draft = _read(view, kept, earlier)
        if verb != "next" and mark != draft.mark:
            return draft
        if verb == "undo":
            steps = draft.steps[:-1] or draft.steps
        else:
            ranks = CHANGES[verb](draft.ranks, place)
            steps = draft.steps if ranks == draft.ranks else (*draft.steps, ranks)[-MOST_STEPS:]
        if steps == draft.steps:
            return draft
        if await drafts.keep_draft(db, guild_id, poll_id, member_id, kept, json.dumps(steps), now):
            return RankingDraft(draft.options, steps)
    raise ValueError("Your ranking could not be changed: press Vote again.")


def ranks_of(ballot: Any, options: Sequence[str]) -> Ranks:
    """The ranks of a ranked ballot; those of an abstention are none."""
    return tuple(tuple(options.index(option) for option in rank) for rank in ranks_in(ballot))


def _read(view: PollView, kept: str | None, earlier: Any) -> RankingDraft:
    if kept is None:
        return RankingDraft(view.options, (ranks_of(earlier, view.options),))
    return RankingDraft(view.options, tuple(tuple(map(tuple, ranks)) for ranks in json.loads(kept)))


def _next(ranks: Ranks, place: int) -> Ranks:
    return ranks if any(place in rank for rank in ranks) else (*ranks, (place,))


def _out(ranks: Ranks, place: int) -> Ranks:
    left = (tuple(each for each in rank if each != place) for rank in ranks)
    return tuple(rank for rank in left if rank)


def _up(ranks: Ranks, place: int) -> Ranks:
    """Out of those it is equal to and before them; else before the rank above."""
    at = _at(ranks, place)
    if len(ranks[at]) == 1:
        at = max(0, at - 1)
    without = _out(ranks, place)
    return (*without[:at], (place,), *without[at:])


def _down(ranks: Ranks, place: int) -> Ranks:
    """Out of those it is equal to and after them; else after the rank below."""
    at = _at(ranks, place) + 1
    without = _out(ranks, place)
    return (*without[:at], (place,), *without[at:])


def _level(ranks: Ranks, place: int) -> Ranks:
    """Equal to the rank above; where it is equal to others, after them."""
    at = _at(ranks, place)
    if len(ranks[at]) > 1:
        return _down(ranks, place)
    return ranks if at == 0 else (*ranks[: at - 1], (*ranks[at - 1], place), *ranks[at + 1 :])


def _at(ranks: Ranks, place: int) -> int:
    return next(at for at, rank in enumerate(ranks) if place in rank)


CHANGES: Mapping[str, Callable[[Ranks, int], Ranks]] = MappingProxyType(
    {"next": _next, "out": _out, "up": _up, "down": _down, "level": _level, "again": lambda _, __: ()}
)
