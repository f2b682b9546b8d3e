"""Cards for the names that a member groups."""

from storage.members.groups import MOST_GROUPS, NameGroup
from ui.card import BLUE, Card
from ui.text import plain
from wording.tongue import say, say_counted


def group_card(group: NameGroup) -> Card:
    """What a group stands for, and where it can be typed."""
    name = plain(group.name)
    return Card(
        say_counted("{group}: {count} name", "{group}: {count} names", len(group.names), group=name),
        plain(", ".join(group.names)),
        after=say(
            "**Type {group}** in place of names, as `who` of /payout show and /payout compare. Saving a "
            "group of the same name takes its place.",
            group=name,
        ),
        small=say(
            "{tournament} · saved {day} · only you see its name and can use it",
            tournament=group.tournament.title(),
            day=group.saved_at,
        ),
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
        say_counted("You have {count} group", "You have {count} groups", len(groups)),
        "\n".join(lines),
        small=say(
            "At most {most} · only you see their names and can use them · the option remove takes one away",
            most=MOST_GROUPS,
        ),
        colour=BLUE,
    )
