"""The answer to a comparison of several rules, models or accounts."""

import math
from functools import partial

from features.payout.compare_card import AT_RISK, at_risk_menu, comparison_pages, rounds_menu
from features.payout.several import PayLine, SeveralPayouts
from features.payout.several_chart import picture_of_several
from ui.answer import Answer, Asked
from ui.card import AMBER, Card, age_line
from ui.text import plain
from wording.numbers import brief, brief_signed, counted


def several_answer(found: SeveralPayouts, asked: Asked) -> Answer:
    """The reply to `/payout compare` with several rules or names."""
    first = found.pairs[0]
    pages = tuple(page for pair in found.pairs for page in comparison_pages(pair))
    return Answer(
        several_card(found, AT_RISK[asked["basis"]][0].lower()),
        menus=(rounds_menu(first, asked), at_risk_menu(asked)),
        details=pages,
    )


def several_card(found: SeveralPayouts, at_risk: str) -> Card:
    """Which pays most, each beside the first with its interval, and their lines."""
    first, unit = found.pairs[0], "NMR" if found.unit == "NMR" else "% of the stake"
    if found.one_rule:
        [best] = found.best
        way = "gain most" if best.side.total >= 0 else "lose least"
        heading = f"By {first.proposed.short}, {best.label} would {way}: "
        heading += f"{brief(abs(best.side.total))} {unit} in {found.span}"
    elif len(found.best) == 1:
        [best] = found.best
        heading = f"{best.label} would have paid most: {brief(best.side.total)} {unit} in {found.span}"
    else:
        heading = "; ".join(f"{line.label} would have paid {line.name} most" for line in found.best)
        heading += f" in {found.span}"
    derived = found.derived
    return Card(
        heading=plain(heading + ("" if derived is None else derived.label)),
        text="\n".join(f"**{line.letter}** {_told(found, line)}" for line in found.lines),
        draw=partial(picture_of_several, found),
        small=(
            f"{first.source}, until {first.until}{age_line(first.asked_at)} · "
            f"the same {counted(found.rounds.size, 'round')} for all · {at_risk} · "
            f"{'nobody changes what they submit' if derived is None else derived.small}"
        ),
        colour=AMBER,
    )


def _told(found: SeveralPayouts, line: PayLine) -> str:
    """ "2xCORR + 1xTC: 1,234, −1,994 to A (95 %: −3,000 to 1,000)"."""
    total = brief_signed(line.side.total) if found.one_rule else brief(line.side.total)
    several = len(found.best) > 1
    text = f"{plain(f'{line.name}, {line.label}' if several else line.label)}: {total}"
    if line.to_first is None:
        return text
    low, high = line.to_first.interval
    sure = "too few rounds to say how sure" if math.isnan(low) else f"95 %: {brief(low)} to {brief(high)}"
    return f"{text}, {brief_signed(line.to_first.difference)} to {line.first} ({sure})"
