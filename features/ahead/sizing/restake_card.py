"""The answer to `/ahead restake`."""

from collections.abc import Sequence
from functools import partial

from features.ahead.pay_card import rules_menu
from features.ahead.sizing.restake import ELASTICITIES, Restaked, level_told
from features.ahead.sizing.stake_chart import picture_of_restaking
from ui.answer import Answer, Asked, Choice, Menu
from ui.card import AMBER, Card, age_line, bullets
from ui.text import plain
from wording.numbers import brief, counted, span

FOLLOWED = {
    0.0: ("Nobody restakes", "stakes stay as they are"),
    0.5: ("Stakes follow halfway", "with half of the change in pay"),
    1.0: ("Stakes follow pay", "until an NMR earns what it did"),
}
METHOD = (
    "Above the threshold total pay is threshold x weighted score, whoever stakes: so pay per NMR falls as "
    "stakes grow. With stakes S' = S (m'/m)^e, m the mean weighted score per NMR at risk, pay per NMR "
    "changes by (m'/m)^(1 - e).",
    "Before the clip, and only where the payout factor is below 1: above it nobody's stake changes pay.",
    "It is a scenario: how far stakes follow pay is not known, and who leaves may score unlike who stays.",
    "The mix is another question: who gains and who loses within it, /payout compare says.",
)


def restake_answer(found: Restaked, asked: Asked, rules: Sequence[tuple[str, str]] = ()) -> Answer:
    """The reply to `/ahead restake`. rules: (shown, typed) that its menu offers."""
    choices = [Choice(FOLLOWED[each][0], {"elasticity": each}, FOLLOWED[each][1]) for each in ELASTICITIES]
    at = choices[ELASTICITIES.index(found.elasticity)]
    known = tuple((shown, typed) for shown, typed in rules if typed != asked["rule"])
    typed = Choice(found.rule[:100], {"rule": asked["rule"]})
    offered = rules_menu(asked, known, "", key="rule").choices[1:]
    rows = [f"{FOLLOWED[each][0]}: {_level(found, each)} per NMR." for each in ELASTICITIES]
    return Answer(
        restake_card(found),
        menus=(Menu("elasticity", tuple(choices), at), Menu("rule", (typed, *offered), typed)),
        details=(
            Card("By how far stakes follow", bullets(rows), colour=AMBER),
            Card("How it is made", bullets([*METHOD, *found.notes]), colour=AMBER),
        ),
    )


def restake_card(found: Restaked) -> Card:
    """The change of pay per NMR, with its band, the picture, and what it hangs on."""
    new, old = found.means
    rounds = counted(found.rounds.size, "final round")
    return Card(
        heading=plain(found.finding),
        text=plain(
            f"Mean weighted score per NMR at risk: {brief(new)} under {found.rule}, {brief(old)} under "
            f"{found.current}, {brief(found.ratio.mean)} times as much ({brief(found.ratio.low)} to "
            f"{brief(found.ratio.high)})."
        ),
        draw=partial(picture_of_restaking, found),
        after=f"**How sure** 95 %: {_level(found, found.elasticity)}, from {rounds}. How far stakes follow "
        "pay is a scenario that no data here tells.",
        small=f"{found.source}, until {found.until}{age_line(found.asked_at)} · "
        f"{span(int(found.rounds[0]), int(found.rounds[-1]))} · factor {found.factor:.3g} of round "
        f"{found.factor_round} · before the clip",
        colour=AMBER,
    )


def _level(found: Restaked, elasticity: float) -> str:
    low, high = found.band(elasticity)
    return f"{level_told(found.level(elasticity))} ({level_told(low)} to {level_told(high)})"
