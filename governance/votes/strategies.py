"""Voting strategies: what a ballot weighs, and what the same ballots say under each of them, side by side."""

import decimal
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist
from typing import Any, Protocol

from governance.votes.ballots import as_whole
from scoring.concentration import effective_number, nakamoto, top_share

PLACES = 12  # decimals of a logarithm or a root; further ones are cut off

_NONE = Fraction(0)
_SURE = 10**9  # NMR below which the logarithm of a float can tell the 12th decimal
_NO_STAKE = "A stake must be a finite number of 0 NMR or more."
_ONE_MORE = {"strong_for", "strong_against"}


@dataclass(frozen=True)
class Voter:
    """A member and the stake (NMR) of the whole verified account, all its models together."""

    member_key: str
    stake: Fraction | float
    verified: bool


@dataclass(frozen=True)
class VotingStrategy:
    """An entry of STRATEGIES.

    words: its name as people read it. weigh: whether a member is verified, the verified stake and the cap
    (NMR, 0 without needs_cap) -> the weight.
    """

    words: str
    weigh: Callable[[bool, Fraction, Fraction], Fraction]
    needs_cap: bool = False


class Result(Protocol):
    """What is needed of a tally's result."""

    @property
    def winners(self) -> Sequence[Any]:
        """Who won; several after a tie."""
        ...


class Tally(Protocol):
    """governance.tally.tally, or anything else that counts the same way."""

    def __call__(
        self,
        method: str,
        ballots: Sequence[Any],
        options: Sequence[str],
        *,
        weights: Sequence[Fraction] | None,
    ) -> Result:
        """The result of weighted ballots."""
        ...


@dataclass(frozen=True)
class View:
    """What the ballots say under one strategy, and how few people that rests on.

    Where nobody who voted has weight, result and flips are None and the three measures nan.
    """

    strategy: str
    result: Result | None
    winners: tuple[Any, ...]
    flips: bool | None  # other winners than with one vote per member
    effective_voters: float  # 1 / sum of squared shares of the weight cast
    smallest_majority: float  # how many of the heaviest voters have more than half of it
    top_three: float  # their share of it, 0 to 1


@dataclass(frozen=True)
class Turnout:
    """How many of a tenth of the electorate voted; share is nan where nobody is in it."""

    electorate: int
    voted: int
    share: float


def weights(strategy: str, voters: Sequence[Voter]) -> tuple[Fraction, ...]:
    """What the ballot of each voter weighs, exactly and not normalised.

    Stakes are those of whole verified accounts: an account that splits its stake over models gains nothing,
    and what an unverified member says to have staked counts as 0. Logarithms and roots are exact to 12
    decimals, further ones cut off, so that every machine decides alike. capped_stake is min(stake, cap),
    the cap being the smallest stake that at least 80 % of those with a verified stake do not exceed. Raises
    ValueError for an unknown strategy, a stake that is negative or not finite, and a member who is there
    twice. Source: one vote per ln(1 + stake) as in the polls of NumerBay; root, Penrose 1946.
    """
    entry = _entry(strategy)
    if len({voter.member_key for voter in voters}) != len(voters):
        raise ValueError("A member can vote only once.")
    stakes = [_nmr(voter.stake) for voter in voters]
    held = [
        (voter.verified, stake if voter.verified else _NONE)
        for stake, voter in zip(stakes, voters, strict=True)
    ]
    cap = _cap([stake for _, stake in held]) if entry.needs_cap else _NONE
    of_none = {verified: entry.weigh(verified, _NONE, cap) for verified in (True, False)}
    return tuple(
        entry.weigh(verified, stake, cap) if stake else of_none[verified] for verified, stake in held
    )


def split_gain(
    strategy: str, stake: Fraction | float, parts: int = 10, *, cap: Fraction | float | None = None
) -> float:
    """Weight of an account whose stake is split evenly over so many accounts, over its weight whole.

    What a strategy would pay for pretending to be several people, each with a verified account: 1 is nothing.
    The cap (NMR) is needed for capped_stake alone, and splitting is taken not to move it. A weight of 0 gives
    nan. Raises ValueError as weights does, for fewer parts than 1 and for a missing cap.
    """
    entry = _entry(strategy)
    if parts < 1:
        raise ValueError("An account is split into at least 1 part.")
    if entry.needs_cap and cap is None:
        raise ValueError(f"The gain under {strategy} needs the cap in NMR.")
    whole, limit = _nmr(stake), _nmr(cap) if cap is not None else Fraction(0)
    unsplit = entry.weigh(True, whole, limit)
    return float(parts * entry.weigh(True, whole / parts, limit) / unsplit) if unsplit else math.nan


def side_by_side(
    method: str, ballots: Sequence[Any], options: Sequence[str], voters: Sequence[Voter], tally: Tally
) -> tuple[View, ...]:
    """The same ballots under every strategy, one vote per member first.

    ballots and voters (n,) in the same order. Ballots without weight are left out of a count. Not for
    publication as it is: governance.secrecy says what of it may be shown. Raises ValueError as weights and
    the tally do, and where ballots and voters do not fit.
    """
    if len(ballots) != len(voters):
        raise ValueError(f"{len(ballots)} and {len(voters)}: ballots do not fit voters.")
    views: list[View] = []
    for strategy in STRATEGIES:
        cast = weights(strategy, voters)
        counted = [(ballot, weight) for ballot, weight in zip(ballots, cast, strict=True) if weight]
        result = None
        if counted:
            result = tally(method, [b for b, _ in counted], options, weights=[w for _, w in counted])
        winners = tuple(result.winners) if result else ()
        first = views[0].winners if views else winners
        effective, majority, three = concentration([float(weight) for weight in cast])
        views.append(
            View(
                strategy=strategy,
                result=result,
                winners=winners,
                flips=set(winners) != set(first) if result else None,
                effective_voters=effective,
                smallest_majority=majority,
                top_three=three,
            )
        )
    return tuple(views)


def concentration(cast: Sequence[float]) -> tuple[float, float, float]:
    """Effective voters, the smallest majority and the share of the top three, as View has them."""
    return effective_number(cast), nakamoto(cast), top_share(cast, 3)


def turnout_by_decile(stakes: Sequence[Fraction | float], voted: Sequence[bool]) -> tuple[Turnout, ...]:
    """Who of the electorate voted, in ten groups from the smallest stakes to the largest.

    stakes (n,) in NMR and voted (n,). Members with equal stakes are never parted: all of them are in the
    tenth of their middle rank, so a tenth may be empty, and with many stakes of 0 several are. In a small
    electorate it tells who voted. Raises ValueError for stakes as weights does, and where the two do not fit.
    """
    if len(stakes) != len(voted):
        raise ValueError(f"{len(stakes)} and {len(voted)}: stakes do not fit who voted.")
    held, _ = as_whole([_nmr(stake) for stake in stakes], len(stakes))
    ordered = sorted(held)
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for rank, stake in enumerate(ordered):
        first.setdefault(stake, rank)
        last[stake] = rank
    tenths = [10 * (first[stake] + last[stake] + 1) // (2 * len(held)) for stake in held]
    groups: list[Turnout] = []
    for tenth in range(10):
        answers = [bool(answer) for place, answer in zip(tenths, voted, strict=True) if place == tenth]
        share = sum(answers) / len(answers) if answers else math.nan
        groups.append(Turnout(len(answers), sum(answers), share))
    return tuple(groups)


def share_interval(votes: int, total: int, *, level: float = 0.95) -> tuple[float, float]:
    """Interval (0 to 1) of the share that an option has among all whom these voters could stand for.

    It takes those who voted as drawn at random from many alike, which volunteers are not. No votes at all:
    (nan, nan). Raises ValueError unless 0 <= votes <= total and 0 < level < 1. Source: Wilson 1927.
    """
    if not 0 <= votes <= total or not 0 < level < 1:
        raise ValueError("An interval needs between 0 and all of the votes, and a level between 0 and 1.")
    if not total:
        return math.nan, math.nan
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = votes + z**2 / 2
    reach = z * math.sqrt(votes * (total - votes) / total + z**2 / 4)
    return max(0.0, (middle - reach) / (total + z**2)), min(1.0, (middle + reach) / (total + z**2))


def voters_to_flip(method: str, ballots: Sequence[Any], options: Sequence[str], tally: Tally) -> int | None:
    """The fewest more voters, all of one mind, who would change who wins; one vote per member.

    A tie with the winner is no change yet; where there is a tie, breaking it is. None for other methods than
    single, approval and gradient, and where no number up to three times the present voters is enough.
    """
    if method not in ("single", "approval", "gradient"):
        return None
    minds: dict[str, list[Any]] = {
        "single": list(options),
        "approval": [[option] for option in options],
        "gradient": sorted(_ONE_MORE),
    }
    present: set[Any] = set(tally(method, ballots, options, weights=None).winners) if ballots else set()

    def flips(mind: Any, many: int) -> bool:
        winners = set(tally(method, [*ballots, *[mind] * many], options, weights=None).winners)
        return not winners >= present if present else bool(winners)

    fewest = None
    most = 3 * len(ballots) + 1
    for mind in minds[method]:
        low, high = 0, most if fewest is None else fewest - 1  # low does not flip
        if high < 1 or not flips(mind, high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if flips(mind, middle) else (middle, high)
        fewest = high
    return fewest


def _entry(strategy: str) -> VotingStrategy:
    if strategy not in STRATEGIES:
        raise ValueError(f"There is no such voting strategy; there are {', '.join(STRATEGIES)}.")
    return STRATEGIES[strategy]


def _nmr(stake: Fraction | float) -> Fraction:
    if not isinstance(stake, Fraction):
        if not math.isfinite(stake):
            raise ValueError(_NO_STAKE)
        stake = Fraction(stake)
    if stake.numerator < 0:
        raise ValueError(_NO_STAKE)
    return stake


def _cap(stakes: Sequence[Fraction]) -> Fraction:
    staked = [stake for stake in stakes if stake]
    whole, unit = as_whole(staked, len(staked))  # quicker to compare than fractions
    return Fraction(sorted(whole)[math.ceil(Fraction(4, 5) * len(staked)) - 1], unit) if staked else _NONE


def _logarithm(stake: Fraction) -> Fraction:
    if stake < _SURE:
        # a float of this size errs by some hundredths of the last decimal kept, so this cuts off the same
        near = math.log1p(stake) * 10**PLACES
        if 0.1 < near % 1 < 0.9:
            return Fraction(math.floor(near), 10**PLACES)
    with decimal.localcontext(prec=50, rounding=decimal.ROUND_FLOOR):
        logarithm = (1 + decimal.Decimal(stake.numerator) / stake.denominator).ln()
        return Fraction(logarithm.quantize(decimal.Decimal(1).scaleb(-PLACES)))


def _root(stake: Fraction) -> Fraction:
    scale = 10**PLACES
    return Fraction(math.isqrt(stake.numerator * scale**2 // stake.denominator), scale)


# the first is what the others are compared with
STRATEGIES: Mapping[str, VotingStrategy] = {
    "one_member_one_vote": VotingStrategy("one member, one vote", lambda verified, stake, cap: Fraction(1)),
    "verified_only": VotingStrategy(
        "verified accounts only", lambda verified, stake, cap: Fraction(verified)
    ),
    "log_stake": VotingStrategy("ln(1 + stake)", lambda verified, stake, cap: _logarithm(stake)),
    "sqrt_stake": VotingStrategy("root of stake", lambda verified, stake, cap: _root(stake)),
    "capped_stake": VotingStrategy(
        "capped stake", lambda verified, stake, cap: min(stake, cap), needs_cap=True
    ),
    "linear_stake": VotingStrategy("stake", lambda verified, stake, cap: stake),
}
BASELINE = next(iter(STRATEGIES))
