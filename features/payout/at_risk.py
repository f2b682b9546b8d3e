"""What is at risk in each round: the stake of the time, a fixed one, one that grows, or a share per round."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.change.staking import follow_stake
from scoring.rules import PayoutRule
from scoring.typed import read_number
from tournament.source import History, Rounds
from wording.numbers import amount, counted

LARGEST_STAKE = 11_000_000.0  # NMR; there will never be more of it
AS_STAKED = "stake of the time"
Sentences = tuple[str, ...]

BASES = (AS_STAKED, "fixed", "compounding", "per-round")


@dataclass(frozen=True)
class Paid:
    """Pay (n,) in NMR of each row under both rules, and what percentages are of."""

    proposed: NDArray[np.float64]
    current: NDArray[np.float64]
    percent_of: NDArray[np.float64]


def check_basis(basis: str) -> None:
    """Raise ValueError for a basis that there is not."""
    if basis not in BASES:
        raise ValueError(f"The basis is one of {', '.join(BASES)}.")


def check_stake(stake: float) -> None:
    """Raise ValueError unless somebody could have this many NMR at stake."""
    if not (math.isfinite(stake) and 0 < stake <= LARGEST_STAKE):
        raise ValueError(f"A stake is a number of NMR above 0 and at most {LARGEST_STAKE:,.0f}.")


def read_stake(text: str) -> float:
    """The stake that was typed, in NMR. Raises ValueError, as check_stake does."""
    stake = float(read_number(text, "The stake", unit="nmr"))
    check_stake(stake)
    return stake


def follow(
    basis: str,
    history: History,
    rounds: Rounds,
    in_force: Mapping[int, PayoutRule],
    proposed_rate: NDArray[np.float64],
    current_rate: NDArray[np.float64],
    stake: float | None,
) -> Paid:
    """Pay of each row of a history under both rules, where what a round risks follows from those before.

    basis: one of BASES but AS_STAKED. proposed_rate, current_rate (n,): pay per NMR at risk; in_force: the
    rule of each round, which says what share of a whole stake a round risks; stake: the whole stake at the
    start, shared evenly by the models, or None for their own.
    """
    numbers, at = np.unique(history.round, return_inverse=True)
    fraction = np.array([in_force[number].stake_fraction for number in numbers.tolist()])[at]
    proposed_fraction = fraction
    if basis == "per-round":
        proposed_fraction = np.full(fraction.shape, 1.0 / rounds.overlap(numbers))
    first_row = np.unique(history.model, return_index=True)[1]  # rows are in order of rounds within a model
    models = first_row.size
    whole = (
        history.stake[first_row] / fraction[first_row] if stake is None else np.full(models, stake / models)
    )
    compounding = basis != "fixed"
    return Paid(
        _follow(history, rounds, proposed_rate, whole, proposed_fraction, compounding=compounding),
        _follow(history, rounds, current_rate, whole, fraction, compounding=compounding),
        # of the stake at the start of all models together: each row carries its round's share of it
        whole.sum() / np.bincount(at)[at],
    )


def _follow(
    history: History,
    rounds: Rounds,
    rate: NDArray[np.float64],
    whole: NDArray[np.float64],
    fraction: NDArray[np.float64],
    *,
    compounding: bool,
) -> NDArray[np.float64]:
    """Pay of each row when every model starts with `whole` and keeps to its share per round.

    Not rate x at risk: a stake that is gone can't burn a second time.
    """
    numbers, row_of = np.unique(history.round, return_inverse=True)
    column_of = np.unique(history.model, return_inverse=True)[1]
    rates = np.full((numbers.size, whole.size), np.nan)
    rates[row_of, column_of] = rate
    fractions = np.zeros(numbers.size)
    fractions[row_of] = fraction
    at = np.searchsorted(rounds.number, numbers)
    path = follow_stake(
        rates, rounds.opened[at], rounds.resolves[at], whole, fraction=fractions, compounding=compounding
    )
    return path.payout[row_of, column_of]


def basis_words(basis: str, stake: float | None, kind: str, overlap: int) -> tuple[Sentences, Sentences]:
    """The basis as assumptions, with amounts and without."""
    shared = ", shared evenly by the models" if kind != "model" else ""
    if basis == AS_STAKED:
        of_what = "Percentages are of the stake at risk in each round, added up over the rounds."
        if stake is None:
            told = "Stake: the stake of the time in every round, whatever the rule would have paid before."
            return (told,), (told, of_what)
        return (
            (f"Stake: {amount(stake, 'NMR')} at risk in every round{shared}.",),
            (f"Stake: the same in every round{shared}.", of_what),
        )
    how = {
        "fixed": "it stays what it was at the start",
        "compounding": "it grows by what each rule pays, once the round has resolved",
        "per-round": (
            f"it grows by what each rule pays; under the proposed rule each round risks 1/{overlap} of it, "
            f"because about {counted(overlap, 'round runs', 'rounds run')} at once, under the current one "
            "what a round risked then"
        ),
    }[basis]
    start = "that of the first round" if stake is None else f"{amount(stake, 'NMR')}{shared}"
    hidden = "that of the first round" if stake is None else f"the same for all{shared}"
    return (
        (f"Stake: {start}; {how}.",),
        (f"Stake: {hidden}; {how}.", "Percentages are of the stake at the start."),
    )
