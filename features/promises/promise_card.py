"""Cards of `/promise`: what was put on record, and the list with what is overdue first."""

from features.promises.ledger import Ledger, LedgerEntry
from scoring.typed import read_number
from ui.answer import Answer, Choice, Field, Menu
from ui.card import AMBER, BLUE, GREEN, Card, section, sections
from ui.text import plain, shortened
from wording.numbers import counted

TITLES = {"open": "open", "overdue": "overdue or unanswered", "resolved": "settled"}
MENU = {"open": "All that is open", "overdue": "Overdue or unanswered", "resolved": "Settled"}
NOTHING = {
    "open": "No promise is open. Moderators put one on record with /promise add.",
    "overdue": "No promise is overdue, and no question waits for an answer.",
    "resolved": "Nothing has been settled yet.",
}
GLANCE, NOTE, WHO = 60, 40, 30  # characters of a text, a note and a speaker on the list
PAGES = 23  # that a menu offers besides the one that is shown and the form
LEDGER_FIELDS = {
    "page": Field(
        "Another page",
        "Which page",
        "A whole number from 1",
        lambda text: {"page": int(read_number(text, "The page", low=1, high=10**6, whole=True))},
        lambda asked: str(asked["page"]),
    )
}


def ledger_answer(found: Ledger) -> Answer:
    """A page of promises, reviews and questions, the longest overdue first; behind it the same in full."""
    late = [
        f"{found.overdue:,} overdue" if found.overdue else "",
        f"{counted(found.unanswered, 'question')} unanswered" if found.unanswered else "",
    ]
    colour = AMBER if found.overdue or found.unanswered else GREEN
    card = Card(
        ", ".join(filter(None, late)) or "Nothing is overdue",
        sections(*map(_glance, found.entries)) or NOTHING[found.which],
        small=f"{found.total:,} {TITLES[found.which]} · page {found.page} of {found.pages} · "
        f"days until {found.today}, with proposals",
        colour=colour,
    )
    in_full = [section(_heading(entry), _body(entry)) for entry in found.entries]
    details = (Card(f"Page {found.page} in full", sections(*in_full), colour=colour),) if in_full else ()
    return Answer(card, menus=_menus(found), details=details)


def recorded_card(entry: LedgerEntry) -> Card:
    """What was just put on record or settled, for everyone to check."""
    return Card(
        _heading(entry),
        _body(entry),
        small="Everybody can read it in /promise list.",
        colour=GREEN if entry.resolution else BLUE,
    )


def _menus(found: Ledger) -> tuple[Menu, ...]:
    choices = {which: Choice(label, {"show": which, "page": 1}) for which, label in MENU.items()}
    menus = [Menu("which", tuple(choices.values()), choices[found.which])]
    if found.pages > 1:
        pages = [Choice(f"Page {at} of {found.pages}", {"page": at}) for at in range(1, found.pages + 1)]
        other = (Choice("Another page …", "page"),) if found.pages > PAGES else ()
        menus.append(Menu("sheet", (*pages[:PAGES], *other), pages[found.page - 1]))
    return tuple(menus)


def _heading(entry: LedgerEntry) -> str:
    return f"{_label(entry)} · {entry.kind} · {_state(entry)}"


def _label(entry: LedgerEntry) -> str:
    return f"{entry.label[:1].upper()}{entry.label[1:]}"


def _state(entry: LedgerEntry) -> str:
    days = counted(entry.days, "day")
    if entry.resolution:
        return f"{entry.resolution} on {entry.resolved_on}"
    if entry.kind == "question":
        return f"unanswered for {days}"
    if entry.days:
        return f"overdue by {days}"
    return "no date was named" if entry.due_on is None else f"due on {entry.due_on}"


def _glance(entry: LedgerEntry) -> str:
    """One entry in three or four lines of a phone."""
    source = f" · [source](<{entry.link}>)" if entry.link else ""
    result = f" · [result](<{entry.resolved_link}>)" if entry.resolved_link else ""
    note = f" · {shortened(plain(entry.note), NOTE)}" if entry.note else ""
    who = f"{'to ' if entry.kind == 'question' else ''}{shortened(plain(entry.who), WHO)}"
    state = f"{_label(entry)} · {_state(entry)}"
    return section(state, f"{shortened(plain(entry.what), GLANCE)} · {who}{source}{note}{result}")


def _body(entry: LedgerEntry) -> str:
    """What, who, when and where, and what became of it, in full."""
    when = f"{'asked' if entry.kind == 'question' else 'said'} on {entry.said_on}" if entry.said_on else ""
    due = f"due on {entry.due_on}" if entry.due_on and (entry.days or entry.resolution) else ""
    who = f"{'To' if entry.kind == 'question' else 'By'} {plain(entry.who)}"
    told = (
        plain(entry.what),
        " · ".join(filter(None, (who, when, due))),
        f"<{entry.link}>" if entry.link else "",
        plain(entry.note),
        f"<{entry.resolved_link}>" if entry.resolved_link else "",
    )
    return "\n".join(filter(None, told))
