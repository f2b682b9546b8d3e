"""Which rounds and rows a comparison is about, which it leaves out, and what paid in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from features.payout.priced.sums import OTHER_UNIT, Sums
from features.payout.pricing import Choices, choices_of, told_choices
from scoring.rules import PayoutRule, describe_multipliers
from tournament.source import History, Numbers, Rounds, TournamentField
from wording.names import DEFAULT_ROUNDS, find_rounds, rounds_meant
from wording.numbers import counted, listed, score_name, span

Rows = NDArray[np.bool_]
MOST_FOLLOWED = 500_000  # rows of stakes that are followed through their rounds: all are in memory at once


def rounds_asked_for(
    field: TournamentField,
    rounds: Rounds,
    scores: Mapping[str, tuple[int, int]],
    typed: str | None,
    own_stake: bool,
) -> tuple[Numbers, bool]:
    """The rounds of the field that were typed, all without, and whether interim rows of them count.

    They count where no final row is in the rounds that were typed. own_stake: only rows with a stake can be
    compared, and the last so many rounds are the last with one. Raises ValueError with a sentence where there
    is no row at all.
    """
    if typed is None:
        if not _any(field, field.numbers, lambda rows: rows.resolved):
            raise ValueError(f"No round of {field.name} has resolved yet.")
        return field.numbers, False
    meant = rounds_meant(typed)
    if isinstance(meant, int):
        chosen = _last_usable(field, meant, own_stake)
    else:
        first = min(first for first, _ in scores.values())
        last = max(int(field.numbers[-1]), *(last for _, last in scores.values()))
        chosen = find_rounds(typed, rounds.number[(rounds.number >= first) & (rounds.number <= last)])
    inside = np.isin(field.numbers, chosen)
    asked = field.numbers[inside]
    if not asked.size:
        where = span(*meant) if isinstance(meant, tuple) else span(chosen[0], chosen[-1])
        raise ValueError(
            f"{field.name} has nothing in {where}: "
            f"its scores are from {span(int(field.numbers[0]), int(field.numbers[-1]))}."
        )
    counts = _final_with_stake if own_stake and field.staked[inside].any() else _final
    return asked, not _any(field, asked, counts)


def _final(rows: History) -> Rows:
    return rows.resolved


def _final_with_stake(rows: History) -> Rows:
    return rows.resolved & (rows.stake > 0)


def _any(field: TournamentField, numbers: Numbers, counts: Callable[[History], Rows]) -> bool:
    """Whether any row of these rounds counts; mostly one of the oldest round does."""
    return any(counts(piece).any() for some in (numbers[:1], numbers) for piece in field.pieces(some))


def _last_usable(field: TournamentField, count: int, own_stake: bool) -> Numbers:
    """The last so many rounds with final rows that can be compared, or else with any that there are."""
    for counts in (_final_with_stake, _final) if own_stake else (_final,):
        found: list[int] = []
        for piece in field.pieces(newest_first=True):
            found = [*np.unique(piece.round[counts(piece)]).tolist(), *found]
            if len(found) >= count:
                break
        if found:
            return np.array(found[-count:], dtype=np.int64)
    return field.numbers[-count:]


def that_can_be_followed(field: TournamentField, numbers: Numbers) -> tuple[Numbers, str]:
    """The newest of these rounds whose rows fit into memory at once, and a sentence's start where some don't.

    A stake that is followed from round to round needs all of its rounds at once.
    """
    rows = field.rows[np.isin(field.numbers, numbers)]
    fit = newest_that_fit(numbers, rows, MOST_FOLLOWED)
    if fit.size == numbers.size:
        return numbers, ""
    cut = (
        f"The stakes of {field.name} can't be followed through {counted(numbers.size, 'round')} at once "
        f"({counted(int(rows.sum()), 'row')}, {MOST_FOLLOWED:,} at most): answered for"
    )
    return fit, cut


def newest_that_fit(numbers: Numbers, rows: NDArray[np.intp], most: int) -> Numbers:
    """The newest of these rounds (r,) whose rows (r,) are at most so many together; one at least."""
    together = np.cumsum(rows[::-1])  # of a round and all that are newer
    return numbers[numbers.size - max(1, int(np.count_nonzero(together <= most))) :]


def left_out(kind: str, reasons: Sequence[str], sums: Sums, answered: Numbers | None) -> tuple[str, ...]:
    """Sentences on the rows that are not compared: of all of them, or between the rounds answered alone.

    Rows in another unit are told of wherever they are: they are missing from all rounds beside the last.
    """
    row, what = ("round", "") if kind == "model" else ("row", " (a model in a round)")
    inside = np.ones(sums.rounds.shape, dtype=bool)
    if answered is not None:
        inside = (sums.rounds >= answered[0]) & (sums.rounds <= answered[-1])
    told: list[str] = []
    for reason, rows in zip(reasons, sums.left_out.T, strict=True):
        count = int((rows if reason == OTHER_UNIT else rows[inside]).sum())
        if count:
            told.append(f"Left out: {counted(count, row)}{what} {reason}.")
    return tuple(told)


def last_of(numbers: Numbers) -> Numbers:
    """The rounds that are meant when nobody says: the last 20 of those that can be compared."""
    return numbers[-DEFAULT_ROUNDS:]


def was_paid(rows: History) -> Rows:
    """Which rows (n,) are final, had a stake, and have a recorded payout."""
    return rows.resolved & (rows.stake > 0) & ~np.isnan(rows.payout)


def asked_otherwise(typed: str | None, numbers: Numbers) -> str:
    """ "rounds 183-400" where that was typed and other rounds are answered; "" where they are the same."""
    meant = None if typed is None else rounds_meant(typed)
    if meant is None:
        return ""
    if isinstance(meant, int):
        return "" if meant == numbers.size else f"the last {counted(meant, 'round')}"
    return "" if meant == (numbers[0], numbers[-1]) else span(*meant)


def with_other_unit(field: TournamentField) -> TournamentField:
    """The same with the scores of another unit among the others."""

    def read(numbers: Numbers) -> History:
        return field.read(numbers).with_other_unit()

    return replace(field, read=read)


def told_of_other_unit(field: TournamentField) -> tuple[str, ...]:
    """A sentence on every score that is counted although it was in another unit."""
    told: list[str] = []
    for score in field.read(field.numbers[-1:]).other_unit:
        rounds = field.newest(1, lambda rows, score=score: ~np.isnan(rows.other_unit[score])).round
        if rounds.size:
            until = f"{score_name(score)} up to round {rounds.max()}"
            told.append(f"{until} is in another unit, and counted because that was asked for.")
    return tuple(told)


def regimes_of(
    tournament: str, history: History, in_force: Mapping[int, PayoutRule]
) -> list[tuple[str, Numbers]]:
    """(words, rounds) of each stretch of rounds in a row that paid by the same scores, the oldest first.

    The words say what paid, how many models there were, and what all of them had chosen, where they had.
    """
    told: list[tuple[str, Numbers]] = []
    for paid, numbers in by_pay(np.unique(history.round), in_force):
        rows = history.only(np.isin(history.round, numbers))
        models = None if history.kind == "model" else np.unique(rows.model).size
        told.append((pay_in_words(tournament, paid, numbers, models, choices_of(rows)), numbers))
    return told


def by_pay(numbers: Numbers, in_force: Mapping[int, PayoutRule]) -> list[tuple[tuple[str, ...], Numbers]]:
    """(scores, rounds) of each stretch of these rounds in a row that paid by the same scores."""
    paid: dict[str, tuple[str, ...]] = {}
    for number in numbers.tolist():
        rule = in_force[number]
        if rule.id not in paid:
            paid[rule.id] = _scores_of(rule)
    groups = groupby(numbers.tolist(), key=lambda number: paid[in_force[number].id])
    return [(scores, np.array(list(members))) for scores, members in groups]


def _scores_of(rule: PayoutRule) -> tuple[str, ...]:
    choices = (rule.multipliers, *rule.choices)
    return tuple(sorted({score for choice in choices for score, times in choice.items() if times}))


def pay_in_words(
    tournament: str, paid: Sequence[str], rounds: Numbers, models: int | None, choices: Choices
) -> str:
    """ "paid CORR and TC, 812 models, 1xCORR and no TC chosen"; models: None where nobody counts them."""
    words = f"paid {listed([score_name(score) for score in paid])}"
    if models is not None:
        words += f", {counted(models, 'model')}"
    chosen, _ = told_choices(tournament, rounds, choices)
    if chosen is not None:
        each = [
            describe_multipliers({score: chosen[score]}) if chosen.get(score) else f"no {score_name(score)}"
            for score in sorted({*paid, *(score for score, times in chosen.items() if times)})
        ]
        words += f", {listed(each)} chosen"
    return words


def changes_of_pay(tournament: str, history: History, in_force: Mapping[int, PayoutRule]) -> str:
    """ "rounds 302-310 paid CORR and MMC, 674 models; rounds 311-321 …"; "" where all paid the same."""
    told = regimes_of(tournament, history, in_force)
    if len(told) == 1:
        return ""
    return "; ".join(f"{span(int(numbers[0]), int(numbers[-1]))} {words}" for words, numbers in told)


def left_out_unit(history: History, score: str) -> str:
    """ "Left out: rounds 183-198, whose TC is in another unit."; "" where there are none."""
    return left_out_rounds(rounds_of_other_unit(history, score), score)


def rounds_of_other_unit(history: History, score: str) -> Numbers:
    """The rounds of the rows that have a score in another unit, each once."""
    values = history.other_unit.get(score)
    return np.unique(history.round[:0] if values is None else history.round[~np.isnan(values)])


def left_out_rounds(rounds: Numbers, score: str) -> str:
    """The sentence of left_out_unit for these rounds."""
    if not rounds.size:
        return ""
    between = span(int(rounds.min()), int(rounds.max()))
    return f"Left out: {between}, whose {score_name(score)} is in another unit."
