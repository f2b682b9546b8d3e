"""What a newcomer weighs under a scheme, and after how many rounds half of it is earned."""

import numpy as np

from features.simulation.accounts_known import AccountsKnown
from features.simulation.by_round.skill import Skill
from scoring.schemes import KnownOfHolders, Weighing
from scoring.weighting import stake_weights
from tournament.source import Stakes
from wording.numbers import number

NEWCOMER = 100.0  # NMR


def with_a_newcomer(
    stakes: Stakes, known: AccountsKnown, weighing: Weighing, stake: float
) -> tuple[np.ndarray, KnownOfHolders]:
    """Stakes (a,) of those whom a scheme weighs, with one more of whom nothing is known, the last."""
    held = stakes.account_stake > 0
    lacking = getattr(known.known, weighing.leaves_out) if weighing.leaves_out else None
    counts = np.flatnonzero(held if lacking is None else held & ~np.isnan(lacking))
    return np.append(stakes.account_stake[counts], stake), known.known.of(counts).with_unknown()


def newcomers_weight(weighing: Weighing, stakes: Stakes, known: AccountsKnown) -> tuple[float, float]:
    """The weight of a newcomer with NEWCOMER NMR, and that by stake; nan where it can't be told."""
    nothing = float("nan"), float("nan")
    if known.why_not(weighing.needs):
        return nothing
    held, of = with_a_newcomer(stakes, known, weighing, NEWCOMER)
    now = float(stake_weights(held)[-1])
    if weighing.leaves_out:
        return 0.0, now
    try:
        return float(weighing.weigh(held, of)[-1]), now
    except ValueError:
        return nothing


def newcomer(weighing: Weighing, weight: tuple[float, float], skill: Skill | None) -> str:
    """What a newcomer weighs and after how many rounds half of it is earned, in sentences; "" if unknown."""
    then, now = weight
    if np.isnan(then):
        return ""
    if weighing.leaves_out:
        what = "score" if weighing.leaves_out == "scores" else "correlation with the meta model"
        first = f"A newcomer weighs nothing before there is a {what} of final rounds, a month at the least."
    else:
        first = (
            f"A newcomer with {number(NEWCOMER)} NMR would weigh {number(100 * then)} % instead of "
            f"{number(100 * now)} %, {number(then / now)} times as much, from the first round on."
        )
        if "scores" in weighing.needs:
            first += " Without a score it counts as average."
        elif weighing.needs:
            first += " Without a past it is like nobody."
    return f"{first} {earned(weighing, skill)}"


def newcomer_line(weighing: Weighing, weight: tuple[float, float], skill: Skill | None) -> str:
    """The same in a line of a table."""
    then, now = weight
    if np.isnan(then):
        return "not told"
    times = "nothing at first" if weighing.leaves_out else f"{number(then / now)} times its weight by stake"
    return f"{times}; {_when(weighing, skill)}"


def earned(weighing: Weighing, skill: Skill | None) -> str:
    """After how many rounds half of its weight comes from its own record rather than from luck."""
    if "scores" not in weighing.needs:
        return "No record has to be earned: nothing of it goes by scores."
    if skill is None:
        return "After how many rounds its own record counts for half can't be told."
    return f"Its own record counts for half of what it is weighed by {skill.told}. {skill.basis}"


def _when(weighing: Weighing, skill: Skill | None) -> str:
    if "scores" not in weighing.needs:
        return "no record to earn"
    return "half earned: not told" if skill is None else f"half earned {skill.told}"
