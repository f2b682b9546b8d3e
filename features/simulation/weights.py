"""What a proposed scheme would do to the weights in the meta model, and to pay if pay followed them."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from features.payout.comparison import LARGE, Stretch
from features.payout.pricing import rules_in_force
from features.payout.windows import changes_of_pay, was_paid
from features.stakes.holders import owners_of
from scoring.change.transition import Gains, by_stake_decile, gains
from scoring.concentration import effective_number, nakamoto
from scoring.rules import PayoutRule
from scoring.schemes import Weighing
from scoring.weighting import split_gain, stake_weights
from tournament.source import History, Numbers, Rounds, Stakes, TournamentField
from wording.names import DEFAULT_ROUNDS
from wording.numbers import amount, counted, number, percent, score_name, span, whole

PARTS = 10
RANKED_BY = ("tc", "mmc", "corr")  # the first one a source has is what accounts are ranked by

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """How weight is spread over accounts, before and after."""

    effective: tuple[float, float]
    half: tuple[float, float]  # how many hold half
    largest: tuple[float, float]


@dataclass(frozen=True)
class WeightPay:
    """Pay of accounts on their stakes of today, and multiplied by how the weight of each changes.

    Both at what each account earned per NMR at risk in the newest rounds: today's stake is not that of the
    time, and the weights follow today's.
    """

    rounds: Numbers
    gains: Gains
    stretch: Stretch  # the difference, and that without the largest where it has much of the weight
    changes: str  # what these rounds paid, where that changed in them
    left_out: int  # rows of accounts whose weight is not known


@dataclass(frozen=True)
class WeightImpact:
    """Weights (a,) of accounts with a stake, before and after; both add up to 1."""

    scheme: str
    guessed: bool
    position: NDArray[np.intp]  # (a,) of each account among all that are listed
    stake: Floats  # NMR
    before: Floats
    after: Floats
    spread: Spread
    apart: Spread | None  # with the largest guessed account taken apart into its models
    apart_models: int
    moved: float  # half of the sum of absolute differences
    largest_after: float  # what the account that weighs most before weighs after
    deciles: NDArray[np.intp]  # (g,), by stake
    decile_before: Floats
    decile_after: Floats
    ranked_by: str  # "TC of rounds 178-325"; "" where scores don't matter
    left_out: int  # accounts with a stake but without a score: neither before nor after
    left_out_stake: float  # share of all stake
    splitting: float  # weight of the largest account in ten parts, over its weight whole
    pay: WeightPay | None  # None where nobody's pay is known by account

    @property
    def who(self) -> str:
        """ "4,227 guessed accounts"."""
        return counted(self.stake.size, f"{'guessed ' if self.guessed else ''}account")

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        before, after = self.spread.half
        told = f"With {self.scheme}, {counted(after, 'account holds', 'accounts hold')} half of the weight"
        return f"{told}, as before." if before == after else f"{told} instead of {whole(before)}."

    @property
    def headline(self) -> str:
        """The finding for the title of a picture."""
        return self.finding.removesuffix(".").replace(" of the weight", "")

    @property
    def pay_sentence(self) -> str:
        """What happens to pay if it is counted on the changed weights too; "" where that is not known."""
        if self.pay is None:
            return ""
        gain, told = self.pay.gains, self.pay.stretch
        sentence = (
            f"At the pay per NMR of {told.span}, {counted(gain.rows.size, 'account')} would get "
            f"{amount(math.fsum(gain.new), 'NMR')} instead of {number(math.fsum(gain.old))}, "
            f"{replace(told, without_largest=None).told('NMR')}"
        )
        if told.without_largest is not None:
            share, others = told.without_largest
            sentence += f"; the largest has {percent(share)} of their weight: without it {others.told('NMR')}"
        return f"{sentence}. Of these, {self.pay.changes}." if self.pay.changes else f"{sentence}."


def weight_impact(
    tournament: str,
    scheme: Weighing,
    stakes: Stakes,
    everyone: TournamentField | None,
    calendar: Rounds,
    live: PayoutRule | None = None,
) -> WeightImpact:
    """Weights of all accounts with a stake before and after.

    everyone: all models' rows, where they are known; live: the announced rule that rounds are paid by.
    Raises ValueError with a sentence where the scheme can't be applied to these accounts.
    """
    held = stakes.account_stake
    if not held.any():
        raise ValueError("No account on the leaderboard has a stake.")
    owner = None if everyone is None else owners_of(everyone.models, stakes)
    score, words = np.full(held.size, math.nan), ""
    if scheme.needs_scores:
        if everyone is None or owner is None:
            raise ValueError("This source does not say whose models are whose, so accounts can't be ranked.")
        score, words = _scores(everyone, owner, held.size)
    counts = (held > 0) & ~(np.isnan(score) if scheme.needs_scores else np.zeros(held.size, dtype=np.bool_))
    position = np.flatnonzero(counts)
    if not position.size:
        raise ValueError("No account has both a stake and a score, so there is nobody to rank.")
    stake, score = held[position], score[position]
    before, after = stake_weights(stake), scheme.weigh(stake, score)
    largest = int(before.argmax())
    in_deciles = by_stake_decile(before, stake)
    apart, models = _apart(scheme, stakes, position, score)
    return WeightImpact(
        scheme=scheme.words,
        guessed=stakes.guessed,
        position=position,
        stake=stake,
        before=before,
        after=after,
        spread=_spread(before, after),
        apart=apart,
        apart_models=models,
        moved=float(np.abs(after - before).sum() / 2),
        largest_after=float(after[largest]),
        deciles=in_deciles.decile,
        decile_before=in_deciles.difference,
        decile_after=by_stake_decile(after, stake).difference,
        ranked_by=words,
        left_out=int(np.count_nonzero(held > 0)) - position.size,
        left_out_stake=float(held[~counts].sum() / held.sum()),
        splitting=_splitting(scheme, stake, score, largest),
        pay=None
        if everyone is None or owner is None
        else _pay(
            tournament, everyone, owner, position, np.stack((stake, after * stake.sum())), calendar, live
        ),
    )


def _scores(everyone: TournamentField, owner: NDArray[np.intp], accounts: int) -> tuple[Floats, str]:
    """Mean score of each account over all its rounds, weighted by stake at risk; nan without any."""
    size = max(accounts, int(owner.max(initial=-1)) + 1)
    found = {name: _Mean(np.zeros(size), np.zeros(size), []) for name in RANKED_BY}
    there: set[str] = set()
    for rows in everyone.pieces():
        there.update(rows.scores)
        for name, mean in found.items():
            if name in rows.scores:
                mean.add(rows, owner, rows.scores[name])
    known = [name for name in RANKED_BY if name in there]
    if not known:
        raise ValueError("This source has no score to rank accounts by.")
    score = next((name for name in known if found[name].rounds), known[0])
    mean = found[score]
    if not mean.rounds:
        raise ValueError(f"Nobody with a stake has a {score_name(score)}, so nobody can be ranked.")
    weight, total = mean.weight[:accounts], mean.total[:accounts]
    value = np.divide(total, weight, out=np.full(accounts, math.nan), where=weight > 0)
    return value, f"{score_name(score)} of {span(min(mean.rounds), max(mean.rounds))}"


@dataclass(frozen=True)
class _Mean:
    """A score weighted by stake at risk, added up by account (a,), and the rounds it is of."""

    weight: Floats
    total: Floats
    rounds: list[int]

    def add(self, rows: History, owner: NDArray[np.intp], values: Floats) -> None:
        known = rows.resolved & (rows.stake > 0) & ~np.isnan(values)
        of, stake = owner[rows.model[known]], rows.stake[known]
        self.weight[:] += np.bincount(of, weights=stake, minlength=self.weight.size)
        self.total[:] += np.bincount(of, weights=stake * values[known], minlength=self.total.size)
        self.rounds.extend(np.unique(rows.round[known]).tolist())


def _spread(before: Floats, after: Floats) -> Spread:
    return Spread(
        effective=(effective_number(before), effective_number(after)),
        half=(nakamoto(before), nakamoto(after)),
        largest=(float(before.max()), float(after.max())),
    )


def _apart(
    scheme: Weighing, stakes: Stakes, position: NDArray[np.intp], score: Floats
) -> tuple[Spread | None, int]:
    """The same with the models of the largest guessed account as accounts of their own, and how many."""
    if not stakes.guessed or stakes.account_of is None:
        return None, 0
    held = stakes.model_stake > 0
    several = np.bincount(stakes.account_of[held], minlength=len(stakes.accounts))[position] > 1
    if not several.any():
        return None, 0
    largest = int(np.where(several, stakes.account_stake[position], -1.0).argmax())
    its_own = stakes.model_stake[held & (stakes.account_of == position[largest])]
    stake = np.concatenate((np.delete(stakes.account_stake[position], largest), its_own))
    # each of its models ranks where the account did
    scores = np.concatenate((np.delete(score, largest), np.full(its_own.size, score[largest])))
    try:
        return _spread(stake_weights(stake), scheme.weigh(stake, scores)), its_own.size
    except ValueError:
        return None, 0


def _splitting(scheme: Weighing, stake: Floats, score: Floats, largest: int) -> float:
    def weigh(stakes: Floats) -> Floats:
        # each part ranks where the whole did
        return scheme.weigh(stakes, np.append(score, np.full(stakes.size - score.size, score[largest])))

    return split_gain(weigh, stake, largest, PARTS)


def _pay(
    tournament: str,
    everyone: TournamentField,
    owner: NDArray[np.intp],
    position: NDArray[np.intp],
    found: Floats,
    calendar: Rounds,
    live: PayoutRule | None,
) -> WeightPay | None:
    """Pay of the newest rounds per NMR at risk, on stakes (2, a) in NMR that count before and after."""
    of_account = dict(zip(position.tolist(), range(position.size), strict=True))
    of_model = np.array([of_account.get(each, -1) for each in owner.tolist()], dtype=np.intp)
    paid = everyone.newest(DEFAULT_ROUNDS, was_paid)
    numbers, at = np.unique(paid.round), of_model[paid.model]
    rows = paid.only(at >= 0)
    if not rows.round.size:
        return None
    # one row for each account and round: what was paid in it over what it risked
    places = np.searchsorted(numbers, rows.round)
    cells, cell = np.unique(at[at >= 0] * numbers.size + places, return_inverse=True)
    rate = np.bincount(cell, weights=rows.payout) / np.bincount(cell, weights=rows.stake)
    account, period = cells // numbers.size, cells % numbers.size
    old, new = rate * found[:, account]
    _, names = np.unique(account, return_inverse=True)
    return WeightPay(
        rounds=numbers,
        gains=gains(old, new, names),
        stretch=_stretch(numbers, period, new - old, account, found),
        changes=changes_of_pay(tournament, rows, rules_in_force(tournament, rows, calendar, live)),
        left_out=paid.round.size - rows.round.size,
    )


def _stretch(
    numbers: Numbers,
    period: NDArray[np.int64],
    moved: Floats,
    account: NDArray[np.intp],
    found: Floats,
) -> Stretch:
    """The difference of all accounts, and without the one that has much of the weight before or after."""

    def of(rows: NDArray[np.bool_]) -> Stretch:
        by_round = np.bincount(period[rows], weights=moved[rows], minlength=numbers.size)
        return Stretch.of("", numbers, by_round.astype(np.float64))

    whole = of(np.ones(moved.size, dtype=np.bool_))
    held = found[:, np.unique(account)]
    shares = (held / held.sum(axis=1, keepdims=True)).max(axis=0)
    largest = np.unique(account)[shares.argmax()]
    if shares.max() <= LARGE or shares.size == 1:
        return whole
    return replace(whole, without_largest=(float(shares.max()), of(account != largest)))
