"""What was promised and asked in public: by whom, by when, and how long it is overdue."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from governance.digest.promise import check_link, from_review, overdue_days, read_promise, unanswered_days
from governance.digest.promise import resolve as resolved
from governance.proposals.stages import NAMES
from governance.text import clean_line, names_somebody
from storage import promises
from storage.database import Database
from storage.promises import Asked, Kind, NewPromise, Resolution, Review, StoredPromise
from storage.server.settings import settings_of
from wording.message_links import message_link
from wording.numbers import counted

LONGEST_WHAT, LONGEST_WHO, LONGEST_NOTE, LONGEST_LINK = 300, 80, 300, 300
PAGE = 4  # entries on a page of the list, which a phone shows whole
Which = Literal["open", "overdue", "resolved"]
WAYS: dict[Kind, tuple[Resolution, ...]] = {
    "promise": ("kept", "broken", "withdrawn"),
    "question": ("answered", "withdrawn"),
}


@dataclass(frozen=True)
class LedgerEntry:
    """A promise, the review of a proposal, or a question, as the list shows it."""

    label: str  # "#3", or "proposal #12"
    kind: Literal["promise", "review", "question"]
    what: str
    who: str
    link: str  # "" where there is none to give
    said_on: date | None
    due_on: date | None
    days: int  # of a question: since it was asked; otherwise since it was due, 0 before
    resolution: str = ""  # kept | broken | withdrawn | answered, "" while it is open
    resolved_on: date | None = None
    note: str = ""
    resolved_link: str = ""

    @property
    def late(self) -> bool:
        """Whether it is overdue or waits for an answer."""
        return not self.resolution and (self.kind == "question" or self.days > 0)


@dataclass(frozen=True)
class Ledger:
    """A page of what is promised and asked, with what there is of it in all."""

    which: Which
    entries: tuple[LedgerEntry, ...]
    page: int
    pages: int
    total: int  # on all pages
    overdue: int  # of all that is open, whatever page and filter
    unanswered: int
    today: date


async def add_promise(
    db: Database,
    guild_id: int,
    member_id: int,
    now: datetime,
    *,
    kind: Kind,
    what: str,
    who: str,
    link: str,
    said_on: str,
    due_on: str | None = None,
) -> StoredPromise:
    """Put a promise or a question on record. Raises ValueError with what is wrong with it."""
    text = _text(what, f"a {kind}", LONGEST_WHAT)
    speaker = _text(who, "who said it" if kind == "promise" else "whom it was put to", LONGEST_WHO)
    for line in (text, speaker):
        if names_somebody(line):
            raise ValueError("Please name a role or an organisation, like “the team”, and no members.")
    today = await _today(db, guild_id, now)
    if kind == "question" and due_on:
        raise ValueError("A question has no due date: its days are counted from when it was asked.")
    said = read_promise(
        text, speaker, _link(link), said_on, due_on, today=date.max if kind == "question" else today
    )
    assert said.said_on is not None, "only a review has no such day"
    if kind == "question":
        unanswered_days(said.said_on, today)  # refuses tomorrow
    kept = NewPromise(kind, said.what, said.by_whom, said.link, said.said_on, said.due_on)
    return await promises.add_promise(db, guild_id, member_id, kept, now)


async def resolve_promise(
    db: Database,
    guild_id: int,
    number: int,
    member_id: int,
    now: datetime,
    *,
    outcome: Resolution,
    note: str,
    link: str | None = None,
) -> StoredPromise:
    """Settle a promise or a question, with a note and perhaps a link, today. Raises ValueError otherwise."""
    there = await promises.promise_of(db, guild_id, number)
    if outcome not in WAYS[there.kind]:
        *ways, last = WAYS[there.kind]
        raise ValueError(f"A {there.kind} is {', '.join(ways)} or {last}, not {outcome[:40]}.")
    text = _text(note, "a note", LONGEST_NOTE)
    today = max(there.said_on, await _today(db, guild_id, now))  # the server's zone may have changed
    where = _link(link) if link and link.strip() else None
    return await promises.settle_promise(db, guild_id, number, member_id, outcome, today, text, where, now)


async def ledger(
    db: Database, guild_id: int, now: datetime, *, which: Which = "open", page: int = 1, size: int = PAGE
) -> Ledger:
    """A page of what is promised and asked: the longest overdue, then unanswered questions, then by date.

    Review dates of proposals, and questions about them that no official answer has followed, are among it.
    which: open (all that is not resolved), overdue (with what waits for an answer) or resolved, newest first.
    A page beyond the last one is the last one.
    """
    zone = ZoneInfo((await settings_of(db, guild_id)).zone_in_force)
    today = now.astimezone(zone).date()
    every = [_recorded(each, today) for each in await promises.promises_of(db, guild_id)]
    every += [_review(each, guild_id, zone, today) for each in await promises.reviews_of(db, guild_id)]
    every += [
        _asked(each, guild_id, zone, today) for each in await promises.unanswered_questions(db, guild_id)
    ]
    if which == "resolved":
        chosen = [entry for entry in every if entry.resolution]
        chosen.sort(key=lambda entry: entry.resolved_on or date.min, reverse=True)
    else:
        chosen = [entry for entry in every if not entry.resolution and (entry.late or which == "open")]
        chosen.sort(key=_urgency)
    pages = max(1, -(-len(chosen) // size))
    page = min(max(1, page), pages)
    late = [entry for entry in every if entry.late]
    return Ledger(
        which,
        tuple(chosen[size * (page - 1) : size * page]),
        page,
        pages,
        len(chosen),
        sum(entry.kind != "question" for entry in late),
        sum(entry.kind == "question" for entry in late),
        today,
    )


async def entry_of(db: Database, guild_id: int, number: int, now: datetime) -> LedgerEntry:
    """One that is on record, as the list shows it. Raises ValueError if there is none of that number."""
    return _recorded(await promises.promise_of(db, guild_id, number), await _today(db, guild_id, now))


async def suggest_promises(db: Database, guild_id: int, typed: str) -> list[tuple[str, int]]:
    """(what is shown, number) of up to 25 on record that hold what was typed, the open ones first."""
    wanted = typed.strip().lstrip("#").casefold()
    found = sorted(await promises.promises_of(db, guild_id), key=lambda each: each.resolution is not None)
    return [
        (f"#{each.number} {each.what}"[:100], each.number)
        for each in found
        if wanted in f"{each.number} {each.what}".casefold()
    ][:25]


def _recorded(kept: StoredPromise, today: date) -> LedgerEntry:
    if kept.kind == "question":
        days = 0 if kept.resolution else max(0, (today - kept.said_on).days)
    else:
        days = 0 if kept.resolution or kept.due_on is None else max(0, (today - kept.due_on).days)
    return LedgerEntry(
        label=f"#{kept.number}",
        kind=kept.kind,
        what=kept.what,
        who=kept.speaker,
        link=kept.link,
        said_on=kept.said_on,
        due_on=kept.due_on,
        days=days,
        resolution=kept.resolution or "",
        resolved_on=kept.resolved_on,
        note=kept.note or "",
        resolved_link=kept.resolved_link or "",
    )


def _review(review: Review, guild_id: int, zone: ZoneInfo, today: date) -> LedgerEntry:
    place = review.place
    promise = from_review(place.number, place.title, review.review_on)
    note = ""
    if review.closed_at is not None:
        closed_on = review.closed_at.astimezone(zone).date()
        promise = resolved(promise, "kept" if review.reviewed else "withdrawn", closed_on)
        note = "It was closed after its review." if review.reviewed else "It was closed without a review."
    stage = NAMES[place.stage]
    return LedgerEntry(
        label=f"proposal #{place.number}",
        kind="review",
        what=promise.what,
        who=f"{promise.by_whom}, now at “{stage}”",
        link=message_link(guild_id, place.channel, place.message),
        said_on=None,
        due_on=promise.due_on,
        days=overdue_days(promise, today),
        resolution=promise.resolution,
        resolved_on=promise.resolved_on,
        note=note,
    )


def _asked(question: Asked, guild_id: int, zone: ZoneInfo, today: date) -> LedgerEntry:
    asked_on = min(question.asked_at.astimezone(zone).date(), today)
    return LedgerEntry(
        label=f"proposal #{question.place.number}",
        kind="question",
        what=question.claim,
        who=f"whoever answers for the team, about “{question.place.title}”",
        link=message_link(guild_id, question.place.channel, question.place.message),
        said_on=asked_on,
        due_on=None,
        days=unanswered_days(asked_on, today),
    )


def _urgency(entry: LedgerEntry) -> tuple[int, int, date]:
    if entry.late:
        return int(entry.kind == "question"), -entry.days, date.min
    return 2, 0, entry.due_on or date.max


async def _today(db: Database, guild_id: int, now: datetime) -> date:
    return now.astimezone(ZoneInfo((await settings_of(db, guild_id)).zone_in_force)).date()


def _text(typed: str, what: str, longest: int) -> str:
    text = clean_line(typed)
    if not text:
        raise ValueError(f"Say {what}: that is empty.")
    if len(text) > longest:
        raise ValueError(f"For {what} there are {counted(longest, 'character')}; that has {len(text):,}.")
    return text


def _link(typed: str) -> str:
    link = check_link(typed)
    if len(link) > LONGEST_LINK:
        raise ValueError(f"A link may have at most {LONGEST_LINK} characters here; this one has {len(link)}.")
    return link
