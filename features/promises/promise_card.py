"""Cards of `/promise`: what was put on record, and the list with what is overdue first."""

import discord

from features.promises.ledger import Ledger, LedgerEntry
from ui.card import AMBER, BLUE, FIELD, GREEN
from ui.text import plain, shortened
from wording.numbers import counted

TITLES = {"open": "open", "overdue": "overdue or unanswered", "resolved": "settled"}
KINDS = {"promise": "promise", "review": "review", "question": "question"}


def ledger_card(found: Ledger) -> discord.Embed:
    """A page of promises, reviews and questions; the longest overdue first."""
    late = [
        f"{found.overdue:,} overdue" if found.overdue else "",
        f"{counted(found.unanswered, 'question')} unanswered" if found.unanswered else "",
    ]
    title = ", ".join(filter(None, late)) or "Nothing is overdue"
    card = discord.Embed(title=title, colour=AMBER if found.overdue or found.unanswered else GREEN)
    if not found.entries:
        card.description = {
            "open": "No promise is open. Moderators put one on record with /promise add.",
            "overdue": "No promise is overdue, and no question waits for an answer.",
            "resolved": "Nothing has been settled yet.",
        }[found.which]
    for entry in found.entries:
        card.add_field(name=_heading(entry), value=_body(entry), inline=False)
    card.set_footer(
        text=f"{found.total:,} {TITLES[found.which]} · page {found.page} of {found.pages} · "
        f"days until {found.today} · reviews and questions of proposals are listed by themselves"
    )
    return card


def recorded_card(entry: LedgerEntry) -> discord.Embed:
    """What was just put on record or settled, for everyone to check."""
    card = discord.Embed(title=_heading(entry), colour=GREEN if entry.resolution else BLUE)
    card.description = _body(entry)
    card.set_footer(text="Everybody can read it in /promise list.")
    return card


def _heading(entry: LedgerEntry) -> str:
    days = counted(entry.days, "day")
    if entry.resolution:
        state = f"{entry.resolution} on {entry.resolved_on}"
    elif entry.kind == "question":
        state = f"unanswered for {days}"
    elif entry.days:
        state = f"overdue by {days}"
    else:
        state = "no date was named" if entry.due_on is None else f"due on {entry.due_on}"
    kind = KINDS[entry.kind]
    return f"{entry.label[:1].upper()}{entry.label[1:]} · {kind} · {state}"


def _body(entry: LedgerEntry) -> str:
    """What, who, when and where; texts give way to links, which can't be cut."""
    when = f"{'asked' if entry.kind == 'question' else 'said'} on {entry.said_on}" if entry.said_on else ""
    due = f"due on {entry.due_on}" if entry.due_on and (entry.days or entry.resolution) else ""
    who = shortened(plain(entry.who), 170)
    told = [
        " · ".join(filter(None, (f"{'To ' if entry.kind == 'question' else 'By '}{who}", when, due))),
        f"<{entry.link}>" if entry.link else "",
        f"<{entry.resolved_link}>" if entry.resolved_link else "",
    ]
    room = FIELD - sum(map(len, told)) - 12
    note = shortened(plain(entry.note), max(60, room // 3)) if entry.note else ""
    what = shortened(plain(entry.what), max(60, room - len(note)))
    return shortened("\n".join(filter(None, (what, *told[:2], note, told[2]))), FIELD)
