"""Cards for the names that a member groups."""

from storage.members.groups import MOST_GROUPS, NameGroup
from ui.card import BLUE, Card
from ui.text import plain
from wording.numbers import counted


def group_card(group: NameGroup) -> Card:
    """What a group stands for, and where it can be typed."""
    name = plain(group.name)
    return Card(
        f"{name}: {counted(len(group.names), 'name')}",
        plain(", ".join(group.names)),
        after=f"**Type {name}** in place of names, as `who` of /payout show and /payout compare. Saving a "
        "group of the same name takes its place.",
        small=f"{group.tournament.title()} · saved {group.saved_at:%Y-%m-%d} · only you see its name and can "
        "use it",
        colour=BLUE,
    )


def groups_card(groups: list[NameGroup]) -> Card:
    """All of a member's groups."""
    lines = [
        f"**{plain(group.name)}** {plain(', '.join(group.names))}"
        + (f" · {group.tournament.title()}" if group.tournament != "classic" else "")
        for group in groups
    ]
    return Card(
        f"You have {counted(len(groups), 'group')}",
        "\n".join(lines),
        small=f"At most {MOST_GROUPS} · only you see their names and can use them · the option remove takes "
        "one away",
        colour=BLUE,
    )
