"""The answer on what happens when large holders leave, and the pages behind it."""

import math
from functools import partial
from typing import Any

from features.stakes.concentration_card import GUESSED
from features.stakes.leaving.unstaking import DEFAULT_TOP, UnstakeScenario
from features.stakes.leaving.unstaking_chart import picture_of_prices, picture_of_unstaking
from scoring.concentration import Concentration
from scoring.typed import read_number
from ui.answer import Answer, Asked, Choice, Field, Menu
from ui.card import AMBER, Card, bullets, section, sections
from ui.text import plain
from wording.numbers import amount, number, percent, signed, whole

TOPS = (5, 10, 20, 50)
ABOVE = (1_000.0, 8_000.0)  # NMR
NOBODY: dict[str, Any] = {"top": None, "above": None, "who": None}
PRICES = (
    "Square-root law: [Tóth et al. 2011](https://doi.org/10.1103/PhysRevX.1.021006), "
    "on Bitcoin Donier and Bonart 2015 · volatility: Hampel 1974"
)
UNSTAKE_FIELDS = {
    "top": Field(
        "Who leaves",
        "So many of the largest leave",
        "A whole number from 1, like 20",
        lambda text: (
            NOBODY | {"top": int(read_number(text, "How many leave", low=1, high=10**9, whole=True))}
        ),
        lambda asked: "" if asked["top"] is None else str(asked["top"]),
    ),
    "who": Field(
        "Who leaves",
        "The account or model that leaves",
        "As it is spelled on the leaderboard",
        lambda text: NOBODY | {"who": text},
        lambda asked: asked["who"] or "",
    ),
    "above": Field(
        "Who leaves",
        "Everyone above so many NMR leaves",
        "A number of 0 or more, like 8000",
        lambda text: NOBODY | {"above": float(read_number(text, "The stake", unit="nmr"))},
        lambda asked: "" if asked["above"] is None else f"{asked['above']:g}",
    ),
    "volume": Field(
        "Daily volume",
        "NMR that are traded in a day",
        "For the price; 100000 is assumed",
        lambda text: {"volume": float(read_number(text, "The daily volume", unit="nmr"))},
        lambda asked: "" if asked["volume"] is None else f"{asked['volume']:g}",
    ),
}


def unstaking_answer(scenario: UnstakeScenario, asked: Asked) -> Answer:
    """The reply to `/stakes unstake`."""
    menus = [_who(scenario, asked)]
    if asked["who"] is None:  # a name says by itself what counts as a holder
        units = {unit: Choice(f"By {unit}", {"unit": unit}) for unit in ("account", "model")}
        menus.append(Menu("unit", tuple(units.values()), units[asked["unit"]]))
    pages = [_rest_page(scenario)]
    if not math.isnan(scenario.volatility):
        pages.append(_price_page(scenario))
    pages.append(Card("What was assumed", bullets(_assumptions(scenario)), colour=AMBER))
    return Answer(unstaking_card(scenario), menus=tuple(menus), details=tuple(pages))


def unstaking_card(scenario: UnstakeScenario) -> Card:
    """What a departure does to payouts and to the price, and who then holds how much."""
    before, after = scenario.result.before, scenario.result.after
    text = f"{amount(scenario.left, 'NMR')}, {percent(scenario.result.share_left)} of the stake"
    if scenario.result.share_left and after.stake:
        same = after.half == before.half
        told = "hold half, as now" if same else f"then hold half, {whole(before.half)} do now"
        text += f" · {whole(after.half)} {told}"
    return Card(
        heading=plain(scenario.finding),
        text=text,
        draw=partial(picture_of_unstaking, scenario),
        after=f"**How sure** {_sure(scenario)}",
        small=f"{scenario.holders.source}, {scenario.holders.day} · nobody else changes their stake · "
        "a scenario, no forecast",
        colour=AMBER,
    )


def _sure(scenario: UnstakeScenario) -> str:
    told: list[str] = []
    if scenario.round is not None:
        told.append(f"Payouts follow from the stake at risk in round {scenario.round}.")
    if math.isnan(scenario.volatility):
        told.append("No daily prices are known here.")
    else:
        told.append("The price is rough: a quarter to all of it sold in a day.")
    return " ".join(told)


def _rest_page(scenario: UnstakeScenario) -> Card:
    result = scenario.result
    factors = ""
    if scenario.round is not None:
        lines = [
            f"{_factor(each.before)} → {_factor(each.after)} at {amount(each.threshold, 'NMR')}, "
            f"since {each.since}"
            for each in scenario.factors
        ]
        factors = section(
            f"Payout factor, for the stake at risk in round {scenario.round}",
            bullets(lines) or "No dated threshold.",
        )
    return Card(
        "Who holds the rest, and what it pays",
        sections(
            f"**{amount(scenario.left, 'NMR')}** of {amount(result.before.stake, 'NMR')} would leave.",
            _before_after(result.before, result.after),
            factors,
            section("Everyone else", _everyone_else(scenario)),
        ),
        small=f"{scenario.holders.source}, stakes of {scenario.holders.day} · a scenario, no forecast",
        colour=AMBER,
    )


def _price_page(scenario: UnstakeScenario) -> Card:
    extrapolated = scenario.prices.extrapolated
    hollow = "Hollow, and * in the table: more than was ever observed. " if extrapolated.any() else ""
    return Card(
        "The price, in scenarios",
        sections(
            f"What selling a quarter, half or all of {amount(scenario.left, 'NMR')} in one day could do, at "
            f"three strengths. {hollow}".strip(),
            _price_table(scenario),
        ),
        draw=partial(picture_of_prices, scenario),
        small=PRICES,
        colour=AMBER,
    )


def _before_after(before: Concentration, after: Concentration) -> str:
    rows = (
        ("hold half", whole(before.half), whole(after.half)),
        ("effective", whole(before.effective_number), whole(after.effective_number)),
        ("Gini", f"{before.gini:.3f}", "unknown" if math.isnan(after.gini) else f"{after.gini:.3f}"),
        ("holders", f"{before.holders:,}", f"{after.holders:,}"),
    )
    lines = [f"{'':<9}{'before':>8}{'after':>7}"]
    lines += [f"{name:<9}{first:>8}{second:>7}" for name, first, second in rows]
    return "```\n" + "\n".join(lines) + "\n```"


def _factor(factor: float) -> str:
    return f"{factor:.3f}".removeprefix("0") if factor < 1 else "1"


def _everyone_else(scenario: UnstakeScenario) -> str:
    result, others = scenario.result, scenario.others
    if math.isnan(result.weight_ratio):
        return "Nobody with a stake remains."
    lines: list[str] = []
    if result.share_left:
        before, after = scenario.largest_weight
        lines.append(
            f"Each would weigh {number(result.weight_ratio)} times as much in the meta model; the largest "
            f"of them {100 * after:.1f} % instead of {100 * before:.1f} %."
        )
    if result.pay_ratio > 1:
        lines.append(f"Each payout would be {number(result.pay_ratio)} times as large, up to the clip.")
    if others is not None and result.pay_ratio > 1:
        first, last = others.rounds
        clipped = (
            f"; the clip would newly cut {percent(others.newly_clipped)} of these payouts"
            if others.newly_clipped
            else ""
        )
        lines.append(
            f"In rounds {first}-{last} of the data: {signed(others.after, 'NMR')} instead of "
            f"{signed(others.before, 'NMR')}{clipped}."
            + (f" Of these, {others.changes}." if others.changes else "")
        )
    return bullets(lines) if lines else "Nothing changes for them."


def _price_table(scenario: UnstakeScenario) -> str:
    table = scenario.prices
    lines = ["sold   " + "".join(f"{f'x{strength:g}':>6}" for strength in table.strengths)]
    for column, share in enumerate(table.sell_shares):
        mark = "*" if table.extrapolated[column] else " "
        changes = "".join(f"{100 * change:>5.0f}%" for change in table.change[:, column])
        lines.append(f"{100 * share:>4.0f}%{mark} {changes}".replace("-", "−"))
    return "```\n" + "\n".join(lines) + "\n```"


def _assumptions(scenario: UnstakeScenario) -> list[str]:
    said = [
        "Nobody else changes what they stake; who leaves risks as large a part as all do.",
    ]
    if not math.isnan(scenario.volatility):
        said += [
            f"Price: x.5, x1 and x1.5 of a day's volatility ({100 * scenario.volatility:.1f} %, "
            f"{scenario.volatility_from}) times the root of what is sold over a day's volume. The volatility "
            "is that of most days (by the median distance): a few extreme ones don't raise it.",
            f"A day's volume of {amount(scenario.daily_volume, 'NMR')} is an assumption: type your own. "
            "Sales above a tenth of it are extrapolated.",
        ]
    else:
        said.append("No daily prices are known here, so there is no price scenario.")
    if scenario.holders.guessed:
        said.append(GUESSED)
    return [*said, *scenario.differs]


def _who(scenario: UnstakeScenario, asked: Asked) -> Menu:
    choices = [Choice(f"The {top} largest {asked['unit']}s leave", NOBODY | {"top": top}) for top in TOPS]
    choices += [
        Choice(f"Everyone above {amount(above, 'NMR')} leaves", NOBODY | {"above": above}) for above in ABOVE
    ]
    now = {key: asked[key] for key in NOBODY}
    if now == NOBODY:
        now["top"] = DEFAULT_TOP
    chosen = next((each for each in choices if each.change == now), None)
    if chosen is None:
        leaving = scenario.leaving
        # the change of a name may be longer than a line of a menu takes, and changes nothing here
        chosen = Choice(f"{leaving[:1].upper()}{leaving[1:]}"[:90], {"unit": asked["unit"]})
    typed = (
        Choice("So many of the largest …", "top"),
        Choice("One account or model by name …", "who"),
        Choice("Everyone above another stake …", "above"),
    )
    return Menu("leaving", (*choices, *typed), chosen)
