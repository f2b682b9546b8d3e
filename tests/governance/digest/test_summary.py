"""The weekly summary: when it is due, through clock changes, outages and restarts, and what is news."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.digest.promise import Promise
from governance.digest.summary import (
    Closing,
    Measure,
    Outcome,
    Period,
    Summary,
    SummaryArgument,
    SummaryDraft,
    SummaryQuestion,
    SummaryResult,
    SummaryView,
    due_periods,
    is_quiet,
    period_of,
    read_zone,
    week_in_words,
)

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
SUNDAY = 6
WEEK = datetime.timedelta(weeks=1)
LINK = "https://forum.example.org/t/1"


def test_weeks_are_named_by_their_mondays() -> None:
    """2026-W48 begins on 23 November 2026, and 2026 has 53 weeks."""
    assert week_in_words(("2026-W48",)) == "the week of 23 November 2026"
    assert week_in_words(("2026-W46", "2026-W47", "2026-W48")) == "the weeks of 9 to 23 November 2026"
    assert week_in_words(("2026-W44", "2026-W48")) == "the weeks of 26 October to 23 November 2026"
    assert week_in_words(("2026-W53", "2027-W01")) == "the weeks of 28 December 2026 to 4 January 2027"
    with pytest.raises(ValueError, match="A week is written like 2027-W05"):
        week_in_words(("2027-W54",))


def utc(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


# ---------------------------------------------------------------- by hand


def test_the_week_that_ended_last() -> None:
    wanted = Period(("2027-W05",), utc("2027-01-31 17:00"), utc("2027-02-07 17:00"))
    for now in ("2027-02-07 17:00:00", "2027-02-08 00:00", "2027-02-14 16:59:59"):
        assert period_of(utc(now), "Europe/Berlin", SUNDAY, 18) == wanted
    assert wanted.key == "2027-W05"
    assert period_of(utc("2027-02-07 16:59:59"), "Europe/Berlin", SUNDAY, 18).key == "2027-W04"
    assert period_of(utc("2027-02-14 17:00"), "Europe/Berlin", SUNDAY, 18).key == "2027-W06"


def test_the_key_is_the_week_where_the_server_is() -> None:
    # Monday 08:00 on Lord Howe is Sunday in UTC; the year of a week is that of its Thursday
    got = period_of(utc("2027-01-03 21:00"), "Australia/Lord_Howe", 0, 8)
    assert (got.keys, got.ends) == (("2027-W01",), utc("2027-01-03 21:00"))
    assert period_of(utc("2027-01-03 20:00"), "UTC", SUNDAY, 20).key == "2026-W53"


def test_the_zone_of_now_does_not_matter() -> None:
    now = utc("2027-02-07 17:00")
    assert period_of(now.astimezone(ZoneInfo("Asia/Tokyo")), "Europe/Berlin", SUNDAY, 18) == period_of(
        now, "Europe/Berlin", SUNDAY, 18
    )


@pytest.mark.parametrize(
    ("zone", "day", "hour", "minute", "ends"),
    [
        ("Europe/Berlin", "2027-03-28", 2, 30, "2027-03-28 01:00"),  # 02:00 to 03:00 are skipped
        ("Europe/Berlin", "2027-03-28", 1, 59, "2027-03-28 00:59"),
        ("Europe/Berlin", "2027-03-28", 3, 0, "2027-03-28 01:00"),
        ("Europe/Berlin", "2027-10-31", 2, 30, "2027-10-31 00:30"),  # 02:00 to 03:00 come twice
        ("America/New_York", "2027-03-14", 2, 30, "2027-03-14 07:00"),
        ("America/New_York", "2027-11-07", 1, 30, "2027-11-07 05:30"),  # and not again at 06:30
        ("Australia/Lord_Howe", "2027-10-03", 2, 15, "2027-10-02 15:30"),  # half an hour is skipped
        ("Australia/Lord_Howe", "2027-04-04", 1, 45, "2027-04-03 14:45"),
    ],
)
def test_clock_changes(zone: str, day: str, hour: int, minute: int, ends: str) -> None:
    tick = datetime.timedelta(minutes=1)
    got = period_of(utc(ends), zone, SUNDAY, hour, minute=minute)
    assert got.ends == utc(ends)
    assert got.keys == ("{}-W{:02}".format(*datetime.date.fromisoformat(day).isocalendar()),)
    assert period_of(utc(ends) - tick, zone, SUNDAY, hour, minute=minute).ends == got.starts
    for later in range(1, 180):  # nothing more is due in the hours of the change
        now = utc(ends) + later * tick
        assert due_periods(got.key, now, zone, SUNDAY, hour, minute=minute) is None


def test_a_day_that_was_left_out() -> None:
    # Samoa crossed the date line: after Thursday the 29th came Saturday the 31st
    got = period_of(utc("2011-12-30 10:00"), "Pacific/Apia", 4, 18)
    assert (got.key, got.ends) == ("2011-W52", utc("2011-12-30 10:00"))


def test_what_is_due() -> None:
    schedule = ("Europe/Berlin", SUNDAY, 18)
    assert due_periods("2027-W04", utc("2027-02-07 16:59"), *schedule) is None
    assert due_periods("2027-W04", utc("2027-02-07 17:00"), *schedule) == period_of(
        utc("2027-02-07 17:00"), *schedule
    )
    assert due_periods("2027-W05", utc("2027-02-07 17:00"), *schedule) is None
    assert due_periods("2027-W09", utc("2027-02-07 17:00"), *schedule) is None  # the clock was wrong
    first = due_periods(None, utc("2027-02-07 17:00"), *schedule)
    assert first is not None
    assert first.keys == ("2027-W05",)


def test_missed_weeks_are_one() -> None:
    got = due_periods("2026-W52", utc("2027-01-18 12:00"), "Europe/Berlin", SUNDAY, 18)
    assert got == Period(
        ("2026-W53", "2027-W01", "2027-W02"), utc("2026-12-27 17:00"), utc("2027-01-17 17:00")
    )
    assert got.key == "2027-W02"


def test_a_new_schedule_tells_no_week_twice() -> None:
    told = period_of(utc("2027-02-01 17:00"), "Europe/Berlin", 0, 18)  # on Mondays
    assert told.key == "2027-W05"
    assert due_periods(told.key, utc("2027-02-05 20:00"), "Europe/Berlin", 4, 18) is None  # now on Fridays
    following = due_periods(told.key, utc("2027-02-12 17:00"), "Europe/Berlin", 4, 18)
    assert following is not None
    assert following.keys == ("2027-W06",)


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: period_of(datetime.datetime(2027, 2, 7), "UTC", 0, 0), "time zone"),  # noqa: DTZ001
        (lambda: period_of(utc("2027-02-07"), "UTC", 7, 0), "weekday of 0 .Monday. to 6"),
        (lambda: period_of(utc("2027-02-07"), "UTC", 0, 24), "hour of 0 to 23"),
        (lambda: period_of(utc("2027-02-07"), "UTC", 0, 0, minute=60), "a minute"),
        (lambda: due_periods("2027-5", utc("2027-02-07"), "UTC", 0, 0), "like 2027-W05, not “2027-5”"),
        (lambda: due_periods("2027-W54", utc("2027-02-07"), "UTC", 0, 0), "not “2027-W54”"),
        (lambda: due_periods("0000-W01", utc("2027-02-07"), "UTC", 0, 0), "like 2027-W05"),
        (lambda: period_of(utc("2027-02-07"), "Berlin", 0, 0), "called “Berlin”; did you mean Europe/Berlin"),
        (lambda: read_zone("europe/berlin"), "did you mean Europe/Berlin"),
        (lambda: read_zone("new york"), "did you mean America/New_York"),
        (lambda: read_zone("America/NewYork"), "did you mean America/New_York"),
        (lambda: read_zone("Europe"), "no time zone called “Europe”"),
        (lambda: read_zone("../../etc/passwd"), "no time zone called"),
        (lambda: read_zone("right/Europe/Berlin"), "did you mean Europe/Berlin"),
        (lambda: read_zone("qqqq"), "try one like Europe/Berlin"),
        (lambda: read_zone(""), "called an empty text; try one"),
        (lambda: read_zone("x" * 100_000), "try one like"),
    ],
)
def test_bad_schedules_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


# ---------------------------------------------------------------- a year


def weeks_between(start: datetime.datetime, end: datetime.datetime, zone: str, weekday: int) -> list[str]:
    """The ISO weeks of all days of this weekday in (start, end], as the calendar there has them."""
    days = (start.astimezone(ZoneInfo(zone)).date() + datetime.timedelta(days=n) for n in range(1, 800))
    last = end.astimezone(ZoneInfo(zone)).date()
    return [
        "{}-W{:02}".format(*day.isocalendar()) for day in days if day <= last and day.weekday() == weekday
    ]


pauses = st.lists(
    st.one_of(st.integers(1, 5), st.integers(1, 3000), st.integers(1, 40_000)), min_size=1, max_size=300
)


@pytest.mark.slow
@given(
    st.sampled_from(ZONES), st.integers(0, 6), st.integers(0, 23), st.sampled_from([0, 15, 30, 45]), pauses
)
@settings(max_examples=15, deadline=None)
def test_every_week_of_a_year_is_told_once_whenever_we_wake(
    zone: str, weekday: int, hour: int, minute: int, pauses: list[int]
) -> None:
    now = start = utc("2027-01-01 00:00")
    end = utc("2028-01-10 00:00")
    last = period_of(now, zone, weekday, hour, minute=minute)
    kept = last.key  # all that a restart leaves
    told: list[str] = []
    turn = 0
    while now < end:
        now = min(end, now + datetime.timedelta(minutes=pauses[turn % len(pauses)] + 600 * (turn % 7 == 0)))
        turn += 1
        due = due_periods(kept, now, zone, weekday, hour, minute=minute)
        if due is None:
            assert now < last.ends + WEEK + datetime.timedelta(hours=1)
            continue
        assert due.starts == last.ends < due.ends <= now
        told += due.keys
        kept, last = due.key, due
        assert due_periods(kept, now, zone, weekday, hour, minute=minute) is None
    first_day = period_of(start, zone, weekday, hour, minute=minute).ends
    assert told == weeks_between(first_day, last.ends, zone, weekday)
    assert len(told) in (53, 54)


@given(st.sampled_from(ZONES), st.integers(0, 6), st.integers(0, 23), st.integers(0, 59), st.integers(0, 366))
@settings(deadline=None)
def test_a_moment_is_what_the_clock_there_shows(
    zone: str, weekday: int, hour: int, minute: int, day: int
) -> None:
    now = utc("2027-01-08 00:00") + datetime.timedelta(days=day)
    got = period_of(now, zone, weekday, hour, minute=minute)
    assert got.ends <= now < got.ends + WEEK + datetime.timedelta(hours=1)
    there = got.ends.astimezone(ZoneInfo(zone))
    shown = datetime.time(there.hour, there.minute)
    before = (got.ends - datetime.timedelta(minutes=1)).astimezone(ZoneInfo(zone))
    skipped = before.utcoffset() != there.utcoffset() and shown > datetime.time(hour, minute)
    assert there.weekday() == weekday
    assert shown == datetime.time(hour, minute) or skipped


# ---------------------------------------------------------------- what is news

NOTHING = Summary(period_of(utc("2027-02-07 17:00"), "Europe/Berlin", SUNDAY, 18), utc("2027-02-07 17:00"))
VOTE = Closing(12, "Cap stakes", LINK, utc("2027-02-09 18:00"), "at least 10; 20 are needed")
RESULT = SummaryResult(
    9, "Pay MMC", LINK, 31, "Yes wins.", (SummaryView("one person", ("Yes",)), SummaryView("stake", ("Yes",)))
)


def test_a_flip_is_any_other_set_of_winners() -> None:
    assert not RESULT.flips
    assert not SummaryResult(9, "x", LINK, 0, "Nobody cast a ballot.", ()).flips
    tie = (SummaryView("one person", ("Yes", "No")), SummaryView("stake", ("No", "Yes")))
    assert not replace(RESULT, views=tie).flips
    assert replace(RESULT, views=(*tie, SummaryView("sqrt", ("Yes",)))).flips
    assert replace(RESULT, views=(tie[0], SummaryView("stake", ()))).flips


def test_what_is_overdue() -> None:
    late = Promise("x", "y", LINK, None, datetime.date(2027, 2, 6))
    today, kept = replace(late, due_on=datetime.date(2027, 2, 7)), replace(late, resolution="kept")
    assert replace(NOTHING, promises=(today, late, kept)).overdue == (late,)


@pytest.mark.parametrize(
    ("news", "quiet"),
    [
        ({}, True),
        ({"promises": (Promise("x", "y", LINK, None, datetime.date(2027, 1, 1)),)}, True),
        ({"questions": (SummaryQuestion("x", LINK, datetime.date(2027, 1, 1)),)}, True),
        ({"measures": (Measure("x", 1, 2, "", 3, 3),)}, True),
        ({"closing": (VOTE,)}, False),
        ({"drafts": (SummaryDraft(1, "x", LINK, "y"),)}, False),
        ({"results": (RESULT,)}, False),
        ({"outcomes": (Outcome(1, "x", LINK, "accepted", "the team"),)}, False),
        ({"argument": SummaryArgument(1, "x", LINK, 4)}, False),
    ],
)
def test_what_makes_a_week_quiet(news: dict, quiet: bool) -> None:
    assert is_quiet(replace(NOTHING, **news)) is quiet
