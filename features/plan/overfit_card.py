"""The answer to whether a tweak of the payout rule is overfitted."""

from functools import partial

import numpy as np

from features.plan.grid import short
from features.plan.overfit import Judged, OverfitGrid, told_best, told_worst
from features.plan.overfit_chart import picture_of_overfit
from ui.answer import Answer, Asked, Choice, Menu, text_field
from ui.card import AMBER, Card, bullets
from ui.text import plain
from wording.numbers import counted, number, percent

GRIDS = (
    "corr 0..2 step .5, tc 0..3 step .5",
    "corr 0..2 step .5, mmc 0..3 step .5",
    "corr 0..2 step .5, fnc 0..2 step .5",
)
BLOCKS = (8, 10)
MOST_TOLD = 30  # rules
OVERFIT_FIELDS = {
    "grid": text_field(
        "grid", "Another grid", "Scores with their multipliers", "corr 0..2 step .5, tc 0..3 step .5"
    ),
    "rule": text_field("rule", "Another rule", "The rule whose worst rounds are looked at", "Like 1C3T"),
}
SAYS_NOT = (
    "It tells whether choosing by the past would have worked, not which rule is right: nobody submits "
    "otherwise here because of the rule, and contribution that lasts can hardly be seen in public scores."
)


def overfit_answer(found: OverfitGrid, asked: Asked) -> Answer:
    """The reply to `/plan overfit`."""
    first = found.judged[0]
    card = Card(
        plain(f"Choosing the best of {counted(len(found.names), 'rule')} is {found.verdict}"),
        f"{plain(found.finding)}\n{plain(told_worst(found, first))}",
        partial(picture_of_overfit, found),
        f"**How sure** Luck alone: {first.usual} in two records of three, "
        f"{percent(first.result.probability)} or less in {percent(first.as_low)}.",
        f"{found.source}, until {found.until} · not on pay: the largest always pay most",
        AMBER,
    )
    pages = (
        *(Card(f"By {each.words}", _page(found, each), colour=AMBER) for each in found.judged),
        Card("The rules that were tried", _rules(found), colour=AMBER),
        Card(
            "What was assumed",
            bullets(
                (
                    SAYS_NOT,
                    *found.notes,
                    "Source: Bailey, Borwein, Lopez de Prado and Zhu 2017, on overfitted backtests.",
                )
            ),
            colour=AMBER,
        ),
    )
    return Answer(card, (_grids(asked), _blocks(asked)), pages)


def _page(found: OverfitGrid, judged: Judged) -> str:
    result, noise = judged.result, judged.noise
    most = int(np.nanargmax(result.chosen))
    halves, rounds = counted(result.logits.size, "way"), counted(result.rounds, "round")
    middle, spread = percent(float(noise.mean())), percent(float(noise.std()))
    return bullets(
        (
            f"Probability of overfitting {percent(result.probability)}: in so many of {halves} to halve "
            f"{rounds} the best rule on one half was in the worse half of them on the other.",
            f"Where no rule is better it is {middle} on average, with a standard deviation of {spread} "
            f"({counted(noise.size, 'record')} drawn).",
            f"{found.names[most]} was best on one half most often, in {percent(float(result.chosen[most]))}.",
            told_worst(found, judged),
            told_best(found, judged),
        )
    )


def _rules(found: OverfitGrid) -> str:
    means = [each.values.mean(axis=0) for each in found.judged]
    order = np.argsort(-means[0], kind="stable").tolist()
    lines: list[str] = []
    for at in order[:MOST_TOLD]:
        told = [f"{number(mean[at])} {each.words}" for mean, each in zip(means, found.judged, strict=True)]
        lines.append(f"{found.names[at]}: {', '.join(told)}")
    more = f"\nAnd {len(order) - MOST_TOLD} more." if len(order) > MOST_TOLD else ""
    return (
        f"{found.grid.size}; the largest of each, by mean over all rounds:\n{bullets(lines)}{more}\n"
        f"Asked about: {plain(short(found.rule))}."
    )


def _grids(asked: Asked) -> Menu:
    lines = (Choice("The usual grid", {"grid": None}), *(Choice(each, {"grid": each}) for each in GRIDS))
    chosen = next((each for each in lines if each.change == {"grid": asked["grid"]}), None)
    chosen = chosen or Choice(str(asked["grid"])[:80], {"grid": asked["grid"]})
    more = (Choice("Another grid …", "grid"), Choice("Another rule …", "rule"))
    return Menu("grid", (*lines, *more), chosen)


def _blocks(asked: Asked) -> Menu:
    lines = tuple(Choice(counted(each, "block"), {"blocks": each}) for each in BLOCKS)
    chosen = next((each for each in lines if each.change == {"blocks": asked["blocks"]}), None)
    return Menu(
        "blocks", lines, chosen or Choice(counted(asked["blocks"], "block"), {"blocks": asked["blocks"]})
    )
