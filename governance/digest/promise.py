"""Promises on record: who said what, where, by when, and how long it is overdue."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from governance.proposals.refusals import came
from governance.text import clean_line, counted
from scoring.typed import tidy

LONGEST_WHAT = 300
LONGEST_NAME = 100
LONGEST_LINK = 500
RESOLUTIONS = ("kept", "broken", "withdrawn")

_LABEL = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")  # a part of a host's name between two dots


@dataclass(frozen=True)
class Promise:
    """Something that was promised in public; open until it is resolved."""

    what: str
    by_whom: str
    link: str  # to where it was said; "" for a review
    said_on: datetime.date | None  # None for a review
    due_on: datetime.date | None  # None when no date was named
    resolution: str = ""  # kept | broken | withdrawn
    resolved_on: datetime.date | None = None


def read_promise(
    what: str,
    by_whom: str,
    link: str,
    said_on: datetime.date | str,
    due_on: datetime.date | str | None = None,
    *,
    today: datetime.date,
) -> Promise:
    """A promise from what somebody typed; dates like 2027-03-01. Raises ValueError with what is wrong.

    It needs a link to where it was said, so that everybody can check it, and can't have been said after
    today or be due before it was said.
    """
    said, due = _day(said_on), None if due_on in (None, "") else _day(due_on)
    if said > today:
        raise ValueError(f"A promise can't have been said on {said}: today is {today}.")
    if due is not None and due < said:
        raise ValueError(f"A promise said on {said} can't be due before, on {due}.")
    return Promise(
        what=_line(what, "promise", LONGEST_WHAT),
        by_whom=_line(by_whom, "name of who promised it", LONGEST_NAME),
        link=check_link(link),
        said_on=said,
        due_on=due,
    )


def from_review(number: int, title: str, review_on: datetime.date) -> Promise:
    """The review date of a proposal as a promise of the members who passed it."""
    return Promise(f"Review of proposal {number}: {title}", "this server", "", None, review_on)


def resolve(promise: Promise, resolution: str, on: datetime.date) -> Promise:
    """The promise once it is settled. Raises ValueError for another way and for a day before it was said."""
    if resolution not in RESOLUTIONS:
        raise ValueError(f"A promise is kept, broken or withdrawn, not {came(resolution)}.")
    if promise.said_on is not None and on < promise.said_on:
        raise ValueError(f"A promise said on {promise.said_on} can't be settled before, on {on}.")
    return replace(promise, resolution=resolution, resolved_on=on)


def overdue_days(promise: Promise, today: datetime.date) -> int:
    """Full days since it was due; 0 on the day itself and before, once resolved, and without a date."""
    if promise.due_on is None or promise.resolution:
        return 0
    return max(0, (today - promise.due_on).days)


def unanswered_days(asked_on: datetime.date, today: datetime.date) -> int:
    """Full days since a question was asked. Raises ValueError for one that is asked after today."""
    if asked_on > today:
        raise ValueError(f"A question asked on {asked_on} can't wait for an answer on {today}.")
    return (today - asked_on).days


def by_urgency(promises: Iterable[Promise], today: datetime.date) -> tuple[Promise, ...]:
    """Promises as a list shows them: the longest overdue, those due next, those without a date, the resolved.

    Equal ones come in the order in which they were said, then as they were passed.
    """
    never, unsaid = datetime.date.max, datetime.date.min

    def key(promise: Promise) -> tuple[bool, int, datetime.date, datetime.date]:
        overdue = overdue_days(promise, today)
        return bool(promise.resolution), -overdue, promise.due_on or never, promise.said_on or unsaid

    return tuple(sorted(promises, key=key))


def check_link(link: str) -> str:
    """The link, if it leads to a page that everybody can open over https. Raises ValueError otherwise."""
    link = link.strip()
    if len(link) > LONGEST_LINK:
        raise ValueError(f"A link may have at most {LONGEST_LINK} characters; this one has {len(link):,}.")
    try:
        parts = urlsplit(link)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = None, ""
    labels = host.split(".")
    readable = re.fullmatch(r"[^\s<>\"'`|\\^{}]+", link) and link.isprintable()
    named = len(labels) > 1 and all(map(_LABEL.fullmatch, labels))
    if not readable or parts is None or parts.scheme != "https" or not named or "@" in parts.netloc:
        raise ValueError(
            "A link is written like https://forum.numer.ai/t/1234, so that everybody can check it."
        )
    return link


def _line(text: str, label: str, longest: int) -> str:
    line = clean_line(text)
    if not line:
        raise ValueError(f"The {label} is empty.")
    if len(line) > longest:
        raise ValueError(
            f"The {label} may have at most {counted(longest, 'character')}; this one has {len(line):,}."
        )
    return line


def _day(value: datetime.date | str | None) -> datetime.date:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", tidy(value)):
        raise ValueError(f"A date is written like 2027-03-01, not {came(value)}.")
    try:
        return datetime.date.fromisoformat(tidy(value))
    except ValueError:
        raise ValueError(f"{came(value)} is no day of the calendar.") from None
