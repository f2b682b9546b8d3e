"""The weekly summary as plain data, and when it is due."""

import datetime
import difflib
import re
import zoneinfo
from dataclasses import dataclass

from governance.digest.promise import Promise, overdue_days
from governance.proposals.refusals import came
from governance.zones import known_zones

_WEEK = datetime.timedelta(weeks=1)


@dataclass(frozen=True)
class Period:
    """What one summary covers, from one scheduled moment (exclusive) to another; in UTC.

    A key is the ISO week of a scheduled moment where the server is: "2027-W05". Several weeks that were
    missed make one period with all their keys.
    """

    keys: tuple[str, ...]
    starts: datetime.datetime
    ends: datetime.datetime

    @property
    def key(self) -> str:
        """The last of the keys: what has been told once this period is."""
        return self.keys[-1]


@dataclass(frozen=True)
class Closing:
    """A vote that ends soon."""

    number: int
    title: str
    link: str
    closes_at: datetime.datetime
    so_far: str  # what may be told of its ballots: governance.votes.secrecy.ballots_so_far


@dataclass(frozen=True)
class SummaryDraft:
    """A proposal that is new or reads differently."""

    number: int
    title: str
    link: str
    difference: str  # one line: against what is in force, or against the version before
    revised: bool = False


@dataclass(frozen=True)
class SummaryView:
    """Who won under a voting strategy; several in a tie, nobody when the quorum was missed."""

    strategy: str
    winners: tuple[str, ...]


@dataclass(frozen=True)
class SummaryResult:
    """A vote that ended, under all strategies."""

    number: int
    title: str
    link: str
    ballots: int
    finding: str  # the outcome in one sentence, as on its card
    views: tuple[SummaryView, ...]

    @property
    def flips(self) -> bool:
        """Whether not all strategies have the same winners."""
        return len({frozenset(view.winners) for view in self.views}) > 1


@dataclass(frozen=True)
class Outcome:
    """What became of a result."""

    number: int
    title: str
    link: str
    what: str  # accepted, declined because ..., in force since round 1,234
    by_whom: str


@dataclass(frozen=True)
class SummaryQuestion:
    """Something that was asked and not answered."""

    what: str
    link: str
    asked_on: datetime.date


@dataclass(frozen=True)
class Measure:
    """A number of this week against that of the week before; nan where it is not known."""

    name: str
    now: float
    before: float
    unit: str  # "", "%", "NMR"
    n: int
    n_before: int
    link: str = ""


@dataclass(frozen=True)
class SummaryArgument:
    """The argument after which most members changed their vote."""

    number: int
    text: str
    link: str
    moved: int


@dataclass(frozen=True)
class Summary:
    """A week, or several; texts are as members wrote them, not escaped."""

    period: Period
    cut_off: datetime.datetime  # nothing later is counted; days are counted at its date
    closing: tuple[Closing, ...] = ()
    drafts: tuple[SummaryDraft, ...] = ()
    results: tuple[SummaryResult, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    promises: tuple[Promise, ...] = ()  # those that are not overdue are not told
    questions: tuple[SummaryQuestion, ...] = ()
    measures: tuple[Measure, ...] = ()
    moves: tuple[str, ...] = ()  # our own sentences on how many began to stake and stopped
    argument: SummaryArgument | None = None

    @property
    def overdue(self) -> tuple[Promise, ...]:
        """The promises that are overdue at the cut-off."""
        return tuple(promise for promise in self.promises if overdue_days(promise, self.cut_off.date()))


def week_in_words(keys: tuple[str, ...]) -> str:
    """Weeks as people name them, by their Mondays: "the week of 23 November 2026", "the weeks of …".

    Raises ValueError for a key that is no ISO week.
    """
    first, last = _monday(keys[0]), _monday(keys[-1])
    told = f"{last.day} {last:%B} {last.year}"
    if first == last:
        return f"the week of {told}"
    year = "" if first.year == last.year else f" {first.year}"
    month = "" if (first.year, first.month) == (last.year, last.month) else f" {first:%B}"
    return f"the weeks of {first.day}{month}{year} to {told}"


def is_quiet(summary: Summary) -> bool:
    """Whether nothing happened: what was overdue before and numbers alone make no news."""
    return not (summary.closing or summary.drafts or summary.results or summary.outcomes or summary.argument)


def period_of(now: datetime.datetime, zone: str, weekday: int, hour: int, *, minute: int = 0) -> Period:
    """The week that ended with the last scheduled moment at or before now.

    weekday 0 (Monday) to 6, hour and minute as a clock in the IANA zone shows them. A time that the clocks
    skip is taken at the first moment that exists after it; one that comes twice is meant the first time.
    Raises ValueError for an unknown zone, with the nearest names, and for what is no weekday or time.
    """
    if now.utcoffset() is None:
        raise ValueError("A time needs its time zone.")
    place = read_zone(zone)
    if not (0 <= weekday <= 6 and 0 <= hour <= 23 and 0 <= minute <= 59):
        raise ValueError("A schedule needs a weekday of 0 (Monday) to 6, an hour of 0 to 23 and a minute.")
    time = datetime.time(hour, minute)
    today = now.astimezone(place).date()
    day = today + datetime.timedelta(days=weekday - today.weekday())
    if _moment(day, time, place) > now:
        day -= _WEEK
    return Period((_key(day),), _moment(day - _WEEK, time, place), _moment(day, time, place))


def due_periods(
    last_key: str | None, now: datetime.datetime, zone: str, weekday: int, hour: int, *, minute: int = 0
) -> Period | None:
    """What is to be told now: all weeks after the one of last_key as one period, or None.

    last_key is the key of the last period that was told; None tells the week that just ended. One ISO week
    has one scheduled moment, so that a new schedule tells no week twice; the first period after it starts
    where the new schedule would have ended the week of last_key. Raises ValueError as period_of does,
    and for a key that is no ISO week.
    """
    current = period_of(now, zone, weekday, hour, minute=minute)
    if last_key is None:
        return current
    last, end = _monday(last_key), _monday(current.key)
    missed = (end - last) // _WEEK
    if missed < 1:
        return None
    keys = tuple(_key(end - _WEEK * back) for back in reversed(range(missed)))
    first_day = last + datetime.timedelta(days=weekday)
    return Period(keys, _moment(first_day, datetime.time(hour, minute), read_zone(zone)), current.ends)


def period_with(keys: tuple[str, ...], zone: str, weekday: int, hour: int, *, minute: int = 0) -> Period:
    """The period of these weeks, in order, that were claimed before. Raises ValueError as period_of does."""
    place, time = read_zone(zone), datetime.time(hour, minute)
    first, last = (_monday(key) + datetime.timedelta(days=weekday) for key in (keys[0], keys[-1]))
    return Period(keys, _moment(first - _WEEK, time, place), _moment(last, time, place))


def read_zone(name: str) -> zoneinfo.ZoneInfo:
    """The IANA time zone of this name. Raises ValueError with the nearest names."""
    if name in known_zones():
        return zoneinfo.ZoneInfo(name)
    by_typed = {zone.casefold(): zone for zone in sorted(known_zones())}
    # people type the town alone: its zone is the nearest
    by_typed |= {
        zone.rpartition("/")[2].casefold(): zone
        for zone in sorted(known_zones(), reverse=True)
        if "/" in zone
    }
    typed = name.strip().casefold().replace(" ", "_")[:100]
    near = dict.fromkeys(by_typed[found] for found in difflib.get_close_matches(typed, by_typed, n=3))
    hint = f"did you mean {' or '.join(near)}?" if near else "try one like Europe/Berlin."
    raise ValueError(f"There is no time zone called {came(name)}; {hint}")


def _moment(day: datetime.date, time: datetime.time, zone: zoneinfo.ZoneInfo) -> datetime.datetime:
    wall = datetime.datetime.combine(day, time)
    while True:
        moment = wall.replace(tzinfo=zone).astimezone(datetime.UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == wall:
            return moment
        wall += datetime.timedelta(minutes=1)  # the clocks skip it


def _key(day: datetime.date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _monday(key: str) -> datetime.date:
    found = re.fullmatch(r"([0-9]{4})-W([0-9]{2})", key)
    try:
        return datetime.date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else _no_week(key)
    except ValueError:
        return _no_week(key)


def _no_week(key: str) -> datetime.date:
    raise ValueError(f"A week is written like 2027-W05, not {came(key)}.") from None
