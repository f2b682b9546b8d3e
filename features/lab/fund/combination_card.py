"""The answer to `/fund combination`."""

import math
from functools import partial

from features.lab.fund.combination import EDGES, LOOKED_FOR, FundCombination, Tested, WorstRounds
from features.lab.fund.combination_chart import picture_of_combination
from features.lab.fund.returns import ReturnsBeside
from scoring.intervals import Interval
from ui.answer import ROUNDS, Answer, Asked, Choice, Menu
from ui.card import AMBER, Card, bullets
from ui.text import plain
from wording.numbers import brief_signed, counted, listed, number, p_told, percent, plus_minus

COMBINATION_FIELDS = {"rounds": ROUNDS}
SOURCES = (
    "Sign flips of all models alike: Romano and Wolf 2005 · mix: Lawson and Hanson 1974 · intervals: EWC, "
    "Lazarus and others 2018"
)


def combination_answer(found: FundCombination, returns: ReturnsBeside | None, asked: Asked) -> Answer:
    """The reply to `/fund combination`."""
    pages = [_test_page(found), _mix_page(found), _worst_page(found), _wrong_fund_page(found)]
    if returns is not None:
        pages.append(_returns_page(returns))
    return Answer(
        combination_card(found, returns), (_rounds(asked),), (*pages, _assumed_page(found, returns))
    )


def combination_card(found: FundCombination, returns: ReturnsBeside | None) -> Card:
    """The verdict, what the best one made of it, and what such a test can see."""
    single = found.single
    lines = [
        f"The best, picked afterwards, made {plus_minus(float(single.by_round.mean()), 4)} a round on the "
        f"fund's {plus_minus(float(found.fund.mean()), 4)}; luck makes as good a one in "
        f"{_of_100(single.test.p)} of 100."
    ]
    if returns is not None:
        lines.append(returns.line)
    return Card(
        heading=plain(found.finding.removesuffix(".")),
        text="\n".join(lines),
        draw=partial(picture_of_combination, found),
        after=f"**How sure** {how_sure(found)}",
        small=" · ".join(
            filter(None, (f"{found.source}, final {found.span}", _made_of(found), *map(plain, found.notes)))
        ),
        colour=AMBER,
    )


def how_sure(found: FundCombination) -> str:
    """What the test can see, in words."""
    size, *power = found.single.rejects
    test = found.single.test
    if test.least_p > 0.05:
        stretches = counted(test.blocks, "stretch", "stretches")
        return (
            f"{counted(found.numbers.size, 'round')} are {stretches}: nothing could be told from "
            "luck in so few, however good it was."
        )
    seen = power[EDGES.index(LOOKED_FOR)]
    told = (
        f"Were one model better by {LOOKED_FOR:.3f} a round, this would show it in {_of_100(seen)} of 100 "
        f"cases, by {EDGES[-1]:.3f} in {_of_100(power[-1])}"
    )
    if found.verdict == "cannot tell":
        return f"{told}: that it shows nobody proves little."
    return f"{told}; where nobody is better it still says yes in {_of_100(size)}."


def _made_of(found: FundCombination) -> str:
    share = found.proxy.rpartition(" with ")[2].removesuffix(".")
    return f"fund: CORR of the meta model as models with {share} imply it" if found.proxy else ""


def _of_100(share: float) -> str:
    return f"{100 * share:.0f}"


def _test_page(found: FundCombination) -> Card:
    size, *power = found.single.rejects
    test, error = found.single.test, 100 * found.single.size_error
    edges = [f"{edge:.3f}: {_of_100(each)} of 100" for edge, each in zip(EDGES, power, strict=True)]
    stretches = counted(test.blocks, "stretch", "stretches")
    rows = [
        f"Best of {counted(found.models, 'model')}: {plus_minus(test.best.ratio, 3)} standard deviations of "
        f"its difference a round, {p_told(test.p)}.",
        f"Luck's best reaches {plus_minus(test.null_95, 3)} in 1 of 20.",
        f"The signs of {stretches} of {counted(found.block, 'round')} or a few more are flipped, the "
        f"same for all models; p can't be below {number(test.least_p)}.",
        f"Where nobody is better it says yes, at .05, in {_of_100(size)} of 100 simulated records "
        f"(± {error:.0f}).",
        f"Where one model is better by so much CORR a round it says yes: {listed(edges)}.",
        f"{percent(found.above)} of the models were above the fund on average.",
    ]
    return Card("The test in numbers", bullets(rows), small=SOURCES, colour=AMBER)


def _mix_page(found: FundCombination) -> Card:
    if found.mix is None:
        return Card("The best mix", found.why_no_mix, colour=AMBER)
    mix = found.mix
    what = (
        f"{counted(mix.parts, 'model')}"
        if mix.alike is None
        else f"{counted(mix.parts, 'group')} of models whose scores go together from {mix.alike:g} on: "
        f"{counted(found.models, 'model')} are no fewer than a third of "
        f"{counted(found.numbers.size, 'round')}, and with so many some mix always looks well"
    )
    return Card(
        "The best mix",
        bullets(
            [
                f"Mixed were {what}.",
                _mix_result(mix.tested, mix.used, "model" if mix.alike is None else "group"),
                f"Where nobody is better this test says yes in {_of_100(mix.tested.rejects[0])} of 100 "
                f"simulated records (± {100 * mix.tested.size_error:.0f}).",
                "It is a mean of scores: what mixing predictions takes out would come on top, so a mix may "
                "be better than it looks here.",
            ]
        ),
        colour=AMBER,
    )


def _mix_result(tested: Tested, used: int, part: str) -> str:
    mean = plus_minus(float(tested.by_round.mean()), 4)
    if tested.by_round.mean() <= 0:
        return f"No {part} was above the fund, so no mix was: the least bad made {mean} a round."
    p = p_told(tested.test.p)
    return f"The best mix, of {counted(used, part)}, made {mean} a round beyond the fund, {p}."


def _worst_page(found: FundCombination) -> Card:
    title = "Those who did well while the fund did badly"
    if found.worst is None:
        return Card(title, "It takes 50 rounds in a row to look before and after.", colour=AMBER)
    return Card(title, worst_told(found.worst), colour=AMBER)


def worst_told(worst: WorstRounds) -> str:
    """The models best in the fund's worst rounds, before and after, in sentences."""
    return (
        f"The fund's worst ten rounds in a row, chosen afterwards, were "
        f"{worst.first}-{worst.last}: {plus_minus(worst.fund, 4)} a round. The "
        f"{counted(worst.chosen, 'model')} best in them made {plus_minus(worst.inside, 4)} on the fund then, "
        f"**{_with(worst.before)}** in the 20 rounds before and **{_with(worst.after)}** in the 20 after"
        f"{_verdict(worst)}."
    )


def _with(each: Interval) -> str:
    mean = plus_minus(each.mean, 4)
    if math.isnan(each.low):
        return mean
    return f"{mean} ({plus_minus(each.low, 4)} to {plus_minus(each.high, 4)})"


def _verdict(worst: WorstRounds) -> str:
    if worst.before.low > 0 or worst.after.low > 0:
        return ": they were better at another time, too"
    return ": nothing says that they were better at any other time, so doing well then picked nobody"


def _wrong_fund_page(found: FundCombination) -> Card:
    return Card(
        "Why not the mean of scores",
        bullets(
            [
                f"The stake-weighted mean CORR is {plus_minus(found.mean_score, 4)} a round, and "
                f"{percent(found.above_mean_score)} of the models “beat” it.",
                f"The fund trades the mix of predictions, whose noise cancels: its CORR is "
                f"{plus_minus(float(found.fund.mean()), 4)}, and {percent(found.above)} of the models were "
                "above that.",
                "So against the mean of scores nearly anybody looks like a missed chance.",
            ]
        ),
        colour=AMBER,
    )


def _returns_page(returns: ReturnsBeside) -> Card:
    rows = [
        f"{month}: returned {brief_signed(paid)} %, CORR {plus_minus(corr, 4)}"
        for month, paid, corr in returns.both
    ]
    return Card(
        "The fund's returns beside it",
        "\n".join([returns.in_full, bullets(rows[-36:])]),
        small="Months before these are counted, too, where there are more than 36",
        colour=AMBER,
    )


def _assumed_page(found: FundCombination, returns: ReturnsBeside | None) -> Card:
    rows = [
        found.chosen,
        "The fund is the CORR of the meta model, as stakes, CORR and correlation with the meta model imply "
        "it; its returns are another thing.",
        found.proxy,
        f"It says no only where an edge of {LOOKED_FOR:.3f} a round would show in 80 of 100 cases, and yes "
        "where luck makes as good a best one, or mix, in fewer than 5 of 100, both tests counted.",
        "Models that left, and those without a score in one of the rounds, are not in it.",
        "" if returns is None else "The returns that this server loaded are no part of the test.",
    ]
    return Card("What was assumed", bullets([row for row in rows if row]), colour=AMBER)


def _rounds(asked: Asked) -> Menu:
    choices = (
        Choice("The rounds that say most", {"rounds": None}),
        Choice("The last 50", {"rounds": "50"}),
        Choice("The last 100", {"rounds": "100"}),
        Choice("All rounds", {"rounds": "all"}),
    )
    chosen = next((each for each in choices if each.change == {"rounds": asked["rounds"]}), None)
    chosen = chosen or Choice(str(asked["rounds"])[:80], {"rounds": asked["rounds"]})
    return Menu("rounds", (*choices, Choice("Other rounds …", "rounds")), chosen)
