"""The answer to `/payout rules`: the timeline, and one rule in full."""

import math

from features.rules.rules import Timeline
from scoring.rules import PayoutRule, describe_multipliers
from ui.answer import Answer, Asked, Choice, Menu
from ui.card import BLUE, Card, bullets, section, sections
from ui.text import plain
from wording.numbers import counted, number, score_name

SHOWN = 6  # newest rules that are written out at once; the menu has them all


def rules_answer(shown: Timeline, rule: PayoutRule | None, asked: Asked) -> Answer:
    """The reply to `/payout rules`: the newest rules, or one of them in full."""
    newest = Choice("The newest rules", {"rule": None})
    rules = [
        Choice(f"{each.effective_on or 'never'}: {describe_multipliers(each.multipliers)}", {"rule": each.id})
        for each in reversed(shown.rules)
    ]
    chosen = next((each for each in rules if each.change == {"rule": asked["rule"]}), newest)
    which = Menu("rule", (newest, *rules), chosen)
    there = tuple(
        Choice(f"Rules of {name.title()}", {"tournament": name, "rule": None})
        for name in ("classic", "signals", "crypto")
    )
    tournament = next(each for each in there if each.label == f"Rules of {shown.tournament.title()}")
    return Answer(
        timeline_card(shown) if rule is None else rule_card(rule),
        menus=(which, Menu("tournament", there, tournament)),
        details=(all_rules_card(shown),) if rule is None else (),
    )


def timeline_card(shown: Timeline) -> Card:
    """The rule in force, and the newest dated ones."""
    newest = list(reversed(shown.rules))
    in_force = next(rule for rule in newest if rule.status == "effective")
    lines = [_rule_line(rule) for rule in newest[:SHOWN]]
    return Card(
        f"The newest rule of {shown.tournament.title()} pays {describe_multipliers(in_force.multipliers)}, "
        f"from {in_force.effective_on}",
        "\n".join([*([f"**Live** {plain(shown.live)}"] if shown.live else []), *lines]),
        small=f"The newest {len(lines)} of {counted(len(newest), 'rule')} on record"
        " · ✗ never took effect · ? not verified"
        f"{' · ' + shown.derived[0].removesuffix('.') if shown.derived else ''}",
    )


def all_rules_card(shown: Timeline) -> Card:
    """Every dated rule of a tournament, newest first, with its source."""
    lines = [f"{_rule_line(rule)} · {plain(rule.source)}" for rule in reversed(shown.rules)]
    return Card(
        f"All rules of {shown.tournament.title()}, newest first",
        sections("\n".join(lines), section("Priced by a derived MMC", bullets(shown.derived))),
    )


def rule_card(rule: PayoutRule) -> Card:
    """One dated rule with everything that is known of it."""
    threshold = (
        f"{number(rule.stake_threshold)} NMR" if rule.stake_threshold else "none: the payout factor is 1"
    )
    first = f", round {rule.first_round}" if rule.first_round else ""
    rows = (
        f"**From** {rule.effective_on}{first}, {rule.status}{'' if rule.verified else ', not verified'}",
        f"**Clip** ±{100 * rule.clip:g} % of the stake, {_order(rule)}",
        f"**Stake threshold** {threshold}",
        f"**Rounds** {rule.rounds_at_once} at once; each risks {_share(rule.stake_fraction)} of it",
        f"**Who does nothing gets** {describe_multipliers(rule.fallback)}",
        f"**Permitted** {_choices(rule)}",
    )
    return Card(
        f"{rule.tournament.title()}: {describe_multipliers(rule.multipliers)}",
        sections(plain(rule.note or ""), "\n".join(rows), section("Source", plain(rule.source))),
        small=f"{rule.id} · the heading is the largest permitted combination",
        colour=BLUE,
    )


def _rule_line(rule: PayoutRule) -> str:
    mark = "✗ " if rule.status in ("superseded", "announced") else ""
    doubt = "" if rule.verified else " ?"
    threshold = f", threshold {rule.stake_threshold / 1000:g}K" if rule.stake_threshold else ""
    return (
        f"{mark}**{rule.effective_on}** {describe_multipliers(rule.multipliers)}{doubt} · "
        f"clip {rule.clip:g}{threshold}"
    )


def _choices(rule: PayoutRule) -> str:
    if len(rule.choices) == 1:
        return "no choice"
    scores = list(dict.fromkeys(score for choice in rule.choices for score in choice))
    grids = {score: sorted({choice.get(score, 0.0) for choice in rule.choices}) for score in scores}
    size = math.prod(len(grid) for grid in grids.values())
    text = "; ".join(
        f"{score_name(score)} {', '.join(f'{value:g}' for value in grid)}" for score, grid in grids.items()
    )
    if size == len(rule.choices):
        return f"{text}: any combination"
    shown = ", ".join(describe_multipliers(choice) for choice in rule.choices)
    return shown if len(shown) <= 1000 else f"{text}: {len(rule.choices)} of {counted(size, 'combination')}"


def _order(rule: PayoutRule) -> str:
    return (
        "after the payout factor" if rule.clip_order == "factor_inside_clip" else "before the payout factor"
    )


def _share(fraction: float) -> str:
    return "all" if fraction == 1 else f"1/{round(1 / fraction)}"
