"""The answers to `/fund alignment` and `/fund rules`."""

import math
from functools import partial

from features.lab.fund.alignment import FEWEST_MODELS, AlignedRule, FundAlignment
from features.lab.fund.intervals_chart import (
    picture_of_alignment,
    picture_of_alignment_by_round,
    picture_of_rules,
)
from features.lab.fund.selection import CAP, FUND, KNOWN, RATE, FollowedRule, RulesFollowed
from scoring.intervals import FEWEST, Interval
from ui.answer import ROUNDS, Answer, Asked, Choice, Menu
from ui.card import AMBER, Card, bullets
from ui.text import plain
from wording.numbers import counted, percent, plus_minus

ROUNDS_FIELDS = {"rounds": ROUNDS}


def alignment_answer(found: FundAlignment, asked: Asked) -> Answer:
    """The reply to `/fund alignment`."""
    names = "; ".join(f"{each.rule} {_mean(each.same)}, {_mean(each.following)}" for each in found.rules)
    card = Card(
        plain(found.finding.removesuffix(".")),
        f"Rank correlation of pay with contribution, and with that of the next "
        f"{counted(found.stretch, 'round')}: {names}.",
        partial(picture_of_alignment, found),
        "**How sure** The first is arithmetic, CORR being in both. Only the second would show that pay finds "
        f"who helps: {_second(found)}",
        _small(found),
        AMBER,
    )
    pages = (
        Card("In numbers", bullets([_line(each, found) for each in found.rules]), colour=AMBER),
        Card(
            "By round",
            "Where a line is high, that rule paid most to those who added most in that round.",
            partial(picture_of_alignment_by_round, found),
            colour=AMBER,
        ),
        Card("What was assumed", bullets(_assumed(found)), colour=AMBER),
    )
    return Answer(card, (_rounds(asked),), pages)


def rules_answer(found: RulesFollowed, asked: Asked) -> Answer:
    """The reply to `/fund rules`."""
    best = max(
        (each for each in found.followed if each.measure == FUND), key=lambda each: _or_least(each.interval)
    )
    card = Card(
        plain(found.finding.removesuffix(".")),
        f"Furthest ahead for {FUND}: {best.rule}, {_told(best.interval, 4)} a round.",
        partial(picture_of_rules, found),
        f"**How sure** {found.how_many} They share rounds and models, so they err together; the best of "
        "several tries always looks good.",
        f"{_small(found)} · when a round opens the newest score known is {counted(found.lag, 'round')} old",
        AMBER,
    )
    pages = tuple(
        Card(
            f"Measured by {measure}",
            bullets([_followed(each) for each in found.followed if each.measure == measure]),
            after=f"In brackets 95 % intervals; then those that allow for all {found.looked_at}.",
            colour=AMBER,
        )
        for measure in found.measures
    )
    return Answer(card, (_rounds(asked),), (*pages, Card("The rules", bullets(_rules(found)), colour=AMBER)))


def _second(found: FundAlignment) -> str:
    if all(math.isnan(each.following.low) for each in found.rules):
        return "there are too few rounds to tell."
    spread = max(each.following.high - each.following.low for each in found.rules) / 2
    if found.telling:
        return f"it is known within ± {spread:.2f}, and {counted(len(found.rules), 'rule')} were looked at."
    return f"it is known within ± {spread:.2f}, so a small relation would not be seen."


def _line(each: AlignedRule, found: FundAlignment) -> str:
    return (
        f"{each.rule}: same round {_told(each.same, 2)} over {counted(each.rounds.size, 'round')}; next "
        f"{counted(found.stretch, 'round')} {_told(each.following, 2)} over "
        f"{counted(each.places, 'place')} to begin."
    )


def _told(interval: Interval, decimals: int) -> str:
    if math.isnan(interval.mean):
        return "not told"
    mean = plus_minus(interval.mean, decimals)
    if math.isnan(interval.low):
        return f"{mean} (fewer than {FEWEST}: no interval)"
    return f"{mean} ({plus_minus(interval.low, decimals)} to {plus_minus(interval.high, decimals)})"


def _mean(interval: Interval) -> str:
    return "not told" if math.isnan(interval.mean) else plus_minus(interval.mean, 2)


def _assumed(found: FundAlignment) -> list[str]:
    rows = [
        "Contribution is CORR less the correlation with the meta model x the meta model's CORR: what a model "
        "says beyond it. It is what public scores tell of helping the fund, not what the fund earned.",
        "Pay is what a rule pays for an NMR, before the factor and the clip, of models with a stake.",
        f"Between two stretches {counted(found.apart, 'round')} are left out, whose days are in both: with "
        "them pay would seem to look ahead where it does not.",
        f"Rounds with {FEWEST_MODELS} models or more count; in a stretch a model needs half of the rounds.",
        "Intervals: EWC, Lazarus and others 2018; in simulated records of such stretches without any "
        "relation they hold 0 in 90 to 94 of 100.",
        "Where MMC is paid, the first correlation is near 1 by construction: MMC is a multiple of "
        "contribution.",
        found.proxy,
    ]
    return [row for row in rows if row]


def _followed(each: FollowedRule) -> str:
    allowed = each.allowed
    left = (
        ""
        if math.isnan(allowed.low)
        else f"; allowed for {plus_minus(allowed.low, 4)} to {plus_minus(allowed.high, 4)}"
    )
    return f"{each.rule}: {_told(each.interval, 4)}{left}"


def _rules(found: RulesFollowed) -> list[str]:
    rows = [
        f"Top 20 and best one: the best mean of the last {counted(KNOWN, 'round')} known, alike among them.",
        "All alike: every model with a stake weighs the same.",
        "Better half: weights by stake of those whose mean so far is at or above the median.",
        f"Growing: weights that begin alike and grow by exp({RATE:g} x score beyond the mean) a round.",
        f"Stake limited by record: by stake up to {percent(CAP)}, less for a poor and more for a good "
        "record, which is drawn to the mean as far as luck explains it.",
        f"{FUND[:1].upper()}{FUND[1:]}: the change of the meta model's CORR to the first order, chosen by "
        "CORR, which in simulations has the right sign and twice the size.",
        "A score: the weighted mean of it, chosen by that score.",
        f"A rule knows what had resolved when a round opened: {counted(found.lag, 'round')} before, and "
        f"{counted(KNOWN, 'round')} at least.",
        "Allowed for: Bonferroni's correction for all intervals on these pages. Intervals: EWC.",
        found.proxy,
    ]
    return [row for row in rows if row]


def _or_least(interval: Interval) -> float:
    return -math.inf if math.isnan(interval.mean) else interval.mean


def _small(found: FundAlignment | RulesFollowed) -> str:
    share = found.proxy.rpartition(" with ")[2].removesuffix(".")
    made = f"the meta model as models with {share} imply it" if found.proxy else ""
    return " · ".join(filter(None, (f"{found.source}, final {found.span}", made, *map(plain, found.notes))))


def _rounds(asked: Asked) -> Menu:
    choices = (Choice("All rounds", {"rounds": None}), Choice("The last 100", {"rounds": "100"}))
    chosen = next((each for each in choices if each.change == {"rounds": asked["rounds"]}), None)
    chosen = chosen or Choice(str(asked["rounds"])[:80], {"rounds": asked["rounds"]})
    return Menu("rounds", (*choices, Choice("Other rounds …", "rounds")), chosen)
