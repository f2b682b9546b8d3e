"""Instant runoff: its rounds, and who else could win if its lots fell otherwise."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from governance.votes.ranked import Rankings, order_of_lot

# Ballots looked at to find out who could win, about two seconds: no time, so that all machines find the same.
MOST_LOOKS = 2_000_000
LOOK = 300  # ballots that take as long as what is done once for all of them
IDLE = 20  # ways of drawing the lots in a row that show nobody new to win

Order = Mapping[int, int]  # place by option, equal where nothing has told two options apart


@dataclass(frozen=True)
class Round:
    """One round of an instant runoff: the weight of whoever still stands, and how the round ended.

    `tied` had the fewest together, before any break. The reasons:
    majority: one has more than half of what is not exhausted, and the count is over.
    fewest: nobody else had so few.
    together: the tied have less than the next one even if added up, so their order can't matter.
    earlier_round: of the tied, it had the fewest in the latest earlier round that tells them apart.
    lot: alike in every round, it comes last in the order of the seed.
    tie: a lot is needed and there is no seed; the rounds end here.
    """

    totals: Mapping[str, Fraction]
    exhausted: Fraction  # weight of ballots that rank nobody still standing
    eliminated: tuple[str, ...]
    reason: str
    tied: tuple[str, ...]


@dataclass(frozen=True)
class Runoff:
    """An instant runoff: its winner, None where a lot is needed and there is no seed, and its rounds.

    possible: whoever wins if the lots fall in some way, each of them shown to. unsettled: of whom it is not
    known, since finding out takes too long.
    """

    winner: str | None
    possible: tuple[str, ...]
    unsettled: tuple[str, ...]
    rounds: tuple[Round, ...]


def instant_runoff(
    rankings: Rankings,
    options: tuple[str, ...],
    *,
    unit: int,
    seed: str | None,
    most_looks: int = MOST_LOOKS,
) -> Runoff:
    """The count of rankings: weight in units by ranking, some above 0.

    Each round the option with the fewest goes and its ballots pass to the next ones they rank, until one has
    more than half of what is not exhausted. A ballot that ranks several equally, and nobody standing higher,
    is shared among them in equal parts. Ties for the fewest are broken as Round says. Every way to draw the
    lots is followed, but for those that can't bring another winner. Source of following all: Conitzer,
    Rognlie and Xia 2009, parallel universes.
    """
    field = _Field(rankings, options)
    rounds, winner = _rounds(field, unit, seed)
    shown = unsettled = 0
    if winner and all(each.reason != "lot" for each in rounds):
        shown = winner
    else:
        shown, unsettled = _could_win(field, winner, most_looks)
    return Runoff(
        field.names(winner)[0] if winner else None, field.names(shown), field.names(unsettled), rounds
    )


class _Field:
    """The ballots over sets of options, a bit for each: what everybody has once only these stand."""

    def __init__(self, rankings: Rankings, options: tuple[str, ...]) -> None:
        self.bits = {option: 1 << place for place, option in enumerate(options)}
        most = max(len(rank) for ranking in rankings for rank in ranking)
        self.parts = math.lcm(*range(1, 1 + most))  # of a unit, so that every share of a ballot is whole
        self.ballots = [
            (tuple(sum(self.bits[option] for option in rank) for rank in ranking), weight * self.parts)
            for ranking, weight in rankings.items()
        ]
        self.weight = sum(weight for _, weight in self.ballots)
        self.looks = 0
        self._totals: dict[int, dict[int, int]] = {}

    def names(self, held: int) -> tuple[str, ...]:
        return tuple(option for option, bit in self.bits.items() if bit & held)

    def totals(self, standing: int) -> dict[int, int]:
        """Parts of weight by option that stands."""
        if standing in self._totals:
            return self._totals[standing]
        self.looks += LOOK + len(self.ballots)
        totals = {bit: 0 for bit in self.bits.values() if bit & standing}
        for ranks, weight in self.ballots:
            for rank in ranks:
                best = rank & standing
                if best:
                    if best in totals:
                        totals[best] += weight
                    else:
                        share = weight // best.bit_count()
                        for bit in _each(best):
                            totals[bit] += share
                    break
        self._totals[standing] = totals
        return totals

    def hopeful(self, standing: int, asked: int) -> tuple[int, int]:
        """Of the options asked about, those that might win yet; and who stands once others must have gone.

        What one has can only grow while others go. So whoever would have less, were only the strongest left
        beside it, than each of these has now, goes before all of them however lots fall, and can't win. Nor
        can who loses to every other alone, whoever is the last. Where all but the strongest go before these,
        these are who stands after it; where that is never so, it is everybody.
        """
        if not asked:
            return 0, standing
        totals = self.totals(standing)
        after = standing
        for least in sorted(set(totals.values()), reverse=True)[:-1]:
            strongest = sum(bit for bit, total in totals.items() if total >= least)
            most = self._most(standing & ~strongest, strongest)
            below = sum(bit for bit, total in most.items() if total < least)
            asked &= ~below
            if not asked:
                return 0, standing
            if after == standing and below | strongest == standing:
                after = strongest
        for x in _each(asked):
            duels = (self.totals(x | y) for y in totals if y != x)
            if standing != x and all(2 * duel[x] < sum(duel.values()) for duel in duels):
                asked &= ~x
        return asked, after

    def _most(self, asked: int, others: int) -> dict[int, int]:
        """What each of those asked about would have with only the others beside it."""
        self.looks += LOOK + len(self.ballots)
        most = dict.fromkeys(_each(asked), 0)
        for ranks, weight in self.ballots:
            for rank in ranks:
                if rank in most:
                    most[rank] += weight
                elif rank & asked:
                    share = weight // ((rank & others).bit_count() + 1)
                    for bit in _each(rank & asked):
                        most[bit] += share
                if rank & others:
                    break
        return most


def _rounds(field: _Field, unit: int, seed: str | None) -> tuple[tuple[Round, ...], int]:
    """The rounds as the seed draws the lots, up to the first lot without one; and who wins, 0 for nobody."""
    standing = sum(field.bits.values())
    order: Order = dict.fromkeys(field.bits.values(), 0)
    rounds: list[Round] = []
    while True:
        totals = field.totals(standing)
        reason, tied, out = _end_of_round(totals, order)
        if reason == "lot":
            drawn = order_of_lot(field.names(out), seed)[-1] if seed is not None else None
            reason, out = ("tie", 0) if drawn is None else (reason, field.bits[drawn])
        parts = unit * field.parts
        rounds.append(
            Round(
                {field.names(bit)[0]: Fraction(total, parts) for bit, total in totals.items()},
                Fraction(field.weight - sum(totals.values()), parts),
                field.names(out) if reason != "majority" else (),
                reason,
                field.names(tied),
            )
        )
        if reason in ("majority", "tie"):
            return tuple(rounds), out
        order = _placed(totals, order, out)
        standing &= ~out


def _could_win(field: _Field, winner: int, most_looks: int) -> tuple[int, int]:
    """Who wins if lots fall in some way, and of whom that is not known; winner: one who does, or 0.

    First lots are drawn at random for a while. Whom that does not show to win can't if they could not either
    were every tie broken by a lot, which is quicker to find out; otherwise it is looked for among all ways.
    """
    shown = _by_chance(field, winner)
    everybody = sum(field.bits.values())
    free, doubtful = _follow(field, everybody & ~shown, most_looks // 2, by_lot_alone=True)
    found, unsettled = _follow(field, free | doubtful, most_looks, by_lot_alone=False)
    return shown | found, unsettled


def _by_chance(field: _Field, shown: int) -> int:
    """Those shown to win, and those that win by some ways of drawing the lots."""
    source = random.Random(0)
    everybody = sum(field.bits.values())
    idle = 0
    while idle < IDLE and field.hopeful(everybody, everybody & ~shown)[0]:
        standing, order = everybody, dict.fromkeys(field.bits.values(), 0)
        while True:
            totals = field.totals(standing)
            reason, _, out = _end_of_round(totals, order)
            if reason == "majority":
                break
            if reason == "lot":
                known = out & shown if idle % 2 else 0
                out = source.choice(_each(known or out))
            order = _placed(totals, order, out)
            standing &= ~out
        idle = idle + 1 if out & shown else 0
        shown |= out
    return shown


def _follow(field: _Field, asked: int, most_looks: int, *, by_lot_alone: bool) -> tuple[int, int]:
    """Of those asked about: who wins in some way of drawing the lots, and of whom it is not known.

    by_lot_alone: a lot breaks every tie, whatever earlier rounds say. What follows depends on who stands and,
    unless by_lot_alone, on how earlier rounds order them: each such state is followed once, and only while
    somebody who is asked about might win yet.
    """
    found = 0
    seen: set[tuple[int, tuple[int, ...]]] = set()
    everybody = sum(field.bits.values())
    to_follow: list[tuple[int, Order]] = [(everybody, dict.fromkeys(field.bits.values(), 0))]
    while to_follow and field.looks <= most_looks:
        standing, order = to_follow.pop()
        while True:
            totals = field.totals(standing)
            reason, _, out = _end_of_round(totals, dict.fromkeys(order, 0) if by_lot_alone else order)
            if reason == "majority":
                found |= out & asked
                break
            if reason == "lot":
                places = () if by_lot_alone else tuple(_placed(totals, order, 0).values())
                hopeful, after = field.hopeful(standing, asked & standing & ~found)
                if not hopeful or (standing, places) in seen:
                    break
                seen.add((standing, places))
                left = field.totals(after).values()
                if after == standing or (not by_lot_alone and len(set(left)) < len(left)):
                    # the last is followed first: those stay who might win
                    lots = sorted(_each(out), key=lambda bit: not bit & hopeful)
                    to_follow += [(standing & ~bit, _placed(totals, order, bit)) for bit in lots]
                    break
                out = standing & ~after
            order = _placed(totals, order, out)
            standing &= ~out
    doubtful = 0
    for standing, _ in to_follow:
        doubtful |= field.hopeful(standing, asked & standing & ~found)[0]
    return found, doubtful


def _end_of_round(totals: Mapping[int, int], order: Order) -> tuple[str, int, int]:
    """Why it ends (see Round), who is tied for the fewest, and who goes or wins or is in the lot."""
    most = max(totals, key=totals.__getitem__)
    if 2 * totals[most] > sum(totals.values()):
        return "majority", 0, most
    fewest = min(totals.values())
    tied = [bit for bit, total in totals.items() if total == fewest]
    if len(tied) == 1:
        return "fewest", 0, tied[0]
    if fewest * len(tied) < min((total for total in totals.values() if total > fewest), default=0):
        return "together", sum(tied), sum(tied)
    lowest = min(order[bit] for bit in tied)
    alike = [bit for bit in tied if order[bit] == lowest]
    return "lot" if len(alike) > 1 else "earlier_round", sum(tied), sum(alike)


def _placed(totals: Mapping[int, int], order: Order, out: int) -> Order:
    """The order of those who stay: by this round, and by those before it where this one tells nothing."""
    keys = {bit: (total, order[bit]) for bit, total in totals.items() if not bit & out}
    places = {key: place for place, key in enumerate(sorted(set(keys.values())))}
    return {bit: places[key] for bit, key in keys.items()}


def _each(held: int) -> list[int]:
    bits: list[int] = []
    while held:
        bits.append(held & -held)
        held &= held - 1
    return bits
