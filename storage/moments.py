"""Moments as the rows keep them: ISO 8601 text in UTC, all of one width, so that text sorts as time does."""

from datetime import UTC, datetime


def to_text(moment: datetime) -> str:
    """Return an aware moment as text, for example 2031-05-04T18:30:00.000000+00:00."""
    if moment.utcoffset() is None:
        raise TypeError("a moment without a time zone cannot be stored")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def from_text(text: str) -> datetime:
    """Return the aware UTC moment that `to_text` wrote."""
    return datetime.fromisoformat(text)
