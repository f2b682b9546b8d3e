"""The answer to `/payout show`."""

import math
from functools import partial

from discord.utils import format_dt

from features.earnings.earnings import PayRecord
from features.earnings.earnings_chart import picture_of_record
from tournament.overview import Likeness
from tournament.source import EVERYONE
from ui.answer import Answer, Asked, Choice, Menu
from ui.card import GREEN, Card, age_line, sections
from ui.text import plain
from wording.numbers import about, amount, brief, brief_signed, counted, score_name, signed

ROWS = 24  # rounds on a page of the table


def record_answer(record: PayRecord, asked: Asked, own: str | None = None) -> Answer:
    """The reply to `/payout show`. own: the name that the member linked."""
    return Answer(
        record_card(record, yours=record.name == own),
        menus=(rounds_menu(record.span, asked), who_menu(record.name, own)),
        details=tuple(_tables(record)),
    )


def record_card(record: PayRecord, *, yours: bool = False) -> Card:
    """Earned and pending, when more of it is final, and whether the day's scores are out."""
    final, still_open = int(record.resolved.sum()), int((~record.resolved).sum())
    parts = (
        [f"{brief_signed(record.earned)} NMR in {counted(final, 'round')}"]
        if final
        else ["Nothing final yet"]
    )
    if still_open:
        parts.append(f"{brief_signed(record.pending)} pending in {still_open:,}")
    if record.next_final is not None:
        parts.append(f"the next is final {format_dt(record.next_final, 'R')}")
    heading = ", ".join(parts)
    text = record.span.capitalize()
    if record.usd is not None and final:
        day, price = record.usd
        text += f" · {about(record.earned * price)} USD at the price of {day}"
    if record.kind == EVERYONE and final:
        text += f" · {brief(record.earned + record.burned)} NMR earned, {brief(record.burned)} burned"
    who = plain(record.name) + (f" ({counted(record.models, 'model')})" if record.kind != "model" else "")
    dated = f"until {record.until}{age_line(record.asked_at)}"
    hollow = " · hollow bars are pending" if still_open else ""
    return Card(
        heading=heading if yours else f"{plain(record.name)}: {heading}",
        text="\n".join(filter(None, (text, _today(record), plain(record.notice), record.unknowns))),
        draw=partial(picture_of_record, record),
        small=f"{who} · {record.source}, {dated} · only rounds with a stake{hollow}",
        colour=GREEN,
    )


def _today(record: PayRecord) -> str:
    """Whether the day's scores are out, at the reader's own hours; "" where that is not known."""
    words, moment = record.today
    return f"{words} {format_dt(moment, 't')}" if moment is not None else words


def _likeness(likeness: Likeness | None) -> str:
    """What a model's predictions go with; "" where that is not told."""
    if likeness is None:
        return ""
    told = [
        (likeness.with_meta_model, "with the meta model"),
        (likeness.mean_with_others, "with other staked models on average"),
        (likeness.highest_with_another, "with the one that is most like it"),
    ]
    parts = [f"{value:.2f} {what}" for value, what in told if not math.isnan(value)]
    return f"Correlation in round {likeness.round}: {', '.join(parts)}."


def rounds_menu(span: str, asked: Asked) -> Menu:
    """Which rounds are told, or at which price."""
    in_usd = Choice("In USD at the price of each day, and by year", {"currency": "USD"})
    choices = (
        Choice("The last 20 rounds and what is pending", {"rounds": None}),
        Choice("The last 50 rounds", {"rounds": "50"}),
        Choice("The last 100 rounds", {"rounds": "100"}),
        Choice("All rounds", {"rounds": "all"}),
        Choice("Other rounds …", "rounds"),
        *([in_usd] if "currency" in asked and asked["name"] != EVERYONE else []),
    )
    chosen = next((each for each in choices if each.change == {"rounds": asked["rounds"]}), None)
    return Menu("rounds", choices, chosen or Choice(span.capitalize(), {"rounds": asked["rounds"]}))


def who_menu(told: str, own: str | None) -> Menu:
    """Whose pay is told. own: the name that the member linked."""
    chosen = Choice(told, {})  # several names may be more than a line of a menu holds
    offered = [own or "", "everyone"]
    others = [Choice(name, {"name": name}) for name in offered if name and name != told]
    return Menu("who", (chosen, *others, Choice("Another model or account, or several …", "name")), chosen)


def _tables(record: PayRecord) -> list[Card]:
    """Every round, newest first, as aligned lines that fit a phone."""
    unknown = [score for score, values in record.scores.items() if all(map(math.isnan, values))]
    paying = [score for score in record.scores if score not in unknown][:2]
    header = "round    NMR" + "".join(f"{score_name(score):>7}" for score in paying)
    lines: list[str] = []
    for row in range(len(record.rounds) - 1, -1, -1):
        mark = " " if record.resolved[row] else "*"
        scores = "".join(f"{_score(float(record.scores[score][row])):>7}" for score in paying)
        lines.append(f"{record.rounds[row]:>4}{mark}{in_column(float(record.payout[row])):>7}{scores}")
    pages = [lines[at : at + ROWS] for at in range(0, len(lines), ROWS)]
    totals = [
        f"Earned {amount(record.earned, 'NMR')}",
        "" if record.resolved.all() else f"pending {signed(record.pending, 'NMR')} so far",
    ]
    return [
        Card(
            f"Rounds {page[-1].split()[0].strip('*')}-{page[0].split()[0].strip('*')}",
            sections(
                ", ".join(filter(None, totals)) + ".",
                _likeness(record.likeness),
                "```\n" + "\n".join([header, *page]) + "\n```",
            ),
            small="* pending" if any("*" in line for line in page) else "",
            colour=GREEN,
        )
        for page in pages
    ]


def _score(value: float) -> str:
    """A score in seven letters: "+.0587"."""
    return "-" if math.isnan(value) else f"{value:+.4f}".replace("0.", ".", 1)


def in_column(value: float) -> str:
    """An amount in at most seven letters, for a column."""
    text = brief(value)
    return text if len(text) <= 7 else f"{value:.0e}"
