"""What all cards share: their parts, and how they become a message of Discord."""

import io
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

import discord

from ui.drawing import DrawingThread, Picture
from ui.text import caption, plain, split_text
from wording.tongue import say

log = logging.getLogger("roundtable.cards")

MOST_TEXT = 4000  # characters that all texts of a message may have together
AMBER, BLUE, GREEN, GREY = 0xE69F00, 0x56B4E9, 0x009E73, 0xB5BAC1
NO_PICTURE = "The picture could not be drawn; the numbers are all here."

Draw = Callable[[bool], Picture]  # of a picture, with its title and footer or without them
Row = discord.ui.ActionRow[Any]


@dataclass(frozen=True)
class Card:
    """What is read at one glance, in the order in which it is read; texts are markdown, made safe before."""

    heading: str  # the finding
    text: str = ""  # the numbers behind it
    draw: Draw | None = None
    after: str = ""  # below the picture: how sure
    small: str = ""  # source, date, what was assumed
    colour: int = BLUE

    @property
    def said(self) -> str:
        """Everything that can be read on it."""
        return "\n".join(part for part in (self.heading, self.text, self.after, self.small) if part)

    @property
    def blocks(self) -> tuple[str, str]:
        """The texts above the picture and below it, as Discord sets them."""
        above = f"### {' '.join(self.heading.split())}" + (f"\n{self.text}" if self.text else "")
        small = "\n".join(f"-# {line}" for line in self.small.split("\n") if line)
        return above, "\n".join(part for part in (self.after, small) if part)

    @property
    def length(self) -> int:
        """Characters of its texts, as Discord counts them."""
        return sum(map(len, self.blocks))


def drawn_once(card: Card) -> Card:
    """The card with a picture that is drawn the first time it is shown, and kept with the card."""
    return card if card.draw is None else replace(card, draw=cache(card.draw))


def row_of(*items: discord.ui.Item[Any]) -> Row:
    """Buttons, or one menu, beside each other."""
    return discord.ui.ActionRow(*items)


def section(name: str, text: str) -> str:
    """A part of a card's text under a name of its own; "" where there is nothing to say."""
    return f"**{name}**\n{text}" if text else ""


def sections(*parts: str) -> str:
    """Parts of a card's text, apart from each other."""
    return "\n\n".join(part for part in parts if part)


def fitting(card: Card, room: int = MOST_TEXT) -> tuple[Card, ...]:
    """The card, cut at the end of a sentence where it is longer than `room`, and cards for the rest."""
    spare = room - replace(card, text="").length - 1
    first, *others = split_text(card.text, max(200, spare), room - 300)
    heading = say("{heading} (continued)", heading=card.heading[:200])
    rest = [Card(heading, text, colour=card.colour) for text in others]
    return replace(card, text=first), *rest


@dataclass(frozen=True)
class Message:
    """Cards ready to be sent: a view, and the files that it shows."""

    view: discord.ui.LayoutView
    files: list[discord.File]

    def put_under(self, rows: Sequence[Row]) -> None:
        """Put rows of menus and buttons into the last card."""
        box: Any = self.view.children[-1]
        for row in rows:
            box.add_item(row)


async def message_of(
    drawing: DrawingThread, cards: Sequence[Card], rows: Sequence[Row] = (), *, titled: bool = False
) -> Message:
    """The cards one below the other, the rows of menus and buttons in the last.

    A picture that can't be drawn is left out, and the card says so. titled: pictures carry their title, for
    those that others will see or save.
    """
    view = discord.ui.LayoutView(timeout=None)
    files: list[discord.File] = []
    for at, card in enumerate(cards):
        picture = None
        if card.draw is not None:
            try:
                picture = await drawing.run(card.draw, titled)
            except Exception:
                log.exception("a picture could not be drawn")
                card = replace(card, small="\n".join(filter(None, (card.small, NO_PICTURE))))
        shown: discord.MediaGalleryItem | None = None
        if picture is not None:
            name, alt = f"chart-{at + 1}.png", caption(picture.alt, 1024)
            files.append(discord.File(io.BytesIO(picture.png), filename=name, description=alt))
            shown = discord.MediaGalleryItem(f"attachment://{name}", description=alt)
        box = container(card, shown, room=MOST_TEXT // len(cards))
        view.add_item(box)
    view.stop()  # what stands under cards answers by its id: the library need not keep them
    message = Message(view, files)
    message.put_under(rows)
    return message


async def send(interaction: discord.Interaction, message: Message) -> None:
    """Answer privately with a message: at once, or after what was answered already."""
    done = interaction.response.is_done()
    answer = interaction.followup.send if done else interaction.response.send_message
    await answer(view=message.view, files=message.files, ephemeral=True)


def container(
    card: Card, picture: discord.MediaGalleryItem | None = None, *, room: int = MOST_TEXT
) -> discord.ui.Container[Any]:
    """A card as a part of a message, cut to so many characters."""
    above, below = fitting(card, room)[0].blocks
    box: discord.ui.Container[Any] = discord.ui.Container(accent_colour=card.colour)
    box.add_item(discord.ui.TextDisplay(_unbroken(above)))
    if picture is not None:
        box.add_item(discord.ui.MediaGallery(picture))
    if below:
        box.add_item(discord.ui.TextDisplay(_unbroken(below)))
    return box


def _unbroken(text: str) -> str:
    """The text with no line that begins with a percent sign."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def bullets(sentences: Sequence[str], most: int | None = None) -> str:
    """Sentences as a list; where it may have at most so many characters, those that don't fit are counted."""
    lines = [f"• {plain(sentence)}" for sentence in sentences]
    kept = len(lines)
    while most is not None and kept and len("\n".join(lines[:kept])) > most - 20 * (kept < len(lines)):
        kept -= 1
    more = [f"• and {len(lines) - kept} more"] if kept < len(lines) else []
    return "\n".join([*lines[:kept], *more])


def age_line(asked_at: datetime | None) -> str:
    """When a live source was asked, for footers; nothing for bundled data."""
    return "" if asked_at is None else f" · asked {asked_at:%Y-%m-%d %H:%M} UTC"
