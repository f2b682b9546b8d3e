"""What was paid in the rounds that resolved in a calendar year, at the prices of those days."""

import asyncio
import math
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from features.earnings.earnings import NoPayError, csv_of
from tournament.source import CURRENCIES, EVERYONE, Currency, History, Rounds, Source
from wording.names import DEFAULT_ROUNDS, find_name, find_rounds, names_for_others
from wording.numbers import amount, counted, listed, span

FIRST_YEAR, LAST_YEAR = 2016, 2100  # that can be typed


@dataclass(frozen=True)
class PricedPay:
    """Pay by model and round (n,) that is final, in the order of the days on which the rounds resolved (UTC).

    `model` indexes `models`. at_risk and paid are in NMR, price is that of an NMR on the day in the currency;
    NaN where nobody knows paid or price. years: those in which rounds with a stake resolved.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    currency: Currency
    year: int | None
    models: tuple[str, ...]
    model: NDArray[np.int64]
    rounds: NDArray[np.int64]
    days: NDArray[np.datetime64]
    at_risk: NDArray[np.float64]
    paid: NDArray[np.float64]
    price: NDArray[np.float64]
    years: tuple[int, ...]
    undated: int  # rounds that resolved on a day that the source does not tell: in no year
    source: str
    live: bool
    until: date
    asked_at: datetime | None
    notices: tuple[str, ...]

    def for_others(self, own_name: str | None) -> "PricedPay":
        """The same to be shown in public: of models and accounts only the member's own name is told."""
        told_as = names_for_others(dict(zip(self.names, self.kinds, strict=True)), own_name)
        models = names_for_others(dict.fromkeys(self.models, "model"), own_name)
        return replace(self, names=tuple(told_as.values()), models=tuple(models.values()))

    @property
    def total(self) -> float:
        """NMR of all rounds whose pay is known."""
        return math.fsum(self.paid[~np.isnan(self.paid)])

    @property
    def value(self) -> NDArray[np.float64]:
        """What each row was worth (n,) in the currency; NaN where its pay or price is unknown."""
        return self.paid * self.price

    @property
    def total_value(self) -> float:
        """In the currency, of the days whose price is known; NaN where none is."""
        known = ~np.isnan(self.price)
        value = self.value[known]
        return math.fsum(value[~np.isnan(value)]) if known.any() else math.nan

    @property
    def day_count(self) -> tuple[int, int]:
        """On how many days rounds resolved, and of how many of those the price is not known."""
        return np.unique(self.days).size, np.unique(self.days[np.isnan(self.price)]).size

    @property
    def when(self) -> str:
        """ "2026", or "rounds 306-325"."""
        return (
            str(self.year) if self.year is not None else span(int(self.rounds.min()), int(self.rounds.max()))
        )

    @property
    def finding(self) -> str:
        """The answer in one sentence, without its full stop."""
        verb = "earned" if self.total >= 0 else "burned"
        told = f"{', '.join(self.names)} {verb} {amount(abs(self.total), 'NMR')} in {self.when}"
        days, unknown = self.day_count
        if unknown == days:
            return f"{told}; in {self.currency} it is not known here"
        value = amount(self.total_value, self.currency)
        if unknown:
            return (
                f"{told}; {value} for the {days - unknown:,} of {counted(days, 'day')} whose price is known"
            )
        return f"{told}: {value} at the prices of the days"

    @property
    def unpriced(self) -> str:
        """A sentence on the days whose price is not known; "" where all are."""
        days, unknown = self.day_count
        if not unknown:
            return ""
        why = (
            "prices are kept from the day the bot first saw them" if self.live else "the sample has no others"
        )
        told = f"The price of {unknown:,} of {counted(days, 'day')} is not known here: {why}."
        if unknown == days:
            return told
        priced = self.paid[~np.isnan(self.price) & ~np.isnan(self.paid)]
        of = f"{amount(math.fsum(priced), 'NMR')} of {amount(self.total, 'NMR')}"
        return f"{told} The total in {self.currency} is of the others only: {of}."

    @property
    def left_out(self) -> str:
        """Sentences on what is not in the totals besides; "" where there is nothing."""
        unknown = int(np.isnan(self.paid).sum())
        told = [
            f"{counted(unknown, 'payout')} {'is' if unknown == 1 else 'are'} not known and left out."
            if unknown
            else "",
            f"{counted(self.undated, 'round')} resolved on a day that is not known: in no year."
            if self.undated
            else "",
        ]
        return " ".join(filter(None, told))


async def priced_pay(
    source: Source,
    names: list[str],
    *,
    now: datetime,
    year: int | None = None,
    currency: str | None = None,
    rounds: str | None = None,
) -> PricedPay:
    """What names were paid in the rounds that resolved in a year, each at the price of its day.

    currency: USD without it. Without a year the rounds that were typed, else the last 20 that are final. A
    model that stands behind two of the names counts once. Raises ValueError with a sentence for what makes no
    sense, for a currency without a price and where nothing with a stake resolved.
    """
    known = find_currency(currency or "USD")
    if year is not None and rounds is not None:
        raise ValueError("A year and rounds can't be asked for together: leave one of them out.")
    if year is not None and year > now.year:
        raise ValueError(f"{year} has not begun: pick a year up to {now.year}.")
    found = list(dict.fromkeys([await find_name(source, name) for name in names]))
    if EVERYONE in found:
        raise ValueError("Pay in a currency is told of models and accounts, not of everyone: name yours.")
    all_rounds, until, prices = await asyncio.gather(
        source.rounds(), source.until(), source.price_of_day(known)
    )
    if not prices:
        raise ValueError(f"{source.label} gives no price of an NMR in {known}: pick another currency.")
    histories = await asyncio.gather(*(source.history(name) for name in found))
    models, rows = _rows(histories, all_rounds)
    if not rows.rounds.size:
        told = listed(found)
        raise NoPayError(
            f"{told} had no stake in a round that has resolved in {source.label}, so nothing was paid.",
            found[0],
            histories[0].kind,
        )
    dated = ~np.isnat(rows.days)
    years = tuple(int(each) for each in np.unique(_years(rows.days[dated])))
    chosen = dated & (_years(rows.days) == year) if year is not None else _in_rounds(rows, all_rounds, rounds)
    undated = np.unique(rows.rounds[~dated]).size
    if not (chosen & dated).any():
        raise ValueError(_nothing(listed(found), year, years))
    rows = rows.only(chosen & dated)
    by_day = np.datetime_as_string(rows.days, unit="D").tolist()
    return PricedPay(
        names=tuple(found),
        kinds=tuple(history.kind for history in histories),
        currency=known,
        year=year,
        models=models,
        model=rows.model,
        rounds=rows.rounds,
        days=rows.days,
        at_risk=rows.at_risk,
        paid=rows.paid,
        price=np.array([prices.get(day, math.nan) for day in by_day], dtype=np.float64),
        years=years,
        undated=undated,
        source=source.label,
        live=source.live,
        until=until,
        asked_at=min((each.asked_at for each in histories if each.asked_at is not None), default=None),
        notices=tuple(dict.fromkeys(each.notice for each in histories if each.notice)),
    )


def priced_as_csv(found: PricedPay) -> str:
    """Every model and round as CSV, in the order of days, and a last line with the totals."""
    rows = zip(
        [found.models[each] for each in found.model.tolist()],
        found.rounds.tolist(),
        np.datetime_as_string(found.days, unit="D").tolist(),
        found.at_risk.tolist(),
        found.paid.tolist(),
        [found.currency] * found.rounds.size,
        found.price.tolist(),
        found.value.tolist(),
        strict=True,
    )
    header = ["model", "round", "resolved_on", "nmr_at_risk", "nmr_paid", "currency", "price", "value"]
    total = ["total", "", "", "", found.total, found.currency, "", found.total_value]
    return csv_of([header, *rows, total])


def find_currency(typed: str) -> Currency:
    """The currency that was typed. Raises ValueError with those there are."""
    for currency in CURRENCIES:
        if typed.strip().upper() == currency:
            return currency
    raise ValueError(f"That is none of the currencies a price is known in: {listed(CURRENCIES, 'or')}.")


@dataclass(frozen=True)
class _Rows:
    """Rows (n,) with a stake that are final, in the order of days, rounds and models."""

    model: NDArray[np.int64]
    rounds: NDArray[np.int64]
    days: NDArray[np.datetime64]
    at_risk: NDArray[np.float64]
    paid: NDArray[np.float64]

    def only(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> "_Rows":
        return _Rows(
            self.model[rows], self.rounds[rows], self.days[rows], self.at_risk[rows], self.paid[rows]
        )


def _rows(histories: list[History], rounds: Rounds) -> tuple[tuple[str, ...], _Rows]:
    """The models behind all histories, each once, and their rows."""
    models: dict[str, int] = {}
    parts: list[tuple[NDArray[np.int64], History]] = []
    for history in histories:
        new = np.array([model not in models for model in history.models])
        for model in history.models:
            models.setdefault(model, len(models))
        kept = history.only((history.stake > 0) & history.resolved & new[history.model])
        number = np.array([models[model] for model in history.models])
        parts.append((number[kept.model], kept))
    joined = np.concatenate([kept.round for _, kept in parts])
    at = np.minimum(np.searchsorted(rounds.number, joined), rounds.number.size - 1)
    days = rounds.resolves[at].astype("datetime64[D]")
    days[rounds.number[at] != joined] = np.datetime64("NaT")
    rows = _Rows(
        np.concatenate([model for model, _ in parts]),
        joined,
        days,
        np.concatenate([kept.stake for _, kept in parts]),
        np.concatenate([kept.payout for _, kept in parts]),
    )
    return tuple(models), rows.only(np.lexsort((rows.model, rows.rounds, rows.days)))


def _years(days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    return days.astype("datetime64[Y]").astype(np.int64) + 1970


def _in_rounds(rows: _Rows, every: Rounds, typed: str | None) -> NDArray[np.bool_]:
    final = np.unique(rows.rounds)
    chosen = final[-DEFAULT_ROUNDS:] if typed is None else find_rounds(typed, every.number, final)
    return np.isin(rows.rounds, chosen)


def _nothing(who: str, year: int | None, years: tuple[int, ...]) -> str:
    if year is None:
        return f"{who} had no stake in rounds of that range that have resolved."
    if not years:
        return f"{who} had no stake in a round of which it is known when it resolved."
    had = f"{years[0]} to {years[-1]}" if len(years) > 2 else listed([str(each) for each in years])
    return f"{who} had no stake in a round that resolved in {year}: it had in {had}."
