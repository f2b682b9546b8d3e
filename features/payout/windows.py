"""Which rounds and rows a comparison is about, which it leaves out, and what paid in them."""

from collections.abc import Mapping
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from features.payout.pricing import Priced, chosen_multipliers
from scoring.rules import PayoutRule, describe_multipliers
from tournament.source import History, Rounds
from wording.names import DEFAULT_ROUNDS, find_rounds, rounds_meant
from wording.numbers import counted, listed, score_name, span

Numbers = NDArray[np.int64]
Rows = NDArray[np.bool_]
OTHER_UNIT = "with a score in another unit (the option old_tc counts them)"


def rows_asked_for(
    history: History,
    rounds: Rounds,
    scores: Mapping[str, tuple[int, int]],
    typed: str | None,
    own_stake: bool,
) -> tuple[History, bool]:
    """The rows of the rounds that were typed, all rows without, and whether interim ones count.

    They count where no final row is in the rounds that were typed. own_stake: only rows with a stake can be
    compared, and the last so many rounds are the last with one. Raises ValueError with a sentence where there
    is no row at all.
    """
    final = history.only(history.resolved)
    if typed is None:
        if not final.round.size:
            raise ValueError(f"No round of {history.name} has resolved yet.")
        return history, False
    usable = np.unique(final.round[final.stake > 0] if own_stake else final.round)
    if not usable.size:
        usable = np.unique(final.round if final.round.size else history.round)
    first = min(first for first, _ in scores.values())
    last = max(int(history.round.max()), *(last for _, last in scores.values()))
    known = rounds.number[(rounds.number >= first) & (rounds.number <= last)]
    chosen = find_rounds(typed, known, usable)
    asked = history.only(np.isin(history.round, chosen))
    if not asked.round.size:
        meant, there = rounds_meant(typed), np.unique(history.round)
        where = span(*meant) if isinstance(meant, tuple) else span(chosen[0], chosen[-1])
        raise ValueError(
            f"{history.name} has nothing in {where}: its scores are from {span(there[0], there[-1])}."
        )
    staked = asked.stake > 0
    none_is_final = not (asked.resolved & staked if own_stake and staked.any() else asked.resolved).any()
    return asked, none_is_final


def comparable(
    history: History, proposed: Priced, current: Priced, *, own_stake: bool, interim: bool
) -> tuple[Rows, dict[str, Rows]]:
    """The rows (n,) that both rules can pay, and the others by why they can't. ValueError if none is left."""
    staked = history.stake > 0 if own_stake else np.ones(history.round.shape, dtype=bool)
    counts = staked if interim else staked & history.resolved
    unpaid = counts & np.isnan(current.rate)
    unscored = counts & ~unpaid & np.isnan(proposed.rate)
    other_unit = np.zeros(staked.shape, dtype=bool)
    for values in history.other_unit.values():
        other_unit |= ~np.isnan(values)
    other_unit &= unscored if current.as_paid else unpaid | unscored
    reasons = {
        "without a stake": ~staked,
        "still interim in this data": staked & ~counts,
        "without a recorded payout"
        if current.as_paid
        else "without a score that the current rule pays": unpaid & ~other_unit,
        OTHER_UNIT: other_unit,
        "without a score that the proposed rule pays": unscored & ~other_unit,
    }
    kept = counts & ~unpaid & ~unscored
    if not kept.any():
        most = max(reasons, key=lambda reason: np.count_nonzero(reasons[reason]))
        hint = (
            " Name a stake and a current rule to compare two rules on its scores, "
            "for example stake 100 and current 2xCORR + 1xTC."
            if most == "without a stake"
            else " Try other rounds."
        )
        raise ValueError(
            f"Nothing can be compared: the rounds of {history.name} from {history.round.min()} to "
            f"{history.round.max()} are {most}.{hint}"
        )
    return kept, reasons


def left_out(history: History, reasons: Mapping[str, Rows], answered: Numbers | None) -> tuple[str, ...]:
    """Sentences on the rows that are not compared: of all of them, or between the rounds answered alone.

    Rows in another unit are told of wherever they are: they are missing from all rounds beside the last.
    """
    row, what = ("round", "") if history.kind == "model" else ("row", " (a model in a round)")
    inside = np.ones(history.round.shape, dtype=bool)
    if answered is not None:
        inside = (history.round >= answered[0]) & (history.round <= answered[-1])
    counts = {
        reason: int(np.count_nonzero(rows if reason == OTHER_UNIT else rows & inside))
        for reason, rows in reasons.items()
    }
    return tuple(f"Left out: {counted(n, row)}{what} {reason}." for reason, n in counts.items() if n)


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


def told_of_other_unit(history: History) -> tuple[str, ...]:
    """A sentence on every score that is counted although it was in another unit."""
    told: list[str] = []
    for score, values in history.other_unit.items():
        rounds = history.round[~np.isnan(values)]
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

    def paid_in(number: int) -> list[str]:
        rule = in_force[number]
        choices = (rule.multipliers, *rule.choices)
        return sorted({score for choice in choices for score, times in choice.items() if times})

    told: list[tuple[str, Numbers]] = []
    for paid, members in groupby(np.unique(history.round).tolist(), key=paid_in):
        numbers = np.array(list(members))
        rows = history.only(np.isin(history.round, numbers))
        words = f"paid {listed([score_name(score) for score in paid])}"
        if history.kind != "model":
            words += f", {counted(np.unique(rows.model).size, 'model')}"
        chosen, _ = chosen_multipliers(tournament, rows)
        if chosen is not None:
            each = [
                describe_multipliers({score: chosen[score]})
                if chosen.get(score)
                else f"no {score_name(score)}"
                for score in sorted({*paid, *(score for score, times in chosen.items() if times)})
            ]
            words += f", {listed(each)} chosen"
        told.append((words, numbers))
    return told


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
