"""How tall a message is on a phone, reckoned from its lines and pictures as the demo's page sets them."""

import math
import re
from typing import Any

import discord

PHONE_LINE = 264  # pixels of text beside the page's margins at 390
LINE, SMALL_LINE, GAP = 22.0, 18.5, 6.0
LETTER, BOLD, SMALL = 7.75, 8.45, 7.0  # pixels of an average letter of the page's font
CODE_LINE = 19.5
PADDING = 36.0
FILE = 90.0  # pixels of a file to download, and the gap above it
MENU, BUTTON_ROW, BUTTON = 46.0, 40.0, 26.0  # a button is as wide as its label and this


def height_of(message: Any) -> float:
    """Pixels of a message's cards at 390 wide, without the line that says who wrote it."""
    return sum(_part(part) for part in message.components)


def _part(part: Any) -> float:
    if isinstance(part, discord.Container):
        return PADDING + sum(_part(child) for child in part.children)
    if isinstance(part, discord.TextDisplay):
        return text_height(part.content)
    if isinstance(part, discord.MediaGalleryComponent):
        return sum(PHONE_LINE * 0.6 + GAP for _ in part.items)
    if isinstance(part, discord.FileComponent):
        return FILE
    if isinstance(part, discord.ActionRow):
        return _row(part.children)
    if isinstance(part, discord.SectionComponent):
        return max(sum(_part(child) for child in part.children), BUTTON_ROW)
    return GAP


def _row(items: Any) -> float:
    if any(not isinstance(item, discord.Button) for item in items):
        return MENU
    rows, used = 1, 0.0
    for item in items:
        wide = BUTTON + LETTER * len(item.label or "") + 8
        if used and used + wide > PHONE_LINE + 8:
            rows, used = rows + 1, 0.0
        used += wide
    return rows * BUTTON_ROW + 4


def text_height(text: str) -> float:
    """Pixels of a text, wrapped by words."""
    total, in_code = 0.0, False
    for line in text.split("\n"):
        if line.startswith("```"):
            in_code = not in_code
            total += 10
        elif in_code:
            total += CODE_LINE
        elif not line:
            total += 10
        else:
            total += _line(line)
    return total


def _line(line: str) -> float:
    small, heading = line.startswith("-# "), line.startswith("### ")
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line.removeprefix("-# ").removeprefix("### "))
    plain = re.sub(r"<t:\d+:R>", "in 12 hours", plain).replace("\N{ZERO WIDTH SPACE}", "")
    plain = re.sub(r"<t:\d+(?::\w)?>", "29 November 2026 18:00", plain)
    width = 0.0
    rows = 1
    bold = heading
    for word in re.split(r"(?<=[\s-])", plain.replace("\\", "")):
        marks = word.count("**")
        letter = SMALL if small else BOLD if bold or marks else LETTER
        wide = letter * len(word.replace("**", "").replace("`", ""))
        if width and width + wide - (letter if word.endswith(" ") else 0) > PHONE_LINE:
            rows, width = rows + 1, 0.0
        width += wide
        rows += max(0, math.ceil(wide / PHONE_LINE) - 1)
        if marks % 2:
            bold = not bold
    return rows * (SMALL_LINE if small else LINE) + (GAP if heading else 0)
