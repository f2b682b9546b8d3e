"""The answer to `/payout what-if`."""

from collections.abc import Sequence

from features.payout.what_if import WhatIf
from scoring.rules import describe_multipliers
from ui.answer import Answer, Asked, Choice, Menu
from ui.card import AMBER, Card, bullets, section
from ui.text import plain
from wording.numbers import amount, score_name


def what_if_answer(answer: WhatIf, asked: Asked, rules: Sequence[tuple[str, str]] = ()) -> Answer:
    """The reply to `/payout what-if`. rules: (shown, typed) that its menu offers."""
    chosen = Choice(f"Rule: {describe_multipliers(answer.rule.multipliers)}", {"rule": asked["rule"]})
    others = [Choice(shown, {"rule": typed}) for shown, typed in rules if len(typed) < 80]
    menu = Menu("rule", (chosen, *others[:22], Choice("Another rule …", "rule")), chosen)
    return Answer(what_if_card(answer), menus=(menu,))


def what_if_card(answer: WhatIf) -> Card:
    """One round, step by step."""
    rule = answer.rule
    terms = " + ".join(
        f"{weight:g} x {answer.scores[score]:g} ({score_name(score)})"
        for score, weight in rule.multipliers.items()
        if weight
    )
    bounded = "clipped to" if answer.clipped else "inside"
    if rule.clip_order == "factor_inside_clip":
        scaled = answer.weighted * answer.factor
        steps = f"{terms} = **{answer.weighted:.4g}**, x factor {answer.factor:.4g} = {scaled:.4g}"
        steps += f", {bounded} ±{rule.clip:g}"
    else:
        steps = f"{terms} = **{answer.weighted:.4g}**, {bounded} ±{rule.clip:g}, x factor {answer.factor:.4g}"
    dated = f"from {rule.effective_on}" if rule.effective_on else "typed"
    return Card(
        heading=plain(answer.finding),
        text=f"{steps}\nx stake {amount(answer.stake, 'NMR')} = **{amount(answer.payout, 'NMR')}**",
        after=section("Assumed", bullets(answer.assumptions)),
        small=f"{describe_multipliers(rule.multipliers)}, {dated}{'' if rule.verified else ', not verified'}",
        colour=AMBER,
    )
