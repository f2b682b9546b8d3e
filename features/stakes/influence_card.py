"""The answer on whether large stakes score differently, and the pages behind it."""

import math
from functools import partial

from features.stakes.concentration_card import GUESSED
from features.stakes.influence import FEWEST, LEVEL, StakeInfluence
from features.stakes.influence_chart import (
    picture_of_density,
    picture_of_influence,
    picture_of_product,
    picture_of_range,
    picture_of_rounds,
    picture_of_sizes,
)
from scoring.stakes.breakpoint import RangeBreakpoint
from scoring.typed import read_number
from ui.answer import ROUNDS, Answer, Asked, Choice, Field, Menu
from ui.card import BLUE, Card, bullets, section, sections
from ui.text import plain
from wording.numbers import amount, counted, number, p_told, percent, plus_minus, score_name, too_few

ZOOMS = (100.0, 1_000.0, 8_000.0)  # NMR
BY_STAKE = (
    ("today", None, "Today's stake, mean score of all rounds"),
    ("today", "20", "Today's stake, mean score of the last 20 rounds"),
    ("round", None, "Stake at risk in each round, all rounds"),
    ("round", "20", "Stake at risk in each round, the last 20"),
)
RANKS = (
    "Rank correlations: Spearman 1904, Kendall 1970 · shuffled p: Phipson and Smyth 2010 · slope: Efron 1979"
)
SPLITS = "Andrews 1993 and Hansen 2000: the likeliest split over a trimmed range"
ACROSS = "Density: Silverman 1986 · test across the line: energy distance, Székely and Rizzo 2013"
INFLUENCE_FIELDS = {
    "rounds": ROUNDS,
    "zoom": Field(
        "Zoom",
        "Draw stakes up to so many NMR",
        "A number above 0, like 500",
        lambda text: {"zoom": float(read_number(text, "The zoom", unit="nmr"))},
        lambda asked: "" if asked["zoom"] is None else f"{asked['zoom']:g}",
    ),
    "threshold": Field(
        "Compare across",
        "The stake to compare across, in NMR",
        "A number above 0, like 8000",
        lambda text: {"threshold": float(read_number(text, "The threshold", unit="nmr"))},
        lambda asked: f"{asked['threshold']:g}",
    ),
}


def influence_answer(found: StakeInfluence, asked: Asked) -> Answer:
    """The reply to `/stakes influence`."""
    pages = [_together_page(found), _product_page(found)]
    if found.split is not None and not math.isnan(found.split.threshold):
        pages.append(_range_page(found, found.split))
    pages.append(_above_page(found))
    return Answer(
        influence_card(found),
        menus=(_scores(found), _zooms(found, asked), _stakes(found, asked)),
        details=tuple(pages),
    )


def influence_card(found: StakeInfluence) -> Card:
    """Whether stake and score go together, with every account as a dot."""
    name = score_name(found.score)
    what = f"today's stake and mean {name}" if found.by == "today" else f"stake at risk and {name} in a round"
    covered = "" if math.isnan(found.covered) else f" · they have {percent(found.covered)} of all stake"
    beyond = _beyond(found)
    return Card(
        heading=plain(found.finding.removesuffix(".")),
        text=f"{found.who}, {what}{covered}",
        draw=partial(picture_of_influence, found),
        after=f"**How sure** {_sure(found)}",
        small=" · ".join(
            filter(
                None,
                (f"{found.source}, {found.span}", _drawn(found), beyond, "it says nothing about causes"),
            )
        ),
        colour=BLUE,
    )


def _drawn(found: StakeInfluence) -> str:
    return f"dots of {found.drawn}: more would not fit" if found.too_many else ""


def _beyond(found: StakeInfluence) -> str:
    most = float(found.stake.max())
    if found.zoom is None or found.zoom >= most:
        return ""
    return f"the largest stake, {amount(most, 'NMR')}, lies beyond the picture"


def _sure(found: StakeInfluence) -> str:
    if found.over_rounds is not None:
        each = found.over_rounds
        if math.isnan(each.low):
            return too_few(each.rounds.size, each.block)
        return (
            f"Rank correlation {plus_minus(each.mean, 2)} on average, 95 % interval "
            f"{plus_minus(each.low, 2)} to {plus_minus(each.high, 2)}, "
            f"over {counted(each.rounds.size, 'round')}."
        )
    both = found.association
    if both is None or math.isnan(both.spearman):
        return "Not defined for so few, or where all are equal."
    chance = "go as far by chance" if both.spearman_p > LEVEL else "seldom go as far"
    p = p_told(both.spearman_p)
    return f"Rank correlation {plus_minus(both.spearman, 2)}; shuffled scores {chance} ({p})."


def _together_page(found: StakeInfluence) -> Card:
    name = score_name(found.score)
    stakes = (
        f"stakes of {found.day}, with each {found.unit}'s mean {name} over {found.span}"
        if found.by == "today"
        else f"the stake at risk in each of {found.span} with the {name} of that round"
    )
    asked = f" You asked for {found.asked}." if found.asked else ""
    limits = (
        found.left_out,
        ""
        if found.covered >= 1
        else "The data has the survivors of a leaderboard; who was left out may differ.",
        GUESSED if found.guessed else "",
        found.too_many,
    )
    several = found.over_rounds is not None and found.over_rounds.rounds.size > 0
    return Card(
        f"Stake and {name}: the tests",
        sections(
            f"{found.who}: {stakes}.{asked}",
            _together(found),
            section("What to know", bullets([sentence for sentence in limits if sentence])),
        ),
        draw=partial(picture_of_rounds if several else picture_of_sizes, found),
        small=RANKS,
        colour=BLUE,
    )


def _together(found: StakeInfluence) -> str:
    if found.over_rounds is not None:
        each = found.over_rounds
        mean = f"Mean rank correlation of {counted(each.rounds.size, 'round')} **{plus_minus(each.mean, 3)}**"
        if math.isnan(each.low):
            return f"{mean}. {too_few(each.rounds.size, each.block)}"
        return f"{mean}, 95 % interval {plus_minus(each.low, 3)} to {plus_minus(each.high, 3)}."
    if found.association is None or math.isnan(found.association.spearman):
        return "Not defined for so few, or where all are equal."
    both = found.association
    lines = [
        f"Spearman **{plus_minus(both.spearman, 2)}** ({p_told(both.spearman_p)}), "
        f"Kendall **{plus_minus(both.kendall, 2)}** ({p_told(both.kendall_p)}), by shuffling, n {both.n:,}."
    ]
    if found.slope is not None and not math.isnan(found.slope.slope):
        slope = found.slope
        lines.append(
            f"The picture: how large scores are, up or down. Its slope on logarithmic axes is "
            f"**{plus_minus(slope.slope, 2)}** "
            f"({plus_minus(slope.low, 2)} to {plus_minus(slope.high, 2)}): 0 if a score's size "
            "does not depend on stake, −1 if stake x score had a constant range."
        )
    return "\n".join(lines)


def _product_page(found: StakeInfluence) -> Card:
    name = score_name(found.score)
    told = found.artefact
    if found.product is not None and not math.isnan(found.product.spearman):
        told += (
            f" So its rank correlation with stake, {plus_minus(found.product.spearman, 2)} "
            f"({p_told(found.product.spearman_p)}), is no finding."
        )
    return Card(
        f"Stake x {name} fans out by itself",
        told,
        draw=partial(picture_of_product, found),
        small=f"{found.source} · band derived from all scores, whatever the stake",
        colour=BLUE,
    )


def _range_page(found: StakeInfluence, split: RangeBreakpoint) -> Card:
    name = score_name(found.score)
    verdict = (
        "no clearer than chance alone gives, because the range grows with stake anyway"
        if split.p_value > LEVEL
        else "clearer than chance alone gives"
    )
    return Card(
        f"Where the range of stake x {name} changes",
        f"Best split at **{amount(split.threshold, 'NMR')}** ({number(split.low)} to {number(split.high)}; "
        "of such ranges, accounts drawn again, 83 to 96 of 100 hold what they should): "
        f"spread {number(split.spread_below)} below, {number(split.spread_above)} above. "
        f"It is {verdict} ({p_told(split.p_value)}).",
        draw=partial(picture_of_range, found),
        small=SPLITS,
        colour=BLUE,
    )


def _above_page(found: StakeInfluence) -> Card:
    return Card(
        f"Above {amount(found.threshold, 'NMR')}",
        _above(found),
        draw=partial(picture_of_density, found),
        small=ACROSS,
        colour=BLUE,
    )


def _above(found: StakeInfluence) -> str:
    across, name = found.across, score_name(found.score)
    things = f"{found.unit}s" if found.over_rounds is None else "points"
    if not across.n_above:
        return f"Nobody: the largest has {amount(float(found.stake.max()), 'NMR')}."
    told = f"{across.n_above:,} {things} against {across.n_below:,} below. "
    told += f"Mean {name} {plus_minus(across.mean_above, 4)} against {plus_minus(across.mean_below, 4)}"
    if found.over_rounds is not None:
        return told + "."
    if math.isnan(across.p_value):
        told += f": too few for a test or a density (fewer than {FEWEST})"
        if across.n_above > 1:
            means = across.leave_one_out_means
            told += (
                f"; leaving each one out it is {plus_minus(means.min(), 4)} to {plus_minus(means.max(), 4)}"
            )
    else:
        told += f", {p_told(across.p_value)}"
    if not math.isnan(found.above.lonely_share):
        lonely = percent(found.above.lonely_share)
        told += f". {lonely} of their stake is a quarter or more from its third neighbour"
    return told + "."


def _scores(found: StakeInfluence) -> Menu:
    choices = {score: Choice(f"Score: {score_name(score)}", {"score": score}) for score in found.scores}
    return Menu("score", tuple(choices.values()), choices[found.score])


def _zooms(found: StakeInfluence, asked: Asked) -> Menu:
    largest = float(found.stake.max())
    everything = Choice(f"All stakes, up to {amount(largest, 'NMR')}", {"zoom": None})
    choices = [everything]
    choices += [
        Choice(f"Stakes up to {amount(zoom, 'NMR')}", {"zoom": zoom}) for zoom in ZOOMS if zoom < largest
    ]
    chosen = next((each for each in choices if each.change == {"zoom": asked["zoom"]}), None)
    if chosen is None:
        chosen = Choice(f"Stakes up to {amount(asked['zoom'], 'NMR')}", {"zoom": asked["zoom"]})
    typed = (
        Choice("Up to another stake …", "zoom"),
        Choice(f"Compare across another line than {amount(found.threshold, 'NMR')} …", "threshold"),
    )
    return Menu("zoom", (*choices, *typed), chosen)


def _stakes(found: StakeInfluence, asked: Asked) -> Menu:
    choices = [Choice(label, {"by": by, "rounds": rounds}) for by, rounds, label in BY_STAKE]
    now = {"by": asked["by"], "rounds": asked["rounds"]}
    chosen = next((each for each in choices if each.change == now), None)
    if chosen is None:
        stake = "Today's stake" if found.by == "today" else "Stake at risk in each round"
        chosen = Choice(f"{stake}, {found.span}", now)
    return Menu("stake", (*choices, Choice("Other rounds …", "rounds")), chosen)
