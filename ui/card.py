"""What all cards share."""

from collections.abc import Sequence
from datetime import datetime

CHART = "payout.png"  # the file name that a card's picture is attached under
AMBER, BLUE, GREEN, GREY = 0xE69F00, 0x56B4E9, 0x009E73, 0xB5BAC1


def bullets(sentences: Sequence[str]) -> str:
    """Sentences as a list that fits into a field."""
    return "\n".join(f"• {sentence}" for sentence in sentences)[:1024]


def age_line(asked_at: datetime | None) -> str:
    """When a live source was asked, for footers; nothing for bundled data."""
    return "" if asked_at is None else f" · asked {asked_at:%Y-%m-%d %H:%M} UTC"
