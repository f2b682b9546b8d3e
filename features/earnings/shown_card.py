"""Which of the answers to `/payout show` is meant, and what each is told with."""

from datetime import datetime

from features.earnings.earnings import PayRecord, as_csv, pay_record
from features.earnings.earnings_card import record_answer
from features.earnings.priced_pay import PricedPay, priced_as_csv, priced_pay
from features.earnings.priced_pay_card import priced_answer
from features.earnings.several_earnings import SeveralEarnings, several_as_csv, several_earnings
from features.earnings.several_earnings_card import several_earnings_answer
from tournament.source import Source
from ui.answer import Answer, Asked
from wording.names import names_typed

Earnings = PayRecord | SeveralEarnings | PricedPay


async def earnings_asked(source: Source, asked: Asked, now: datetime) -> Earnings:
    """Pay in a currency where that or a year is asked for, else of several names or of one."""
    names, rounds = names_typed(asked["name"]), asked["rounds"]
    year, currency = asked.get("year"), asked.get("currency")  # a question of an older bot has neither
    if year is not None or currency is not None:
        return await priced_pay(source, names, now=now, year=year, currency=currency, rounds=rounds)
    if len(names) > 1:
        return await several_earnings(source, names, rounds=rounds, now=now)
    return await pay_record(source, names[0], rounds=rounds, now=now)


def earnings_answer(found: Earnings, asked: Asked, own: str | None = None) -> Answer:
    """The reply to `/payout show`. own: the name that the member linked."""
    if isinstance(found, PricedPay):
        return priced_answer(found, asked)
    if isinstance(found, SeveralEarnings):
        return several_earnings_answer(found, asked, own)
    return record_answer(found, asked, own)


def earnings_csv(found: Earnings) -> tuple[str, str]:
    """The name of a file, and what stands in it."""
    if isinstance(found, PricedPay):
        when = found.year or f"{found.rounds.min()}-{found.rounds.max()}"
        return f"pay-{when}-{found.currency}.csv", priced_as_csv(found)
    return "pay.csv", several_as_csv(found) if isinstance(found, SeveralEarnings) else as_csv(found)
