"""Promises: what is read, what is refused, how days count and how lists are ordered."""

import datetime
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.digest.promise import (
    Promise,
    by_urgency,
    check_link,
    from_review,
    overdue_days,
    read_promise,
    resolve,
    unanswered_days,
)

TODAY = datetime.date(2027, 2, 10)
LINK = "https://forum.example.org/t/temporary/12"
days = st.dates(datetime.date(2026, 1, 1), datetime.date(2028, 1, 1))


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def typed(**changed: Any) -> Promise:
    values = {"what": "The cap is temporary", "by_whom": "the team", "link": LINK, "said_on": "2027-01-02"}
    return read_promise(**{**values, **changed}, today=TODAY)


def test_what_was_typed() -> None:
    got = typed(what=" The cap\u200b is\n temporary ", due_on=" 2027-02-01 ", link=f" {LINK} ")
    assert got == Promise("The cap is temporary", "the team", LINK, day("2027-01-02"), day("2027-02-01"))
    assert typed().due_on is typed(due_on="").due_on is None
    assert typed(said_on=TODAY, due_on=TODAY).due_on == TODAY


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"what": " \u200b "}, "The promise is empty"),
        ({"what": "a" * 301}, "promise may have at most 300 characters; this one has 301"),
        ({"by_whom": ""}, "name of who promised it is empty"),
        ({"by_whom": "a" * 101}, "at most 100"),
        ({"said_on": "2027-02-11"}, "can't have been said on 2027-02-11: today is 2027-02-10"),
        ({"due_on": "2027-01-01"}, "said on 2027-01-02 can't be due before, on 2027-01-01"),
        ({"due_on": "1.3.2027"}, "like 2027-03-01, not “1.3.2027”"),
        ({"due_on": "2027-02-30"}, "“2027-02-30” is no day"),
        ({"said_on": ""}, "like 2027-03-01, not an empty text"),
        ({"said_on": None}, "like 2027-03-01, not nothing"),
        ({"said_on": datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)}, "like 2027-03-01"),
        ({"link": "https://a.b/" + "c" * 500}, "at most 500 characters; this one has 512"),
        ({"link": "forum"}, "A link is written like"),
    ],
)
def test_what_is_wrong_is_told(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        typed(**changed)


@pytest.mark.parametrize(
    "link",
    [
        LINK,
        "https://a.b",
        "https://x.example:8443/p?q=1#r",
        "https://forum.example/t/(caps)",
        "HTTPS://a.b/c",
    ],
)
def test_links_that_pass(link: str) -> None:
    assert check_link(link) == link


@pytest.mark.parametrize(
    "link",
    [
        "",
        "http://a.b",
        "https://localhost/x",
        "https://",
        "https://.b",
        "https://a.",
        "https://a..b",
        "https://-a.b",
        "javascript:alert(1)",
        "https://a.b:port",
        "https://user@a.b",
        "https://user:word@a.b",
        "https://a.b/x y",
        "https://a.b/<@1>",
        "https://a.b/\u202e",
        "https://a.b\\@c.d",
        "https://[::1]/",
        "https://[a.b",
        "a.b/c",
    ],
)
def test_links_that_do_not(link: str) -> None:
    with pytest.raises(ValueError, match="A link is written like https://"):
        check_link(link)


def test_days_overdue() -> None:
    promise = typed(due_on="2027-02-08")
    assert [overdue_days(promise, day(f"2027-02-{number:02}")) for number in (7, 8, 9, 10)] == [0, 0, 1, 2]
    assert overdue_days(typed(), TODAY) == 0
    for resolution in ("kept", "broken", "withdrawn"):
        assert overdue_days(resolve(promise, resolution, TODAY), TODAY) == 0


def test_days_unanswered() -> None:
    assert unanswered_days(day("2027-01-31"), TODAY) == 10
    assert unanswered_days(TODAY, TODAY) == 0


def test_a_review_is_a_promise_of_the_server() -> None:
    review = from_review(12, "Cap stakes", day("2027-02-01"))
    assert review.what == "Review of proposal 12: Cap stakes"
    assert (review.by_whom, review.link, review.said_on) == ("this server", "", None)
    assert overdue_days(review, TODAY) == 9
    assert resolve(review, "kept", TODAY).resolved_on == TODAY


def test_the_longest_overdue_comes_first() -> None:
    worst, late = typed(due_on="2027-01-05"), typed(due_on="2027-02-09")
    review = from_review(3, "Cap", day("2027-01-20"))
    soon, later = typed(due_on="2027-02-10"), typed(due_on="2027-03-01")
    older, newer = typed(said_on="2026-05-01"), typed()
    done = resolve(worst, "kept", TODAY)
    wanted = [worst, review, late, soon, later, older, newer, done]
    for seed in range(20):
        shuffled = random.Random(seed).sample(wanted, len(wanted))
        assert list(by_urgency(shuffled, TODAY)) == wanted
    assert by_urgency([], TODAY) == ()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: resolve(typed(), "forgotten", TODAY), "kept, broken or withdrawn, not “forgotten”"),
        (lambda: resolve(typed(), "kept", day("2027-01-01")), "can't be settled before, on 2027-01-01"),
        (lambda: unanswered_days(day("2027-02-11"), TODAY), "asked on 2027-02-11 can't wait"),
    ],
)
def test_bad_steps_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@given(st.lists(st.tuples(days, st.none() | days, st.booleans()), max_size=20), days)
def test_lists_lose_nobody_and_grow_less_urgent(
    raw: list[tuple[datetime.date, datetime.date | None, bool]], today: datetime.date
) -> None:
    promises = [
        replace(Promise("x", "y", LINK, said, due), resolution="kept" if done else "")
        for said, due, done in raw
    ]
    got = by_urgency(promises, today)
    assert sorted(map(repr, got)) == sorted(map(repr, promises))
    late = [overdue_days(promise, today) for promise in got]
    assert late == sorted(late, reverse=True)
    done = [bool(promise.resolution) for promise in got]
    assert done == sorted(done)
