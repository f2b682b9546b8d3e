"""Cards of `/opinion`: a statement to vote on, the list of them, and what the votes say together."""

from collections.abc import Sequence
from functools import partial

from features.opinions.map import Line, OpinionPicture
from features.opinions.map_chart import picture_of_opinions
from features.opinions.statements import StatementPage, Turn
from governance.text import clean_line
from storage.opinions import Statement
from ui.answer import Answer
from ui.card import AMBER, BLUE, GREEN, GREY, Card, section, sections
from ui.text import plain, shortened
from wording.numbers import counted

SAID = {1: "agree", -1: "disagree", 0: "pass"}
DID = {1: "agreed with", -1: "disagreed with", 0: "passed on"}
LIMIT = "The map shows who votes alike, of those who voted. It is no vote, and not what all members think."
METHOD = (
    "Members are placed by their votes (principal components), grouped by k-means, and the groups are told "
    "only if they surely come out again when members are drawn anew and are clearer than in shuffled votes "
    "(Small et al. 2021 on Polis; Hennig 2007)."
)


def added_card(statement: Statement) -> Card:
    """A statement that was just added."""
    return Card(
        f"Statement #{statement.number} is added",
        plain(statement.claim),
        small="Others see it without your name. Vote on it, too: /opinion vote",
        colour=GREEN,
    )


def turn_card(turn: Turn, *, done: str = "") -> Card:
    """The statement to vote on now, or that nothing is left; `done` says what was just voted."""
    left = f"{turn.left:,} of {counted(turn.total, 'statement')} left" if turn.left else ""
    small = " · ".join(filter(None, (done, left, "nobody sees who voted what; pass if you are unsure")))
    if turn.statement is None:
        told = (
            f"You have voted on all {counted(turn.total, 'statement')}. "
            "/opinion map shows what the votes say; /opinion add adds a claim of yours."
            if turn.total
            else "There is no statement here yet. Add the first one with /opinion add."
        )
        return Card("Nothing is left to vote on", told, small=small, colour=BLUE)
    own = "" if turn.own is None else f"So far you {SAID[turn.own]}; another vote takes its place."
    return Card(plain(turn.statement.claim), own, small=f"#{turn.statement.number} · {small}", colour=BLUE)


def list_card(found: StatementPage) -> Card:
    """A page of statements, the newest first; of hidden ones the reason."""
    lines: list[str] = []
    for each in found.statements:
        if each.hidden_reason is not None:
            lines.append(
                f"**#{each.number}** hidden by the moderators: {shortened(plain(each.hidden_reason), 250)}"
            )
            continue
        own = found.own.get(each.statement_id)
        said = "" if own is None else f" · you {SAID[own]}"
        lines.append(f"**#{each.number}** {plain(each.claim)}\n{counted(each.votes, 'vote')}{said}")
    return Card(
        counted(found.total, "statement").capitalize(),
        "\n".join(lines) or "Nothing here yet. Add the first one with /opinion add.",
        small=f"Page {found.page} of {found.pages} · /opinion vote statement:… changes a vote of yours",
        colour=BLUE,
    )


def opinion_answer(found: OpinionPicture) -> Answer:
    """The reply to `/opinion map`: groups if there are any, what unites most, what divides most."""
    sizes = " · ".join(f"{camp.letter} {counted(camp.size, 'member')}" for camp in found.camps)
    yours = f"you vote with group {found.yours}" if found.yours else ""
    if found.left_out:
        yours = "you gave one answer to everything, so you are in no group"
    card = Card(
        plain(found.finding),
        " · ".join(filter(None, (sizes, yours))),
        draw=partial(picture_of_opinions, found) if found.places.size else None,
        after="\n".join(
            filter(
                None,
                (
                    f"**Unites** {_line(found.unites[0], 90)}" if found.unites else "",
                    f"**Divides** {_line(found.divides[0], 90)}" if found.divides else "",
                    f"**How sure** {plain(found.reason)}",
                    f"**Note** {' '.join(found.remarks)}" if found.remarks else "",
                ),
            )
        ),
        small=f"{counted(found.participants, 'member')}, {counted(found.statements, 'statement')}, "
        f"{counted(found.votes, 'vote')} until {found.as_of:%Y-%m-%d %H:%M} UTC",
        colour=GREEN if found.camps else AMBER,
    )
    return Answer(card, details=tuple(_pages(found)))


def hidden_card(number: int, reason: str, *, hidden: bool) -> Card:
    """What a moderator did to a statement, with the reason that everybody can read."""
    state = "hidden; its votes don't count while it is" if hidden else "shown again"
    return Card(f"Statement #{number} is {state}", plain(clean_line(reason)), colour=GREY)


def _pages(found: OpinionPicture) -> list[Card]:
    everybody = "all groups" if found.camps else "most"
    missing = (
        "Nothing that at least five in each group have voted on."
        if found.camps
        else "Nothing that at least five have voted on."
    )
    groups = [
        section(
            f"Group {camp.letter}: {counted(camp.size, 'member')}",
            _lines(camp.typical, "No statement sets it apart clearly."),
        )
        for camp in found.camps
    ]
    together = Card(
        "What unites, and what divides",
        sections(
            section(f"What unites {everybody}", _lines(found.unites, missing)),
            section("What divides", _lines(found.divides, "Nothing that enough have voted on.")),
        ),
        small=" ".join(filter(None, (LIMIT, METHOD, found.measures))),
        colour=GREEN,
    )
    if not groups:
        return [together]
    return [Card("What each group says that others don't", sections(*groups), colour=GREEN), together]


def _lines(lines: Sequence[Line], otherwise: str) -> str:
    return "\n".join(f"• {_line(line)}" for line in lines) or otherwise


def _line(line: Line, most: int = 2000) -> str:
    return f"#{line.number} {shortened(plain(line.claim), most)}: {line.said}"
