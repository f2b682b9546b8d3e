"""Who began to stake and who stopped within a week, counted from what two rounds risked."""

import asyncio
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.payout.pricing import rules_in_force
from features.rules.rules import announced_rule
from scoring.rules import PayoutRule
from tournament.source import WHOLE, History, Numbers, Rounds, Source, TournamentField
from wording.numbers import MINUS, counted, number, signed

WEEK, EARLIEST, LATEST = 7, 5, 9  # days between the openings of both rounds: as near to a week as there is
LATE = 5  # newest rounds of which one has to be there as a whole
LARGEST = 5

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Moves:
    """How many models moved their stake one way, and by how much together: NMR, above 0."""

    models: int
    nmr: float


@dataclass(frozen=True)
class StakeChanges:
    """What became of everybody's whole stake between two rounds, in NMR.

    A whole stake is what a round risked over the share of a stake that its rule risks. raised and lowered are
    moves beside what rounds paid meanwhile, which comes and goes by itself; None where not all of those
    rounds are known. up and down: the largest moves each way, the largest first, of models that began and
    left among them.
    """

    rounds: tuple[int, int]
    began: Moves
    left: Moves
    raised: Moves | None
    lowered: Moves | None
    paid: float  # by the rounds that resolved meanwhile, to whoever staked in both; nan where not known
    net: float
    up: tuple[float, ...]
    down: tuple[float, ...]  # above 0 too

    @property
    def sentences(self) -> tuple[str, ...]:
        """One line on who began and left, and one on the others where something is known of them."""
        who = counted(self.began.models, "model")
        told = f"{who} began to stake{_in_all(self.began, 1)}, {self.left.models:,} left"
        told = f"From round {self.rounds[0]} to {self.rounds[1]}: {told}{_in_all(self.left, -1)}"
        lines = [f"{told}; net {signed(self.net, 'NMR')} in all."]
        if self.raised is not None and self.lowered is not None:
            more, less = self.raised, self.lowered
            lines.append(
                f"{counted(more.models, 'model')} raised a stake{_in_all(more, 1)}, {less.models:,} lowered "
                f"one{_in_all(less, -1)}, beside pay of {signed(self.paid, 'NMR')}.{self._largest}"
            )
        return tuple(lines)

    @property
    def _largest(self) -> str:
        told = [f"+{number(each)}" for each in self.up] + [f"{MINUS}{number(each)}" for each in self.down]
        return f" The largest moves: {', '.join(told)} NMR." if told else ""


async def stake_changes(source: Source) -> StakeChanges | None:
    """Who began to stake, left, raised and lowered between the newest round and that of a week before.

    None unless each of the two has all that it risked: of whoever stayed on a leaderboard, or was read so
    far, nobody can be said to have begun or left because a row is not there. Raises SourceError where
    nothing is read yet.
    """
    field, calendar, (live, _) = await asyncio.gather(
        source.everyone(), source.rounds(), announced_rule(source)
    )
    return await asyncio.to_thread(_changes, source.tournament, field, calendar, live)


def _changes(
    tournament: str, field: TournamentField, calendar: Rounds, live: PayoutRule | None
) -> StakeChanges | None:
    staked = field.numbers[(field.staked > 0) & np.isin(field.numbers, calendar.number)]
    opened = dict(zip(calendar.number.tolist(), calendar.opened, strict=True))
    newest = next((each for each in staked[::-1][:LATE].tolist() if _whole(field, calendar, each)), None)
    if newest is None:
        return None
    apart = {each: (opened[newest] - opened[each]) / np.timedelta64(1, "D") for each in staked.tolist()}
    near = [each for each, days in apart.items() if EARLIEST <= days <= LATEST]
    before = min(near, key=lambda each: abs(apart[each] - WEEK), default=None)
    if before is None or not _whole(field, calendar, before):
        return None
    rows = [field.read(np.array([each])) for each in (before, newest)]
    rules = [next(iter(rules_in_force(tournament, each, calendar, live).values())) for each in rows]
    then, now = (_stakes(each, rule) for each, rule in zip(rows, rules, strict=True))
    meanwhile = (calendar.resolves > opened[before]) & (calendar.resolves <= opened[newest])
    paid = _paid(field, calendar.number[calendar.paid & meanwhile])
    # what two rounds can pay may be counted in the wrong week, and is nobody's decision
    by_itself = 2 * max(rule.clip * rule.stake_fraction for rule in rules) * then
    return _counted((before, newest), then, now, paid, by_itself)


def _whole(field: TournamentField, calendar: Rounds, round_number: int) -> bool:
    """Whether everybody is there who risked something in a round."""
    total = float(calendar.total_at_risk[calendar.number == round_number][0])
    rows = field.read(np.array([round_number]))
    return total > 0 and float(np.nansum(rows.stake)) >= WHOLE * total


def _stakes(rows: History, rule: PayoutRule) -> Floats:
    """The whole stake (m,) of every model, from what it risked in a round."""
    risked = rows.only(rows.stake > 0)
    whole = np.bincount(risked.model, weights=risked.stake, minlength=len(rows.models))
    return whole / rule.stake_fraction


def _paid(field: TournamentField, numbers: Numbers) -> Floats | None:
    """What these rounds paid every model (m,); None where not all of them are known and final."""
    if not np.isin(numbers, field.numbers).all():
        return None
    paid = np.zeros(len(field.models))
    for piece in field.pieces(numbers):
        rows = piece.only(piece.stake > 0)
        if not rows.resolved.all() or np.isnan(rows.payout).any():
            return None
        paid += np.bincount(rows.model, weights=rows.payout, minlength=paid.size)
    return paid


def _counted(
    rounds: tuple[int, int], then: Floats, now: Floats, paid: Floats | None, by_itself: Floats
) -> StakeChanges:
    began, left, stayed = (then == 0) & (now > 0), (then > 0) & (now == 0), (then > 0) & (now > 0)
    moved = np.where(began | left, now - then, 0.0)
    raised = lowered = None
    if paid is not None:
        own = np.where(stayed, now - then - paid, 0.0)
        own[np.abs(own) <= by_itself] = 0.0
        raised, lowered = _moves(own), _moves(-own)
        moved += own
    return StakeChanges(
        rounds=rounds,
        began=_moves(np.where(began, now, 0.0)),
        left=_moves(np.where(left, then, 0.0)),
        raised=raised,
        lowered=lowered,
        paid=math.nan if paid is None else math.fsum(paid[stayed]),
        net=math.fsum(now) - math.fsum(then),
        up=_largest(moved),
        down=_largest(-moved),
    )


def _moves(by: Floats) -> Moves:
    return Moves(int(np.count_nonzero(by > 0)), math.fsum(by[by > 0]))


def _largest(by: Floats) -> tuple[float, ...]:
    return tuple(np.sort(by[by > 0])[::-1][:LARGEST].tolist())


def _in_all(moves: Moves, sign: int) -> str:
    return f" ({signed(sign * moves.nmr, 'NMR')})" if moves.models else ""
