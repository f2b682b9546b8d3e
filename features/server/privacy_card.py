"""The card that says what the bot keeps about a member, and the pages behind it."""

from collections.abc import Mapping, Sequence
from typing import Any

from storage.members.privacy import Kept
from ui.answer import Answer
from ui.card import GREY, Card, section, sections
from ui.text import plain, shortened
from wording.tongue import say, say_counted

MOST_ROWS, ROW = 3, 120  # of a kind, and characters of each


def kept_answer(
    kept: Mapping[str, Sequence[Mapping[str, Any]]], kinds: Mapping[str, Kept], otherwise: Sequence[str]
) -> Answer:
    """How much is kept of which kind; behind it what each is for, some of it, and what deleting leaves."""
    there = {kinds[table]: rows for table, rows in kept.items() if rows}
    nothing = [kinds[table].name for table, rows in kept.items() if not rows]
    count = sum(map(len, there.values()))
    return Answer(
        Card(
            say_counted("{count} thing is kept about you", "{count} things are kept about you", count)
            if count
            else say("Nothing is kept about you"),
            "\n".join(f"• {say(kind.name)}: {len(rows)}" for kind, rows in there.items()),
            after=say("Only you see this. **Details** says what each is for, and what deleting leaves."),
            small=say("/privacy export gives it as a file, /privacy delete removes it"),
            colour=GREY,
        ),
        details=(
            Card(
                say("What each is for"),
                sections(
                    *(
                        section(f"{say(kind.name)}: {len(rows)}", _rows(kind, rows))
                        for kind, rows in there.items()
                    )
                )
                or say("Nothing is kept about you."),
                colour=GREY,
            ),
            Card(
                say("What deleting leaves"),
                "\n".join(f"• {say(sentence)}" for sentence in otherwise),
                colour=GREY,
            ),
            Card(
                say("What is not there"),
                "\n".join(f"• {say(name)}" for name in nothing) or say("Nothing."),
                colour=GREY,
            ),
        ),
    )


def _rows(kind: Kept, rows: Sequence[Mapping[str, Any]]) -> str:
    told = [_told(kind, row) for row in rows[:MOST_ROWS]]
    more = len(rows) - MOST_ROWS
    if more > 0 and any(told):
        told.append(say("and {count} more: see Take it along", count=more))
    return "\n".join([say(kind.why), *(f"• {line}" for line in told if line)])


def _told(kind: Kept, row: Mapping[str, Any]) -> str:
    parts = [
        str(row[name])[:10] if name.endswith("_at") else str(row[name])
        for name in kind.shows
        if row.get(name) is not None
    ]
    return plain(shortened(", ".join(parts), ROW))
