"""The answer to `/ahead stake`."""

import math
from collections.abc import Sequence
from functools import partial

from features.ahead.pay import chances, points, share_told
from features.ahead.pay_card import rules_menu
from features.ahead.sizing.stake import LOSSES, SHARES, StakeAhead
from features.ahead.sizing.stake_chart import picture_of_stake
from ui.answer import Answer, Asked, Choice, Menu
from ui.card import AMBER, Card, age_line, bullets
from ui.text import plain
from wording.numbers import MINUS, brief, counted, percent, span

METHOD = (
    "A year is drawn from the final rounds on record 4,000 times as /ahead pay does it: blocks of "
    "neighbours, today's payout factor and clip, a mean drawn towards everyone's with its own error, and a "
    "stake that compounds. What is not staked is kept aside.",
    "The Kelly fraction is the mean of a round by its long-run variance (Kelly 1956): above 1 the rounds "
    "alone would bear more than all there is. It takes for certain a mean that is hardly known.",
    "Choices of multipliers are told apart by the mean of log(1 + pay), on the same rounds; in 2,000 "
    "resamples by blocks each is the best so often. One that is best in half of them or fewer is not stable.",
    "Out of sample: each model of the data takes the choice that was best in the first half of its record, "
    "and is paid by it in the second.",
)
NOT_IN_IT = "The price of NMR, rule changes and rounds unlike those on record are not in it: no advice."


def stake_answer(found: StakeAhead, asked: Asked, rules: Sequence[tuple[str, str]] = ()) -> Answer:
    """The reply to `/ahead stake`. rules: (shown, typed) that its menu offers."""
    losses = [Choice(f"Bear a loss of {percent(each)}", {"loss": each}) for each in LOSSES]
    return Answer(
        stake_card(found),
        menus=(
            Menu("loss", tuple(losses), losses[LOSSES.index(found.loss)]),
            rules_menu(asked, rules, "The current rule", key="rule"),
        ),
        details=(
            _sizes(found),
            _choices(found),
            Card("How it is made", bullets(METHOD), colour=AMBER),
            _known(found),
        ),
    )


def stake_card(found: StakeAhead) -> Card:
    """How much to stake for a loss that can be borne, which choice grew most, the picture, and how sure."""
    kelly = "no Kelly fraction" if math.isnan(found.kelly) else f"Kelly fraction {brief(found.kelly)}"
    return Card(
        heading=plain(found.finding),
        text=plain(". ".join(filter(None, (f"For {found.name}: {found.choice}", found.out_of_sample))) + "."),
        draw=partial(picture_of_stake, found),
        after=f"**How sure** {_sure(found)} {kelly.capitalize()}. No advice.",
        small=f"{found.source}, until {found.until}{age_line(found.asked_at)} · "
        f"{counted(found.rounds, 'final round')} · without the price of NMR",
        colour=AMBER,
    )


def _sure(found: StakeAhead) -> str:
    year = found.year
    return f"All staked, nine of ten years end at {share_told(year.low)} to {share_told(year.high)}."


def _sizes(found: StakeAhead) -> Card:
    rows = [
        f"A loss of over {percent(each)} at most 5 times in 100: stake {percent(found.largest[each])}."
        for each in LOSSES
    ]
    rows += [
        f"{percent(float(share))} staked: {_growth(float(growth))} a year in the mean of its logarithm."
        for share, growth in zip(SHARES[::4], found.growth[::4], strict=True)
    ]
    rows.append(
        f"All staked, from {counted(found.rounds, 'final round')}, {span(found.first, found.last)}: a loss "
        f"{chances(found.year.loss)}."
    )
    rows.append(f"It grows fastest with {percent(found.fastest)} staked.")
    if not math.isnan(found.kelly):
        rows.append(
            f"Kelly fraction {brief(found.kelly)} by the past mean, {brief(found.drawn_kelly)} by the mean "
            "drawn towards everyone's."
        )
    return Card("By size of the stake", bullets(rows), colour=AMBER)


def _choices(found: StakeAhead) -> Card:
    best = found.best
    order = sorted(range(len(found.choices)), key=lambda at: -best.growth[at])
    rows = [
        f"{found.choices[at]}: {100 * math.expm1(best.growth[at]):+.2f} % a round, best in "
        f"{percent(float(best.wins[at]))}".replace("-", MINUS)
        for at in order
    ]
    return Card("By choice of multipliers", bullets(rows), after=plain(_held_out(found)), colour=AMBER)


def _held_out(found: StakeAhead) -> str:
    if not found.out_of_sample or found.others is None:
        return found.choice
    return f"{found.choice}. {found.out_of_sample}: {points(found.others.gain)} a round in the mean."


def _known(found: StakeAhead) -> Card:
    return Card("What was assumed, and what to know", bullets([NOT_IN_IT, *found.notes]), colour=AMBER)


def _growth(log: float) -> str:
    return "lost in some ways" if math.isinf(log) else share_told(math.expm1(log))
