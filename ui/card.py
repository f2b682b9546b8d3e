"""What all cards share."""

from collections.abc import Sequence
from datetime import datetime

from ui.text import plain

CHARTS = ("chart.png", "second-chart.png")  # the file names that the pictures of a reply are attached under
CHART = CHARTS[0]
FIELD = 1024  # characters that a field of a card may hold
AMBER, BLUE, GREEN, GREY = 0xE69F00, 0x56B4E9, 0x009E73, 0xB5BAC1


def bullets(sentences: Sequence[str]) -> str:
    """Sentences as a list that fits into a field; those that don't fit are counted."""
    lines = [f"• {plain(sentence)}" for sentence in sentences]
    kept = len(lines)
    while kept and len("\n".join(lines[:kept])) > (FIELD if kept == len(lines) else FIELD - 20):
        kept -= 1
    if kept == len(lines):
        return "\n".join(lines)
    return "\n".join([*lines[:kept], f"• and {len(lines) - kept} more"])


def age_line(asked_at: datetime | None) -> str:
    """When a live source was asked, for footers; nothing for bundled data."""
    return "" if asked_at is None else f" · asked {asked_at:%Y-%m-%d %H:%M} UTC"
