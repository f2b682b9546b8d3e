"""Of all that the API tells about the scores of one round: which of it counts, and what the round paid."""

import math
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

MOST_PAID = 2  # scores that a round was ever paid by at once


class ToldScore(NamedTuple):
    """A score on one day: the API's name, the score it means, how telling the name is (0 the most); NMR."""

    name: str
    score: str
    rank: int
    day: float  # -inf where none is told
    value: float | None
    settled: float | None
    pending: float | None


class RoundPay(NamedTuple):
    """What a round paid, or would pay, in NMR; None where nothing is told, or what is told is `unclear`."""

    amount: float | None
    unclear: bool = False


def scores_that_count(
    told: Iterable[ToldScore], paid: Mapping[str, str], *, resolved: bool
) -> dict[str, ToldScore]:
    """Of each score the one day that counts; `paid` maps the names a round is paid by to their scores.

    In a resolved round a score that is paid, or may be where `paid` is empty, counts as it was settled,
    though it may go on for weeks after that; any other counts as of its latest day. Where two names mean one
    score, that of the name the round is paid by counts.
    """
    newest: dict[str, ToldScore] = {}
    for each in told:
        settles = resolved and (not paid or each.score in paid.values())
        before = newest.get(each.name)
        if before is None or _finality(each, settles) >= _finality(before, settles):
            newest[each.name] = each
    best: dict[str, tuple[int, ToldScore]] = {}
    for each in newest.values():
        rank = -1 if each.name in paid else each.rank + 1000 * (each.value is None)
        if each.score not in best or rank < best[each.score][0]:
            best[each.score] = (rank, each)
    return {score: each for score, (_, each) in best.items()}


def round_pay(counting: Mapping[str, ToldScore], paid: Collection[str], *, resolved: bool) -> RoundPay:
    """What a round paid by these scores, or would pay; `counting` is what scores_that_count gives.

    The API has an amount with every score and does not say whether it is the whole round's or the score's
    own part. One amount is the round's. Amounts that differ are parts, and add up. The same amount with
    several paid scores is the whole round's if a score that is not paid has an amount too, for it can't
    have a part; if not, it may be either, and is unclear. So is an amount of an unpaid score beside parts.
    """
    paying = [score for score in counting if score in paid] or list(counting)
    for when in ("settled", "pending") if resolved else ("pending",):
        amounts: dict[str, float] = {
            score: amount for score, each in counting.items() if (amount := getattr(each, when)) is not None
        }
        of_paying = [amounts[score] for score in paying if score in amounts]
        parts = [amount for amount in of_paying if amount]
        if len(parts) > 1:
            others = any(amount for score, amount in amounts.items() if score not in paying)
            whole = others or len(parts) > MOST_PAID >= len(paid)
            alike = len(set(parts)) == 1
            if alike != whole:
                return RoundPay(None, unclear=True)
            return RoundPay(parts[0] if alike else math.fsum(parts))
        if of_paying:
            return RoundPay(math.fsum(parts))
    return RoundPay(None)


def _finality(each: ToldScore, settles: bool) -> tuple[int, float]:
    """What is settled comes after what is not, an amount after a 0, then the later day."""
    settled = 0 if not settles or each.settled is None else 1 + (each.settled != 0)
    return settled, each.day
