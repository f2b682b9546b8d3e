"""Several rules, models or accounts in one answer: everything on the same rounds, against the first."""

import asyncio
import re
from dataclasses import dataclass, replace
from string import ascii_uppercase

import numpy as np
from numpy.typing import NDArray

from features.meta_model.derived import DerivedPart
from features.payout.compare import compare_payouts
from features.payout.comparison import PayoutComparison, Side, Stretch
from features.payout.windows import last_of
from tournament.source import Source
from wording.names import names_for_others, typed_parts
from wording.numbers import counted, span

MOST_RULES, MOST_LINES = 4, 6
_BETWEEN_RULES = re.compile(r"\s*(?:\bvs\.?(?=\s)|\bversus\b|;|\n)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class PayLine:
    """Pay by round (r,) of one name under one rule, and what lies between it and the first line."""

    letter: str
    label: str
    name: str
    side: Side
    to_first: Stretch | None  # None for the first of those it is compared with
    first: str  # the letter of that one


@dataclass(frozen=True)
class SeveralPayouts:
    """Lines on the same rounds (r,), compared with the first of them, or of the same name."""

    lines: tuple[PayLine, ...]
    rounds: NDArray[np.int64]
    pairs: tuple[PayoutComparison, ...]  # what each line is made of, with all that was assumed
    unit: str

    def for_others(self, own_name: str | None) -> "SeveralPayouts":
        """The same to be shown in public: only the member's own name and everyone's are told."""
        told_as = names_for_others({pair.name: pair.kind for pair in self.pairs}, own_name)

        def told(line: PayLine) -> PayLine:
            shown = told_as[line.name]
            return replace(line, label=shown if line.label == line.name else line.label, name=shown)

        return replace(
            self,
            lines=tuple(map(told, self.lines)),
            pairs=tuple(replace(pair, name=told_as[pair.name]) for pair in self.pairs),
        )

    @property
    def span(self) -> str:
        """ "rounds 306-325"."""
        return span(int(self.rounds[0]), int(self.rounds[-1]))

    @property
    def derived(self) -> DerivedPart | None:
        """What rests on a derived MMC, of the first comparison of which something does."""
        return next((pair.derived for pair in self.pairs if pair.derived is not None), None)

    @property
    def best(self) -> tuple[PayLine, ...]:
        """The line that would have paid most: of each name, where each is under several rules."""
        by_name: dict[str, list[PayLine]] = {}
        for line in self.lines:
            by_name.setdefault("" if self.one_rule else line.name, []).append(line)
        return tuple(max(lines, key=lambda line: line.side.total) for lines in by_name.values())

    @property
    def one_rule(self) -> bool:
        """Whether each line is what one rule would have changed for a name."""
        return all(line.label == line.name for line in self.lines)


def rules_typed(text: str) -> list[str]:
    """The rules of "1C3T vs 2C1T", or of several lines. Raises ValueError for more than four."""
    return typed_parts(_BETWEEN_RULES, text, MOST_RULES, "rule")


async def several_payouts(
    source: Source,
    names: list[str],
    rules: list[str],
    *,
    current: str | None = None,
    rounds: str | None = None,
    stake: float | None = None,
    basis: str = "stake of the time",
    unit: str = "NMR",
    old_tc: bool = False,
) -> SeveralPayouts:
    """Pay of each name under each rule on the same rounds, against the first line.

    One rule and several names: what the rule would have changed for each, against `current` or what was
    paid. Several rules: what each would have paid. Raises ValueError as compare_payouts does, and where no
    rounds are common to all.
    """
    if len(names) * len(rules) > MOST_LINES:
        raise ValueError(
            f"{counted(len(names), 'name')} under {counted(len(rules), 'rule')} are "
            f"{counted(len(names) * len(rules), 'line')}; {MOST_LINES} at most can be told apart."
        )

    async def asked(typed: str | None) -> list[PayoutComparison]:
        first, *others = rules
        pairs = [(name, rule) for name in names for rule in (others or [first])]
        against = current if len(rules) == 1 else first
        return list(
            await asyncio.gather(
                *(
                    compare_payouts(
                        source, name, rule, current=against, rounds=typed, stake=stake, basis=basis,
                        unit=unit, old_tc=old_tc,
                    )
                    for name, rule in pairs
                )
            )
        )  # fmt: skip

    pairs = await asked(rounds)
    if rounds is None and any(not np.array_equal(pair.rounds, pairs[0].rounds) for pair in pairs):
        common = last_of(_common(await asked("all")))  # their own last rounds may have few in common
    else:
        common = _common(pairs)
    if any(not np.array_equal(pair.rounds, common) for pair in pairs):
        pairs = await asked(f"{common[0]}-{common[-1]}")
        if any(not np.array_equal(pair.rounds, pairs[0].rounds) for pair in pairs):
            raise ValueError(
                "They have no stretch of rounds in common that all can be compared on. Ask for fewer of them."
            )
    return SeveralPayouts(tuple(_lines(pairs, len(rules))), pairs[0].rounds, tuple(pairs), unit)


def _common(pairs: list[PayoutComparison]) -> NDArray[np.int64]:
    common = pairs[0].rounds
    for pair in pairs[1:]:
        common = np.intersect1d(common, pair.rounds)
    if not common.size:
        raise ValueError("They have no rounds in common in which all of them can be paid.")
    return common


def _lines(pairs: list[PayoutComparison], rules: int) -> list[PayLine]:
    """What would have been paid by name and rule; with one rule, what it would have changed for each name."""
    lines: list[PayLine] = []
    for pair in pairs:
        if rules == 1:
            change = Side(pair.name, pair.name, pair.proposed.by_round - pair.current.by_round, 0.0)
            _add(lines, lines, pair, change)
            continue
        for side in (pair.current, pair.proposed):
            same = [line for line in lines if line.name == pair.name]
            if side.short not in {line.label for line in same}:
                _add(lines, same, pair, side)
    return lines


def _add(lines: list[PayLine], same: list[PayLine], pair: PayoutComparison, side: Side) -> None:
    """Add a line, beside the first of those that it is compared with."""
    letter = ascii_uppercase[len(lines)]
    first, to_first = letter, None
    if same:
        first = same[0].letter
        to_first = Stretch.of("", pair.rounds, side.by_round - same[0].side.by_round)
    lines.append(PayLine(letter, side.short, pair.name, side, to_first, first))
