"""What is at risk in each round: the stake of the time, a fixed one, one that grows, or a share per round."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.ahead.power import level_if_restaked
from scoring.change.staking import follow_stake
from scoring.rules import PayoutRule
from scoring.typed import read_number
from tournament.source import Rounds
from wording.numbers import amount, counted, percent

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


@dataclass(frozen=True)
class FollowedRows:
    """Rows (n,), in order of rounds within a model: stake, and pay per NMR at risk under both rules."""

    model: NDArray[np.int64]
    round: NDArray[np.int64]
    stake: NDArray[np.float64]
    proposed: NDArray[np.float64]
    current: NDArray[np.float64]

    @classmethod
    def joined(cls, rows: Sequence["FollowedRows"]) -> "FollowedRows":
        """Those of several pieces, which are in order of rounds."""
        return cls(
            np.concatenate([each.model for each in rows]),
            np.concatenate([each.round for each in rows]),
            np.concatenate([each.stake for each in rows]),
            np.concatenate([each.proposed for each in rows]),
            np.concatenate([each.current for each in rows]),
        )


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
    rows: FollowedRows,
    rounds: Rounds,
    in_force: Mapping[int, PayoutRule],
    stake: float | None,
) -> Paid:
    """Pay of each row under both rules, where what a round risks follows from those before.

    basis: one of BASES but AS_STAKED. in_force: the rule of each round, which says what share of a whole
    stake a round risks; stake: the whole stake at the start, shared evenly by the models, or None for their
    own.
    """
    numbers, row_of = np.unique(rows.round, return_inverse=True)
    first_row, column_of = np.unique(rows.model, return_index=True, return_inverse=True)[1:]
    fraction = np.array([in_force[number].stake_fraction for number in numbers.tolist()])
    proposed_fraction = fraction
    if basis == "per-round":
        proposed_fraction = np.full(fraction.shape, 1.0 / rounds.overlap(numbers))
    models = first_row.size
    whole = (
        rows.stake[first_row] / fraction[row_of[first_row]]
        if stake is None
        else np.full(models, stake / models)
    )
    at = np.searchsorted(rounds.number, numbers)

    def paid(rate: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
        # not rate x at risk: a stake that is gone can't burn a second time
        rates = np.full((numbers.size, models), np.nan)
        rates[row_of, column_of] = rate
        path = follow_stake(
            rates,
            rounds.opened[at],
            rounds.resolves[at],
            whole,
            fraction=share,
            compounding=basis != "fixed",
        )
        return path.payout[row_of, column_of]

    return Paid(
        paid(rows.proposed, proposed_fraction),
        paid(rows.current, fraction),
        # of the stake at the start of all models together: each row carries its round's share of it
        (whole.sum() / np.bincount(row_of))[row_of],
    )


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


def if_restaked(change: float, factors: NDArray[np.float64]) -> str:
    """What of a change of level is left once stakes follow pay, in a sentence; "" where none has to be told.

    change: by how much pay per NMR at risk of everybody differs, as a share. factors (r,): payout factors of
    the rounds; where one of them is 1, or none is known, more stake does not lower it there.
    """
    known = factors[~np.isnan(factors)]
    if not (known.size and known.max() < 1 and change > -1) or math.isnan(change) or abs(change) < 0.005:
        return ""
    half = level_if_restaked(1 + change, 0.5)
    more = "more" if change > 0 else "less"
    return (
        f"If everybody's stake follows pay halfway, the payout factor leaves {percent(abs(half))} {more} of "
        f"{percent(abs(change))}; if it follows until an NMR earns what it did, none of it: /ahead restake."
    )
