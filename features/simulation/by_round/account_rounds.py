"""What accounts risked and scored in each round, and what was known of them when it opened."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.meta_model.implied import WITH_META_MODEL
from features.simulation.accounts_known import RANKED_BY, errors_of_means
from features.stakes.holders import owners_of
from scoring.schemes import KnownOfHolders
from tournament.source import History, Numbers, Rounds, Stakes, TournamentField

FEWEST_ACCOUNTS = 100  # of fewer, one holds most of what there is, and no cap of 1 % can be kept
WEEKLY = 5  # about so many rounds are open at once where they are weekly
CORR = "corr"

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class AccountRound:
    """Accounts (a,) of a final round: stake at risk in NMR, and scores weighted by it; NaN where missing."""

    number: int
    account: NDArray[np.intp]  # position among all that are listed; beyond them who has left
    stake: Floats
    scores: dict[str, Floats]  # CORR, the correlation with the meta model, and what accounts are ranked by


@dataclass(frozen=True)
class AccountRounds:
    """Final rounds in order; where rounds are daily, one a week.

    overlap: how many of them are open at once; known_from (r,): how many of the rounds had resolved when
    each opened. ranked_by: the score that accounts are ranked by; "" without one.
    """

    rounds: tuple[AccountRound, ...]
    known_from: NDArray[np.intp]
    overlap: int
    step: int
    accounts: int
    ranked_by: str

    @property
    def numbers(self) -> Numbers:
        """Which rounds they are."""
        return np.array([each.number for each in self.rounds], dtype=np.int64)

    def table(self, score: str) -> Floats:
        """A score (r, a) of everybody, for what comes again of it."""
        found = np.full((len(self.rounds), self.accounts), np.nan)
        for at, each in enumerate(self.rounds):
            found[at, each.account] = each.scores[score]
        return found

    def with_what_was_known(self) -> Iterator[tuple[AccountRound, KnownOfHolders]]:
        """Each round with the scores, errors and correlations of its accounts (a,) as it opened.

        Rounds count from when they had resolved, so nobody is weighed by what came later.
        """
        score, likeness = _Running(self.accounts), _Running(self.accounts)
        counted = 0
        for each, until in zip(self.rounds, self.known_from.tolist(), strict=True):
            for past in self.rounds[counted:until]:
                if self.ranked_by:
                    score.add(past, self.ranked_by)
                likeness.add(past, WITH_META_MODEL)
            counted = max(counted, until)
            yield (
                each,
                KnownOfHolders(
                    scores=score.mean[each.account] if self.ranked_by else None,
                    errors=score.errors(self.overlap)[each.account] if self.ranked_by else None,
                    correlations=likeness.mean[each.account],
                ),
            )


def account_rounds(stakes: Stakes, everyone: TournamentField | None, calendar: Rounds) -> AccountRounds:
    """The final rounds of the accounts of a day.

    Raises ValueError with a sentence where it is not known whose models are whose, or where no final round
    has a CORR and a correlation with the meta model.
    """
    owner = None if everyone is None else owners_of(everyone.models, stakes)
    if everyone is None or owner is None:
        raise ValueError("It is not known whose models are whose in the rounds that were.")
    step = max(1, calendar.overlap(everyone.numbers) // WEEKLY)
    found: list[AccountRound] = []
    for rows in everyone.pieces(everyone.numbers[::step]):
        if CORR in rows.scores and WITH_META_MODEL in rows.likeness:
            found += _rounds_of(rows, owner)
    if not found:
        raise ValueError("No final round has both CORR and the correlation with the meta model.")
    numbers = np.array([each.number for each in found])
    at = np.searchsorted(calendar.number, numbers)
    opened, resolves = calendar.opened[at], calendar.resolves[at]
    # what resolves in order is known in order: of rounds that do not, the earlier ones wait
    known_from = np.searchsorted(np.maximum.accumulate(resolves), opened, side="right")
    names = [
        name
        for name in RANKED_BY
        if any(name in each.scores and not np.isnan(each.scores[name]).all() for each in found)
    ]
    return AccountRounds(
        rounds=tuple(found),
        known_from=np.minimum(known_from, np.arange(numbers.size)),
        overlap=1 + -(-(calendar.overlap(numbers) - 1) // step),
        step=step,
        accounts=1 + max(len(stakes.accounts) - 1, int(owner.max(initial=-1))),
        ranked_by=names[0] if names else "",
    )


def past_of(stakes: Stakes, everyone: TournamentField | None, calendar: Rounds) -> AccountRounds | str:
    """account_rounds, or the sentence why there are none."""
    try:
        return account_rounds(stakes, everyone, calendar)
    except ValueError as error:
        return str(error)


def _rounds_of(rows: History, owner: NDArray[np.intp]) -> Iterator[AccountRound]:
    """The rounds of a piece, models of an account put together by stake at risk."""
    columns = {name: rows.scores[name] for name in (CORR, *RANKED_BY) if name in rows.scores}
    columns[WITH_META_MODEL] = rows.likeness[WITH_META_MODEL]
    kept = np.flatnonzero(
        rows.resolved & (rows.stake > 0) & ~np.isnan(columns[CORR]) & ~np.isnan(columns[WITH_META_MODEL])
    )
    kept = kept[np.argsort(rows.round[kept], kind="stable")]
    if not kept.size:
        return
    numbers, starts = np.unique(rows.round[kept], return_index=True)
    for number, which in zip(numbers.tolist(), np.split(kept, starts[1:]), strict=True):
        account, at = np.unique(owner[rows.model[which]], return_inverse=True)
        stake = rows.stake[which]
        yield AccountRound(
            number=number,
            account=account,
            stake=np.bincount(at, weights=stake).astype(np.float64),
            scores={name: _mean(values[which], stake, at) for name, values in columns.items()},
        )


def _mean(values: Floats, stake: Floats, at: NDArray[np.intp]) -> Floats:
    """The mean of each account over its models that have a value, weighted by stake."""
    there = ~np.isnan(values)
    size = int(at.max(initial=-1)) + 1
    held = np.bincount(at[there], weights=stake[there], minlength=size)
    total = np.bincount(at[there], weights=(stake * values)[there], minlength=size)
    return np.divide(total, held, out=np.full(size, np.nan), where=held > 0)


class _Running:
    """Means of accounts over the rounds so far, weighted by stake at risk, and their standard errors."""

    def __init__(self, accounts: int) -> None:
        self._weight, self._total, self._squares, self._of_squares = np.zeros((4, accounts))

    def add(self, of: AccountRound, score: str) -> None:
        """Count a round."""
        if score not in of.scores:
            return
        there = ~np.isnan(of.scores[score])
        at, stake, value = of.account[there], of.stake[there], of.scores[score][there]
        self._weight[at] += stake
        self._total[at] += stake * value
        self._squares[at] += stake**2
        self._of_squares[at] += stake * value**2

    @property
    def mean(self) -> Floats:
        """The mean of each account; nan without any."""
        none = np.full(self._weight.size, np.nan)
        return np.divide(self._total, self._weight, out=none, where=self._weight > 0)

    def errors(self, overlap: int) -> Floats:
        """As errors_of_means has them."""
        return errors_of_means(self._weight, self.mean, self._squares, self._of_squares, overlap)
