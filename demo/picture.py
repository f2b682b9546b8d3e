"""A reply drawn as a phone shows it, for the files that the demo's tour saves and for the docs."""

import io
import re
from functools import cache
from pathlib import Path
from typing import Any

import discord
from PIL import Image, ImageDraw, ImageFont

SCALE = 2  # pixels to a point: sharp on a phone
WIDTH, MARGIN, GAP = 430, 16, 10
TEXT, TITLE, SMALL = 15, 17, 12
BACK, CARD, INK, FAINT, BUTTON = "#313338", "#2B2D31", "#DBDEE1", "#949BA4", "#4E5058"


class CardPicture:
    """A column of text, pictures and buttons that grows downwards."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, 6000 * SCALE), BACK)
        self.draw = ImageDraw.Draw(self.image)
        self.y = MARGIN
        self.left = MARGIN

    def text(self, text: str, size: int = TEXT, colour: str = INK, *, bold: bool = False) -> None:
        """A paragraph, wrapped, with **bold** parts; markup that only escapes or quotes is dropped."""
        in_code = False
        for line in re.sub(r"\\([\\*_`~|>])", r"\1", text).split("\n"):
            if line.startswith("```"):
                in_code = not in_code
                continue
            if in_code:  # set in columns: spaces count
                font = _font(size - 2, name="DejaVuSansMono")
                self.draw.text((self.left * SCALE, self.y * SCALE), line, fill=colour, font=font)
                self.y += size * 1.35
                continue
            line = line.replace("`", "")
            x = self.left
            for index, part in enumerate(line.split("**")):
                font = _font(size, bold=bold or index % 2 == 1)
                for word in re.findall(r"\s*\S+|\s+$", part):
                    if x + font.getlength(word) / SCALE > WIDTH - MARGIN and x > self.left:
                        x, self.y, word = self.left, self.y + size * 1.35, word.lstrip()
                    self.draw.text((x * SCALE, self.y * SCALE), word, fill=colour, font=font)
                    x += font.getlength(word) / SCALE
            self.y += size * 1.35

    def picture(self, png: bytes) -> None:
        """A picture as wide as the card."""
        with Image.open(io.BytesIO(png)) as picture:
            width = WIDTH - self.left - MARGIN
            height = round(width * picture.height / picture.width)
            self.image.paste(picture.convert("RGB").resize((width * SCALE, height * SCALE)), self._at())
        self.y += height + GAP

    def buttons(self, labels: list[str]) -> None:
        """A row of buttons."""
        x = self.left
        for label in labels:
            width = _font(TEXT).getlength(label) / SCALE + 2 * MARGIN
            box = (x * SCALE, self.y * SCALE, (x + width) * SCALE, (self.y + 34) * SCALE)
            self.draw.rounded_rectangle(box, 6 * SCALE, fill=BUTTON)
            self.draw.text(((x + MARGIN) * SCALE, (self.y + 7) * SCALE), label, fill=INK, font=_font(TEXT))
            x += width + GAP
        self.y += 34 + GAP

    def png(self) -> bytes:
        """What has been drawn so far."""
        buffer = io.BytesIO()
        self.image.crop((0, 0, WIDTH * SCALE, round(self.y + MARGIN) * SCALE)).save(
            buffer, "PNG", optimize=True
        )
        return buffer.getvalue()

    def _at(self) -> tuple[int, int]:
        return round(self.left * SCALE), round(self.y * SCALE)


async def draw_reply(typed: str, message: Any) -> bytes:
    """A message with its embeds, charts and buttons as PNG, below what was typed to get it."""
    card = CardPicture()
    card.text(typed, SMALL, FAINT)
    card.y += GAP
    if message.content:
        card.text(message.content)
    pictures = {attachment.filename: await attachment.read() for attachment in message.attachments}
    for embed in message.embeds:
        top, card.left = card.y, MARGIN + 14
        card.y += GAP
        if embed.author.name:
            card.text(embed.author.name, SMALL, bold=True)
        card.text(embed.title or "", TITLE, "#FFFFFF", bold=True)
        if embed.description:
            card.text(embed.description)
        for field in embed.fields:
            card.y += GAP
            card.text(field.name or "", bold=True)
            card.text(field.value or "")
        card.y += GAP
        name = (embed.image.url or "").partition("?")[0].rpartition("/")[2]
        if name in pictures:
            card.picture(pictures[name])
        if embed.footer.text:
            card.text(embed.footer.text, SMALL, FAINT)
        bar = (MARGIN * SCALE, top * SCALE, (MARGIN + 4) * SCALE, card.y * SCALE)
        card.draw.rectangle(bar, fill=str(embed.colour or FAINT))
        card.left = MARGIN
        card.y += GAP
    for item in parts_of(message):
        if isinstance(item, discord.TextDisplay):
            for line in item.content.split("\n"):
                heading, small = line.startswith("### "), line.startswith("-# ")
                size = TITLE if heading else SMALL if small else TEXT
                card.text(line.removeprefix("### ").removeprefix("-# "), size, bold=heading)
        elif isinstance(item, discord.MediaGalleryComponent):
            card.y += GAP
            for media in item.items:
                card.picture(pictures[media.media.url.partition("?")[0].rpartition("/")[2]])
    if labels := labels_of(message):
        card.buttons(labels)
    return card.png()


def parts_of(message: Any) -> list[Any]:
    """Every component of a message, nested ones too, in the order in which they are read."""
    found: list[Any] = []
    waiting = list(message.components)
    while waiting:
        part = waiting.pop(0)
        found.append(part)
        waiting[:0] = list(getattr(part, "children", ()))
    return found


def labels_of(message: Any) -> list[str]:
    """What stands on the buttons of a message, and what is chosen in its menus."""
    labels = []
    for part in parts_of(message):
        if isinstance(part, discord.Button):
            labels.append(part.label or "")
        elif isinstance(part, discord.SelectMenu):
            chosen = next((option.label for option in part.options if option.default), None)
            labels.append(f"{chosen or part.placeholder} ▾")
    return labels


@cache
def _font(size: int, *, bold: bool = False, name: str = "DejaVuSans") -> ImageFont.FreeTypeFont:
    import matplotlib as mpl

    file = f"{name}{'-Bold' if bold else ''}.ttf"
    return ImageFont.truetype(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / file), size * SCALE)
