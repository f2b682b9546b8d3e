"""Two rules asked of a field: rows are priced piece by piece, and only what they come to by round is kept."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from features.meta_model.derived import DerivedMmc, DerivedPart
from features.payout.at_risk import AS_STAKED, FollowedRows, basis_words, follow
from features.payout.comparison import LARGE, Side, Stretch
from features.payout.priced.sums import Part, Sums, by_round, comparable, reasons, rounds_of
from features.payout.priced.terms import ToldRule, told_rule
from features.payout.pricing import (
    Choices,
    ComparedRule,
    Rates,
    choices_of,
    rates_as_paid,
    rates_of_rule,
    told_as_paid,
)
from features.payout.windows import by_pay, pay_in_words
from scoring.rules import PayoutRule
from tournament.source import EVERYONE, Floats, History, Numbers, Rounds, TournamentField

Words = tuple[str, Numbers]  # of some rounds


@dataclass(frozen=True)
class Answered:
    """Pay of the rows of some rounds under both rules."""

    all: Sums  # with the rounds of which no row is compared
    sums: Sums
    told: tuple[ToldRule, ToldRule]
    proposed: Side
    current: Side

    @property
    def rounds(self) -> Numbers:
        """Those in which rows are compared."""
        return self.sums.rounds

    @property
    def models(self) -> int:
        """How many models are compared."""
        return int(np.count_nonzero(np.sum([part.rows for part in self.sums.parts], axis=0)))


@dataclass(frozen=True)
class PayQuestion:
    """Two rules on one basis, to be asked of several sets of rounds; old: None for what was paid.

    in_force: the rule of every round of the field. stake: NMR instead of the stake of the time.
    """

    tournament: str
    calendar: Rounds
    scores: Mapping[str, tuple[int, int]]
    field: TournamentField
    in_force: Mapping[int, PayoutRule]
    new: ComparedRule
    old: ComparedRule | None
    basis: str
    stake: float | None
    unit: str
    interim: bool  # whether rows count that are not final
    derived: DerivedMmc | None = None  # what the rows of the field are filled with

    @property
    def own_stake(self) -> bool:
        """Whether only rows with a stake count: what was paid per NMR is known of a stake alone."""
        return self.stake is None or self.old is None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why rows can't be compared."""
        return reasons(as_paid=self.old is None)

    def answer(self, numbers: Numbers) -> Answered:
        """Pay under both rules in these rounds. Raises ValueError where no row can be compared."""
        found = self._added_up(self.field.pieces(numbers))
        if not found.rows.any():
            raise ValueError(self._nothing(numbers, found))
        sums = found.compared
        told = self._told(sums)
        sides = [
            Side(each.short, each.words, pay, int(clipped) / int(sums.rows.sum()))
            for each, pay, clipped in zip(told, sums.by_round(self.unit), sums.clipped, strict=True)
        ]
        return Answered(found, sums, told, *sides)

    def derived_part(self, found: Answered) -> DerivedPart | None:
        """What of the answer rests on a derived MMC; None where nothing does."""
        sums = found.sums
        if self.derived is None:
            return None
        at_risk = 100.0 if self.unit == "%" else sums.percent_of
        if self.basis == "per-round":
            at_risk = at_risk / self.calendar.overlap(sums.rounds)
        off = float(np.sqrt(np.mean((sums.off * at_risk) ** 2)))
        at, rows = sums.rounds[sums.derived > 0], int(sums.derived.sum())
        return self.derived.part(at, rows, int(sums.rows.sum()), off, self.unit)

    def words(self, found: Answered) -> tuple[str, ...]:
        """What is at risk, in sentences that name no amounts where the answer has none."""
        overlap = self.calendar.overlap(found.rounds)
        told = basis_words(self.basis, self.stake, self.field.kind, overlap)
        return told[0 if self.unit == "NMR" else 1]

    def stretches(self, found: Answered, wanted: Sequence[Words]) -> list[Stretch]:
        """What lies between the rules in some rounds; of everyone also without whoever is large in them."""
        largest = [self._largest(found, rounds) for _, rounds in wanted]
        models = {model for model, _ in filter(None, largest)}
        others = self._without(found, models) if models else {}
        told: list[Stretch] = []
        for (words, rounds), large in zip(wanted, largest, strict=True):
            stretch = self._stretch(found.sums, words, rounds)
            if large is not None and np.isin(others[large[0]].rounds, rounds).any():
                alone = self._stretch(others[large[0]], "", rounds)
                stretch = replace(stretch, without_largest=(large[1], alone))
            told.append(stretch)
        return told

    def regimes(self, found: Answered) -> tuple[Stretch, ...]:
        """A stretch for each set of scores that was paid in these rounds; none where all paid the same."""
        wanted: list[Words] = []
        for paid, numbers in by_pay(found.rounds, self.in_force):
            inside = [part for part in found.sums.parts if np.isin(part.rounds, numbers).any()]
            models = int(np.count_nonzero(np.sum([part.rows for part in inside], axis=0)))
            choices = _together(inside)
            counted = None if self.field.kind == "model" else models
            wanted.append((pay_in_words(self.tournament, paid, numbers, counted, choices), numbers))
        return tuple(self.stretches(found, wanted)) if len(wanted) > 1 else ()

    def rates(self, piece: History, numbers: Numbers) -> tuple[Rates, Rates]:
        """Pay per NMR at risk of each row, of these rounds, under the proposed and the current rule."""
        in_force = {number: self.in_force[number] for number in numbers.tolist()}
        return (
            rates_of_rule(self.new.read, piece, self.calendar, in_force, self.scores),
            rates_as_paid(piece, in_force)
            if self.old is None
            else rates_of_rule(self.old.read, piece, self.calendar, in_force, self.scores),
        )

    def _added_up(self, pieces: Iterable[History]) -> Sums:
        """What the rows of these rounds come to, piece by piece."""
        followed: list[FollowedRows] = []
        found = Sums.joined([self._sums(piece, followed) for piece in pieces])
        if not followed or not found.rows.any():
            return found
        rows = FollowedRows.joined(followed)
        followed.clear()
        paid = follow(self.basis, rows, self.calendar, self.in_force, self.stake)
        at, size = np.searchsorted(found.rounds, rows.round), found.rounds.size
        pay = np.stack([by_round(at, each, size) for each in (paid.proposed, paid.current)])
        return replace(found, pay=pay, percent_of=by_round(at, paid.percent_of, size))

    def _sums(self, piece: History, followed: list[FollowedRows]) -> Sums:
        """What the rows of a piece come to; where a stake has to be followed, its rows instead of its pay."""
        numbers, at = rounds_of(piece)
        rates = self.rates(piece, numbers)
        kept, others, why = comparable(
            piece,
            *rates,
            own_stake=self.own_stake,
            interim=self.interim,
            as_paid=self.old is None,
        )
        size, count = numbers.size, len(self.reasons)
        left_out = np.bincount(at[others] * count + why, minlength=size * count).reshape(size, count)
        at = at[kept]
        rows = np.bincount(at, minlength=size)
        rate = [each.rate[kept] for each in rates]
        pay, percent_of = np.zeros((2, size)), np.zeros(size)
        if self.basis == AS_STAKED:
            # evenly: a stake in every round, shared by the models that are compared in it
            risked = piece.stake[kept] if self.stake is None else self.stake / rows[at]
            pay = np.stack([by_round(at, each * risked, size) for each in rate])
            percent_of = by_round(at, risked, size)
        else:
            risked = 1.0 / rows[at]
            followed.append(FollowedRows(piece.model[kept], piece.round[kept], piece.stake[kept], *rate))
        derived, off = np.zeros(size, dtype=np.intp), np.zeros(size)
        if self.derived is not None:
            derived = np.bincount(at[self.derived.is_derived(piece)[kept]], minlength=size)
            share = self.derived.error(piece, lambda mmc: self._weight(mmc, rates))[kept]
            np.divide(by_round(at, share * risked, size), by_round(at, risked, size), out=off, where=rows > 0)
        return Sums(
            rounds=numbers,
            rows=rows,
            pay=pay,
            percent_of=percent_of,
            clipped=np.array([np.count_nonzero(each.clipped[kept]) for each in rates]),
            left_out=left_out,
            ratio=_ratio(*rates, kept),
            parts=tuple(self._parts(piece, numbers, at, kept)),
            derived=derived,
            off=off,
        )

    def _weight(self, mmc: str, rates: tuple[Rates, Rates]) -> Floats:
        """How much more an MMC of 1 pays per NMR (n,) under the proposed rule, before clipping."""
        more = np.zeros(rates[0].factor.size)
        for sign, rule, each in zip((1, -1), (self.new, self.old), rates, strict=True):
            if rule is not None and rule.multipliers.get(mmc):
                more += sign * rule.multipliers[mmc] * each.factor
        return more

    def _parts(
        self, piece: History, numbers: Numbers, at: NDArray[np.intp], kept: NDArray[np.intp]
    ) -> Iterator[Part]:
        """What is told by model, of each stretch that paid by the same scores."""
        told = self.old is None or self.field.kind == EVERYONE  # else nobody asks what was chosen
        models = len(self.field.models)
        for _, rounds in by_pay(numbers, self.in_force):
            rows = kept
            if rounds.size < numbers.size:
                first, last = np.searchsorted(numbers, rounds[[0, -1]])
                rows = kept[(at >= first) & (at <= last)]
            if not rows.size:
                continue
            model = piece.model[rows]
            yield Part(
                rounds=rounds,
                stake=by_round(model, piece.stake[rows], models),
                rows=np.bincount(model, minlength=models),
                choices=choices_of(piece, rows) if told else Choices(),
            )

    def _told(self, sums: Sums) -> tuple[ToldRule, ToldRule]:
        """Both rules in words, over the rounds that are compared alone: what is left out colours no word."""
        in_force = {number: self.in_force[number] for number in sums.rounds.tolist()}
        if self.old is not None:
            return told_rule(self.new.read, in_force), told_rule(self.old.read, in_force)
        choices = _together(sums.parts)
        return told_rule(self.new.read, in_force), told_as_paid(self.tournament, sums.rounds, choices)

    def _nothing(self, numbers: Numbers, found: Sums) -> str:
        most = self.reasons[int(found.left_out.sum(axis=0).argmax())]
        hint = (
            " Name a stake and a current rule to compare two rules on its scores, "
            "for example stake 100 and current 2xCORR + 1xTC."
            if most == self.reasons[0]
            else " Try other rounds."
        )
        if self.derived is not None and most == self.reasons[-1]:
            hint = f" {self.derived.told}.{hint}"
        return (
            f"Nothing can be compared: the rounds of {self.field.name} from {numbers[0]} to "
            f"{numbers[-1]} are {most}.{hint}"
        )

    def _stretch(self, sums: Sums, words: str, rounds: Numbers) -> Stretch:
        inside = np.isin(sums.rounds, rounds)
        proposed, current = sums.by_round(self.unit)
        return Stretch.of(words, sums.rounds[inside], (proposed - current)[inside])

    def _largest(self, found: Answered, rounds: Numbers) -> tuple[int, float] | None:
        """The model with the largest stake in these rounds and its share, where everyone's rounds are its."""
        if self.field.kind != EVERYONE or self.stake is not None:
            return None
        held = found.sums.stake_in(rounds)
        largest = int(held.argmax())
        share = float(held[largest] / held.sum())
        return (largest, share) if share > LARGE else None

    def _without(self, found: Answered, models: set[int]) -> dict[int, Sums]:
        """The same sums without one model, for each of these: mostly its own rows taken off."""
        numbers = found.rounds
        if self.basis != AS_STAKED:
            return {
                model: self._added_up(
                    piece.only(piece.model != model) for piece in self.field.pieces(numbers)
                ).compared
                for model in models
            }
        own: dict[int, list[Sums]] = {model: [] for model in models}
        for piece in self.field.pieces(numbers):
            for model, sums in own.items():
                rows = np.flatnonzero(piece.model == model)
                if rows.size:
                    sums.append(self._sums(piece.only(rows), []))
        return {model: found.sums.without(Sums.joined(sums).compared) for model, sums in own.items()}


def _together(parts: Sequence[Part]) -> Choices:
    return sum((part.choices for part in parts), Choices())


def _ratio(proposed: Rates, current: Rates, kept: NDArray[np.intp]) -> tuple[float, float]:
    if proposed.factor is current.factor or not kept.size:
        return 1.0, 1.0
    ratio = proposed.factor[kept] / current.factor[kept]
    return float(ratio.min()), float(ratio.max())
