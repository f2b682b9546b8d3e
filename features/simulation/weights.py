"""What a proposed scheme would do to the weights in the meta model, and to pay if pay followed them."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from features.simulation.accounts_known import AccountsKnown
from features.simulation.by_round.meta_model_effect import MetaModelEffect
from features.simulation.weight_pay import PaidBefore, WeightPay, weight_pay
from scoring.change.transition import by_stake_decile
from scoring.concentration import effective_number, nakamoto
from scoring.schemes import KnownOfHolders, Weighing
from scoring.weighting import split_gain, stake_weights
from scoring.weights.by_score import quality
from tournament.source import Stakes
from wording.numbers import amount, counted, number, percent, whole

PARTS = 10

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """How weight is spread over accounts, before and after."""

    effective: tuple[float, float]
    half: tuple[float, float]  # how many hold half
    largest: tuple[float, float]


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
    basis: str  # by what accounts are weighed besides stake, in a sentence; "" for stake alone
    left_out: int  # accounts with a stake that can't be weighed: neither before nor after
    left_out_stake: float  # share of all stake
    splitting: float  # weight of the largest account in ten parts, over its weight whole
    pay: WeightPay | None  # None where nobody's pay is known by account
    meta_model: MetaModelEffect | None = None  # None where that was not asked

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
    scheme: Weighing, stakes: Stakes, found: AccountsKnown, paid: PaidBefore | None = None
) -> WeightImpact:
    """Weights of all accounts with a stake before and after, and their pay where it is asked for.

    Raises ValueError with a sentence where the scheme can't be applied to these accounts.
    """
    held = stakes.account_stake
    if not held.any():
        raise ValueError("No account on the leaderboard has a stake.")
    why_not = found.why_not(scheme.needs)
    if why_not:
        raise ValueError(why_not)
    counts, lacks = held > 0, np.zeros(held.size, dtype=np.bool_)
    if scheme.leaves_out:
        lacks = np.isnan(getattr(found.known, scheme.leaves_out))
    elif "scores" in scheme.needs and found.known.scores is not None:
        lacks = np.isnan(found.known.scores)  # weighed as average
    unscored = int(np.count_nonzero(counts & lacks))
    unscored_stake = float(held[counts & lacks].sum() / held.sum())
    if scheme.leaves_out:
        counts = counts & ~lacks
    position = np.flatnonzero(counts)
    if not position.size:
        what = "score, so there is nobody to rank" if scheme.leaves_out == "scores" else "correlation"
        raise ValueError(f"No account has both a stake and a {what}.")
    stake, known = held[position], found.known.of(position)
    before, after = stake_weights(stake), scheme.weigh(stake, known)
    largest = int(before.argmax())
    in_deciles = by_stake_decile(before, stake)
    apart, models = _apart(scheme, stakes, position, known)
    counting = np.stack((stake, after * stake.sum()))
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
        ranked_by=found.scored if "scores" in scheme.needs else "",
        basis=_basis(scheme, found, unscored, unscored_stake),
        left_out=unscored if scheme.leaves_out else 0,
        left_out_stake=unscored_stake if scheme.leaves_out else 0.0,
        splitting=what_splitting_gains(scheme, stake, known, largest, PARTS),
        pay=None if paid is None else weight_pay(paid, stakes, position, counting),
    )


def what_splitting_gains(
    scheme: Weighing, stake: Floats, known: KnownOfHolders, holder: int, parts: int
) -> float:
    """Weight of an account in so many parts, each one like the whole, over its weight whole."""

    def weigh(stakes: Floats) -> Floats:
        every = np.append(np.arange(stake.size), np.full(stakes.size - stake.size, holder))
        return scheme.weigh(stakes, known.of(every))

    return split_gain(weigh, stake, holder, parts)


def _basis(scheme: Weighing, found: AccountsKnown, unscored: int, of_stake: float) -> str:
    """By what accounts are weighed besides stake, and what of those without it; "" for stake alone."""
    without = f"{counted(unscored, 'account')} without it ({percent(of_stake)} of stake)"
    if scheme.leaves_out == "scores":
        by = f"Ranked by the mean {found.scored}"
    elif scheme.leaves_out == "correlations":
        by = f"By the mean correlation of {found.correlated}"
    elif "scores" in scheme.needs:
        return (
            f"By the mean {found.scored}, weighted by stake at risk and drawn towards the mean of all as far "
            f"as luck explains it{', which here is wholly' if _luck_alone(found) else ''}; {without} counted "
            "as average."
        )
    else:
        return found.basis(scheme.needs)
    return f"{by}, weighted by stake at risk; {without} left out, before and after."


def _luck_alone(found: AccountsKnown) -> bool:
    """Whether no difference between scores is left once luck is taken out."""
    scores, errors = found.known.scores, found.known.errors
    return scores is not None and errors is not None and not quality(scores, errors).any()


def _spread(before: Floats, after: Floats) -> Spread:
    return Spread(
        effective=(effective_number(before), effective_number(after)),
        half=(nakamoto(before), nakamoto(after)),
        largest=(float(before.max()), float(after.max())),
    )


def _apart(
    scheme: Weighing, stakes: Stakes, position: NDArray[np.intp], known: KnownOfHolders
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
    others = np.delete(np.arange(position.size), largest)
    stake = np.concatenate((stakes.account_stake[position][others], its_own))
    # each of its models is like the account
    every = np.concatenate((others, np.full(its_own.size, largest)))
    try:
        return _spread(stake_weights(stake), scheme.weigh(stake, known.of(every))), its_own.size
    except ValueError:
        return None, 0
