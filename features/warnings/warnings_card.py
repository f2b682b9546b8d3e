"""Cards of warnings: what a member is warned of, and the message that warns."""

from collections.abc import Sequence

from features.warnings.kinds import KINDS, bound_words
from storage.members.warnings import WantedWarnings
from ui.card import AMBER, BLUE, GREY, Card, bullets
from wording.numbers import counted


def wanted_card(wanted: WantedWarnings | None, *, is_linked: bool) -> Card:
    """What a member is warned of, and what it needs."""
    kinds = [KINDS[name] for name in (wanted.kinds if wanted else ()) if name in KINDS]
    lines = [
        kind.words + (f" ({bound_words(wanted.bound)})" if kind is KINDS["round"] and wanted else "")
        for kind in kinds
    ]
    needs = [kind for kind in kinds or KINDS.values() if kind.of_account]
    return Card(
        f"You are warned of {counted(len(kinds), 'thing')}" if kinds else "You are warned of nothing",
        bullets(lines) if lines else "Pick below what you want a direct message for.",
        after=(
            "You have linked no account yet, which the ones about rounds and churn need: /account link."
            if needs and not is_linked
            else ""
        ),
        small="At most one direct message a day, to you alone. It stands in /privacy, and goes with it.",
        colour=BLUE if kinds else GREY,
    )


def warning_card(sentences: Sequence[str]) -> Card:
    """The message that warns a member."""
    return Card(
        f"{counted(len(sentences), 'warning')} that you asked for",
        bullets(sentences, 1800),
        small="At most one message a day. What is open can still change: /payout earnings has it all.",
        colour=AMBER,
    )
