"""What the votes of a server say together: groups if there are any, what unites all, what divides."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from governance.opinions.map import Group, OpinionMap, opinion_map
from governance.opinions.verdict import TOO_CLOSE
from kept import KeptResults
from storage import opinions
from storage.database import Database
from storage.opinions import Statement, Vote
from wording.numbers import counted, listed

FEWEST = 5  # votes behind every number that is shown: fewer would give them away
APART = 0.25  # ours: groups are divided where so much more of one agrees than of another
LETTERS = "ABCDE"
MANY = 10_000  # votes: of more, whoever asks waits for a second or more

_TYPICAL, _SHOWN = 2, 4  # statements of a group, and of what unites or divides
_ALIKE = {1: "agree with", -1: "disagree with", 0: "pass on"}


@dataclass(frozen=True)
class Line:
    """A statement with what was said to it, in words."""

    number: int
    claim: str
    said: str


@dataclass(frozen=True)
class Camp:
    """Members who vote alike, and what they say that others don't."""

    letter: str
    size: int
    typical: tuple[Line, ...]


@dataclass(frozen=True, eq=False)
class OpinionPicture:
    """What the votes of a server say together; nobody is named."""

    finding: str
    reason: str  # why there are groups, or none
    measures: str  # the numbers behind the reason, "" where none was reached
    remarks: tuple[str, ...]  # on members who answer everything alike, or like one another
    participants: int
    clustered: int
    statements: int
    votes: int
    camps: tuple[Camp, ...]  # the largest first; empty without stable groups
    unites: tuple[Line, ...]
    divides: tuple[Line, ...]
    places: NDArray[np.float64]  # (clustered, 2); empty where nobody could be placed
    camp_of: NDArray[np.intp]  # (clustered,) index of the camp, -1 without groups
    yours: str  # letter of the camp of whoever asks, "" without one
    left_out: bool  # whether whoever asks answers everything alike, and is in no camp for that
    as_of: datetime


@dataclass(frozen=True)
class _Mapped:
    """Votes and what was found in them, the same for whoever asks."""

    told: Sequence[Statement]  # by index
    cast: NDArray[np.int64]
    members: Sequence[int]  # by index
    found: OpinionMap


async def opinion_picture(
    db: Database, kept: KeptResults, guild_id: int, now: datetime, *, member_id: int | None = None
) -> OpinionPicture:
    """The groups that a server's votes fall in, if there are any, what unites all, and what divides.

    Worked out once for the same votes. Raises ValueError where nobody has voted. member_id: whose group is
    told. A number is shown once five votes are behind it.
    """
    version = await opinions.version_of(db, guild_id)
    mapped = await kept.get(("opinion map", guild_id), version, lambda: _mapped(db, guild_id))
    return await asyncio.to_thread(_picture, mapped, now, member_id)


async def _mapped(db: Database, guild_id: int) -> _Mapped:
    statements = await opinions.statements_of(db, guild_id)
    votes = await opinions.votes_in(db, guild_id)
    if not votes:
        raise ValueError("Nobody has voted on a statement here yet. Begin with /opinion vote.")
    return await asyncio.to_thread(_map, statements, votes)


def _map(statements: Sequence[Statement], votes: Sequence[Vote]) -> _Mapped:
    by_id = {statement.statement_id: statement for statement in statements}
    voted = sorted({vote.statement_id for vote in votes})
    cast, members = indexed(votes, voted)
    return _Mapped([by_id[number] for number in voted], cast, members, opinion_map(cast, limit=len(voted)))


async def waiting_line(db: Database, guild_id: int) -> str:
    """What to show whoever asks for a map of so many votes that it takes its time; "" for few."""
    members, votes = await opinions.turnout(db, guild_id)
    return f"Grouping {counted(members, 'member')} by {counted(votes, 'vote')} …" if votes > MANY else ""


def _picture(mapped: _Mapped, now: datetime, member_id: int | None) -> OpinionPicture:
    told, cast, members, found = mapped.told, mapped.cast, mapped.members, mapped.found
    placed = ~np.isnan(found.positions[:, 0])
    camp_of = np.full(len(members), -1, dtype=np.intp)
    for index, group in enumerate(found.groups):
        camp_of[list(group.members)] = index
    asking = members.index(member_id) if member_id in members else None
    own = -1 if asking is None else camp_of[asking]
    unites = _unites(found, told)
    divides = _divides(found, told) if found.groups else _split(cast, told)
    return OpinionPicture(
        finding=_finding(found, len(unites)),
        reason=found.reason,
        measures=_measures(found),
        remarks=_remarks(found),
        participants=found.participants,
        clustered=found.clustered,
        statements=found.statements,
        votes=len(cast),
        camps=tuple(
            Camp(letter, len(group.members), _typical(group, told))
            for letter, group in zip(LETTERS, found.groups, strict=False)
        ),
        unites=unites[:_SHOWN],
        divides=divides[:_SHOWN],
        places=found.positions[placed],
        camp_of=camp_of[placed],
        yours=LETTERS[own] if own >= 0 else "",
        left_out=any(asking in alike.members for alike in found.alike),
        as_of=now,
    )


def indexed(votes: Sequence[Vote], order: Sequence[int]) -> tuple[NDArray[np.int64], list[int]]:
    """Votes (v, 3) with members and statements by index, and the members in that order."""
    members = sorted({vote.member_id for vote in votes})
    person = {member: index for index, member in enumerate(members)}
    statement = {number: index for index, number in enumerate(order)}
    cast = [(person[vote.member_id], statement[vote.statement_id], vote.vote) for vote in votes]
    return np.array(cast, dtype=np.int64).reshape(-1, 3), members


def _finding(found: OpinionMap, unite: int) -> str:
    people = counted(found.participants, "member")
    if found.groups:
        agree = f"{counted(unite, 'statement unites', 'statements unite')} them all"
        groups = counted(len(found.groups), "group")
        return f"{people} fall in {groups}; {agree if unite else 'nothing unites them all'}"
    if found.verdict == TOO_CLOSE:
        return f"Too close to tell whether {people} fall in groups"
    return f"No stable groups among {people}"


def _measures(found: OpinionMap) -> str:
    told = (
        (found.silhouette, "a silhouette of {:.2f}"),
        (found.stability, "an agreement of {:.2f} with the groups of members drawn anew"),
        (found.excess, "{:.1f} standard deviations more than in shuffled votes"),
    )
    reached = [words.format(value) for value, words in told if np.isfinite(value)]
    return f"Measured: {listed(reached)}." if reached else ""


def _remarks(found: OpinionMap) -> tuple[str, ...]:
    remarks: list[str] = []
    if found.alike:
        remarks.append(
            f"{_alike([(each.vote, len(each.members)) for each in found.alike])} everything they voted on; "
            "chance doesn't explain it, so no group counts them."
        )
    for letter, group in zip(LETTERS, found.groups, strict=False):
        if group.copies >= FEWEST:
            remarks.append(
                f"{group.copies} of {len(group.members)} in group {letter} gave exactly the same answers, "
                "which opinions alone hardly explain."
            )
    return tuple(remarks)


def _alike(sets: Sequence[tuple[int, int]]) -> str:
    """Who gave one answer to everything, by (vote, members); of fewer than five it is not told which."""
    everybody = sum(members for _, members in sets)
    if everybody < FEWEST:
        return f"Fewer than {FEWEST} members gave one answer to"
    if min(members for _, members in sets) < FEWEST:
        return f"{counted(everybody, 'member')} gave one answer to"
    return listed([f"{counted(members, 'member')} {_ALIKE[vote]}" for vote, members in sets])


def _unites(found: OpinionMap, told: Sequence[Statement]) -> tuple[Line, ...]:
    return tuple(
        _line(told, common.statement, _counts(common.said, common.voted, common.vote))
        for common in found.unites
        if min(common.voted) >= FEWEST
    )


def _divides(found: OpinionMap, told: Sequence[Statement]) -> tuple[Line, ...]:
    together = {common.statement for common in found.unites}
    return tuple(
        _line(told, division.statement, _counts(division.agreed, division.voted, 1))
        for division in found.divides
        if min(division.voted) >= FEWEST and division.spread >= APART and division.statement not in together
    )


def _split(cast: NDArray[np.int64], told: Sequence[Statement]) -> tuple[Line, ...]:
    """Without groups: statements that many agree and many disagree with, the most even first."""
    lines: list[tuple[float, Line]] = []
    for index, _ in enumerate(told):
        said = cast[cast[:, 1] == index, 2]
        agreed, disagreed = int((said == 1).sum()), int((said == -1).sum())
        if said.size >= FEWEST and min(agreed, disagreed) >= said.size / 4:
            how = f"{agreed} agree and {disagreed} disagree of {said.size}"
            lines.append((min(agreed, disagreed) / said.size, _line(told, index, how)))
    return tuple(line for _, line in sorted(lines, key=lambda each: -each[0]))


def _typical(group: Group, told: Sequence[Statement]) -> tuple[Line, ...]:
    return tuple(
        _line(
            told,
            telling.statement,
            f"{telling.said} of {telling.voted} {'agree' if telling.vote == 1 else 'disagree'}, "
            f"{telling.said_elsewhere} of {telling.voted_elsewhere} elsewhere",
        )
        for telling in group.typical
        if min(telling.voted, telling.voted_elsewhere) >= FEWEST
    )[:_TYPICAL]


def _counts(said: Sequence[int], voted: Sequence[int], vote: int) -> str:
    verb = "agree" if vote == 1 else "disagree"
    if len(said) == 1:
        return f"{said[0]} of {voted[0]} {verb}"
    shares = [f"{letter} {n} of {of}" for letter, n, of in zip(LETTERS, said, voted, strict=False)]
    return f"{listed(shares)} {verb}"


def _line(told: Sequence[Statement], index: int, said: str) -> Line:
    return Line(told[index].number, told[index].claim, said)
