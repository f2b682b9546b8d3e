"""The form of a server's limits, and which numbers they may be."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord

from scoring.typed import read_number
from storage.server.settings import GuildSettings
from ui.forms import Form, typed_in

Done = Callable[[discord.Interaction, Mapping[str, int]], Awaitable[None]]
LIMITS = (  # setting, least, most, what it is, label
    ("cooldown_hours", 0, 720, "hours between two proposals", "Hours between two proposals of a member"),
    ("open_cap", 1, 50, "open proposals of a member", "Open proposals of a member at once"),
    ("seconds_least", 0, 1000, "secondings", "Members who must second an idea"),
)


def limits_refused(values: Mapping[str, int | None]) -> list[str]:
    """A sentence for each limit that is out of its range; None and what is left out stays as it is."""
    return [
        f"The {what} are a number from {least} to {most}, not {value}."
        for name, least, most, what, _ in LIMITS
        if (value := values.get(name)) is not None and not least <= value <= most
    ]


class LimitsForm(Form):
    """How many proposals a member may file, and how many must second one."""

    def __init__(self, settings: GuildSettings, done: Done) -> None:
        super().__init__("Limits of this server", "setup:limits:0")
        self._done = done
        for name, least, most, _, label in LIMITS:
            field: discord.ui.TextInput[Any] = discord.ui.TextInput(
                custom_id=name, default=str(getattr(settings, name)), max_length=6
            )
            self.add_item(
                discord.ui.Label(text=label, description=f"A number from {least} to {most}", component=field)
            )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Hand them on."""
        typed, values = typed_in(interaction), dict[str, int]()
        wrong: list[str] = []
        for name, _, _, what, _ in LIMITS:
            try:
                values[name] = int(read_number(typed[name], f"The {what}", whole=True))
            except ValueError as error:
                wrong.append(f"The {what}: {error}")
        wrong += limits_refused(values)
        if wrong:
            raise ValueError("\n".join(wrong))
        await self._done(interaction, values)
