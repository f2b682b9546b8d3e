"""The answer to `/payout show` with a year or a currency."""

import math
from functools import partial

import numpy as np

from features.earnings.earnings_card import ROWS, in_column
from features.earnings.priced_pay import PricedPay
from features.earnings.priced_pay_chart import picture_of_priced
from tournament.source import CURRENCIES
from ui.answer import Answer, Asked, Choice, Menu
from ui.card import GREEN, Card, age_line, sections
from ui.text import plain
from wording.numbers import counted

NEWEST_YEARS = 20  # in the menu
NAMED = 20  # letters of a model in a table


def priced_answer(found: PricedPay, asked: Asked) -> Answer:
    """The reply to `/payout show` with a year or a currency."""
    return Answer(
        priced_card(found), menus=(_years(found, asked), _currencies(found)), details=tuple(_tables(found))
    )


def priced_card(found: PricedPay) -> Card:
    """What was paid, what it was worth, and of which days that is not known."""
    days, _ = found.day_count
    told = (
        f"{counted(np.unique(found.rounds).size, 'round')} resolved on {counted(days, 'day')}",
        counted(len(found.models), "model"),
    )
    asked = age_line(found.asked_at)
    return Card(
        heading=plain(found.finding),
        text="\n".join(
            filter(None, (", ".join(told), found.unpriced, found.left_out, *map(plain, found.notices)))
        ),
        draw=partial(picture_of_priced, found),
        small=(
            f"{found.source}, until {found.until}{asked} · each round at the price of the day it resolved, "
            "UTC · CSV has every round of every model · no tax advice"
        ),
        colour=GREEN,
    )


def _years(found: PricedPay, asked: Asked) -> Menu:
    choices = [
        Choice(f"Rounds that resolved in {year}", {"year": year, "rounds": None})
        for year in found.years[::-1][:NEWEST_YEARS]
    ]
    chosen = Choice(found.when.capitalize(), {"year": found.year, "rounds": asked["rounds"]})
    back = Choice("In NMR, with what is pending", {"year": None, "currency": None, "rounds": None})
    return Menu("year", (*choices, back), chosen if found.year is None else _of(choices, found.year, chosen))


def _of(choices: list[Choice], year: int, otherwise: Choice) -> Choice:
    return next((each for each in choices if each.change == {"year": year, "rounds": None}), otherwise)


def _currencies(found: PricedPay) -> Menu:
    choices = tuple(Choice(f"In {each}", {"currency": each}) for each in CURRENCIES)
    return Menu("currency", choices, choices[CURRENCIES.index(found.currency)])


def _tables(found: PricedPay) -> list[Card]:
    """By month, and by model where there are several, as aligned lines that fit a phone."""
    months = np.datetime_as_string(found.days, unit="M")
    lines = [_line(month, found, months == month) for month in np.unique(months).tolist()]
    cards = _pages(f"{found.when.capitalize()} by month", "month", lines, found)
    if len(found.models) > 1:
        by_model = [
            _line(name[:NAMED], found, found.model == at)
            for at, name in enumerate(found.models)
            if (found.model == at).any()
        ]
        cards += _pages(f"{found.when.capitalize()} by model", "model", by_model, found)
    return cards


def _pages(heading: str, first: str, lines: list[tuple[str, str]], found: PricedPay) -> list[Card]:
    width = max(len(first), *(len(name) for name, _ in lines))
    header = f"{first:<{width}} {'NMR':>8} {found.currency:>8}"
    rows = [f"{name:<{width}} {told}" for name, told in lines]
    return [
        Card(
            heading,
            sections("```\n" + "\n".join([header, *rows[at : at + ROWS]]) + "\n```"),
            small="- and *: the price of all or of some days is not known" if found.unpriced else "",
            colour=GREEN,
        )
        for at in range(0, len(rows), ROWS)
    ]


def _line(name: str, found: PricedPay, rows: "np.ndarray") -> tuple[str, str]:
    paid, value = found.paid[rows], found.value[rows]
    unknown = np.isnan(found.price[rows])
    worth = "-" if unknown.all() else in_column(float(np.nansum(value)))
    mark = "*" if unknown.any() and not unknown.all() else " "
    return name, f"{in_column(math.fsum(paid[~np.isnan(paid)])):>8} {worth:>8}{mark}".rstrip()
