"""Cards of the weekly summary: within Discord's limits with the longest texts, and told as it was typed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from features.digest.digest_card import PAGE, as_file, digest_cards, mark, rows_of, waiting_card
from features.digest.summary import ToDo, Told, Waiting
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
)
from ui.card import AMBER, GREY, MOST_TEXT, Card, fitting
from ui.drawing import Picture

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
KEYS = tuple(f"2031-W{week}" for week in range(15, 19))
QUIET = Summary(Period(KEYS[-1:], NOW - timedelta(days=7), NOW), NOW)
LINK = "https://discord.com/channels/900719925474099301/900719925474099301/900719925474099301"


def nothing(titled: bool) -> Picture:
    """A chart that is not looked at."""
    return Picture(b"", "")


SIGNS = ("x", "*", "@", "_", "[", "😀")


def check(card: Card) -> None:
    """A message of this card alone, of which nothing is cut."""
    assert card.heading
    assert len(fitting(card)) == 1
    assert card.length <= MOST_TEXT


def longest(sign: str, count: int = 40) -> Summary:
    """The longest that the tables take, many times."""
    title, text = sign * 200, sign * 1000
    day = date(2031, 4, 1)
    views = tuple(SummaryView(sign * 30, (title, title)) for _ in range(6))
    return Summary(
        Period(KEYS, NOW - timedelta(days=28), NOW),
        NOW,
        closing=(Closing(999999, title, LINK, NOW, "at least 99,995; 100,000 are needed"),) * count,
        drafts=(
            SummaryDraft(999999, title, LINK, text),
            SummaryDraft(999999, title, LINK, text, revised=True),
        )
        * count,
        results=(SummaryResult(999999, title, LINK, 99999, sign * 400, views),) * count,
        outcomes=(Outcome(999999, title, LINK, text, "the team"),) * count,
        promises=(Promise(text, sign * 80, "https://forum.example/" + "x" * 278, day, day),) * count,
        questions=(SummaryQuestion(text, LINK, day),) * count,
        measures=(Measure(text, 1e9, 1e9, "NMR", 10**9, 10**9, LINK),) * count,
        argument=SummaryArgument(999999, text, LINK, 99999),
    )


@pytest.mark.slow
@pytest.mark.parametrize("sign", SIGNS)
def test_the_longest_summary_fits_and_loses_nothing(sign: str) -> None:
    to_do = (
        ToDo(f"Vote in poll #999999 “{sign * 200}”", NOW, "closes", "Vote in #999999", "poll:vote:1"),
    ) * 3
    told = Told(longest(sign), (sign * 300,) * 9, to_do)
    first, *pages = digest_cards(told)
    for card in (first, *pages):
        check(card)
    everything = "\n".join(card.said for card in pages)
    assert everything.count(" closes <t:") == 40
    assert everything.count("Poll 999999: ") == everything.count("- 33 days overdue: ") + 40 == 80
    assert everything.count(" without an answer: ") == 40
    assert first.heading == "The weeks of 7 to 28 April: 40 votes closing soon"
    assert first.text.count("Vote in poll") == 3
    assert "and 78 more, in the thread" in first.after


@pytest.mark.parametrize("sign", SIGNS)
def test_the_longest_notices_fit_and_say_how_many_more(sign: str) -> None:
    [card] = digest_cards(Told(QUIET, (sign * 300,) * 9))
    check(card)
    assert "**The rule**\n" in card.text
    assert "more" in card.text


def test_a_quiet_week_is_one_grey_card_with_its_mark() -> None:
    [card] = digest_cards(Told(QUIET, ()), draw=nothing)
    assert card.heading == "The week of 28 April: a quiet one"
    assert card.text == "A quiet week: no vote closes soon, and nothing was proposed, decided or answered."
    span = (
        f"From <t:{int((NOW - timedelta(days=7)).timestamp())}:f>; data until <t:{int(NOW.timestamp())}:f>."
    )
    assert card.small == f"{span}\n{mark('2031-W18')}"
    assert (card.colour, card.draw, card.after) == (GREY, None, "")


def test_a_week_with_news_is_amber_and_has_the_chart_it_is_given() -> None:
    told = Told(
        replace(QUIET, closing=(Closing(1, "Tea?", LINK, NOW, "at least 5; 20 are needed"),)),
        ("It changed.",),
        (ToDo("Vote in poll #1 “*Tea*?”", NOW, "closes", "Vote in #1", "poll:vote:7"),),
    )
    first, page = digest_cards(told, draw=nothing)
    assert (first.colour, first.draw) == (AMBER, nothing)
    assert first.heading == "The week of 28 April: 1 vote closing soon"
    assert first.text == (
        f"**The rule**\n• It changed.\n\n"
        f"**1.** Vote in poll \\#1 “\\*Tea\\*?” (closes <t:{int(NOW.timestamp())}:R>)"
    )
    assert page.heading == "Closing soon"
    assert "ballots so far: at least 5; 20 are needed" in page.text
    assert page.small == ""
    [row] = rows_of(told.to_do)
    assert [(button.label, button.custom_id) for button in row.children] == [("Vote in #1", "poll:vote:7")]  # type: ignore[attr-defined]
    assert rows_of(()) == []


def test_what_was_decided_is_told_on_the_first_screen() -> None:
    summary = replace(
        QUIET,
        results=(SummaryResult(3, "Q", LINK, 12, "a wins.", (SummaryView("one", ("a",)),)),),
        outcomes=(Outcome(4, "D", LINK, "accepted: fine", "the team"),),
    )
    card = digest_cards(Told(summary, ()))[0]
    assert card.after == "**Decided**\n• Poll 3: a wins (12 ballots)\n• Proposal 4: accepted\\: fine"


def test_a_summary_beside_the_weekly_one_has_no_mark() -> None:
    marks = [digest_cards(Told(QUIET, ()), weekly=weekly)[0].small.split("\n")[1] for weekly in (True, False)]
    assert marks == [
        "The week of 28 April 2031 · advisory, not binding on Numerai",
        "Advisory, not binding on Numerai",
    ]


def test_the_mark_of_several_weeks_is_that_of_the_last() -> None:
    summary = replace(QUIET, period=replace(QUIET.period, keys=KEYS))
    assert digest_cards(Told(summary, ()))[0].small.endswith(mark("2031-W18"))
    assert mark("2031-W18") != mark("2031-W17")
    assert mark("2031-W18") != mark("2030-W18")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("**bold** _it_", r"\*\*bold\*\* \_it\_"),
        ("@everyone <@1> <#2>", "@ everyone \\<@ 1\\> \\<\\#2\\>"),
        ("[x](https://evil.example)", r"(x)(https\://evil\.example)"),
        ("`code` ||spoiler||", r"\`code\` \|\|spoiler\|\|"),
        ("two\nlines", "two lines"),
    ],
)
def test_what_members_wrote_is_told_as_it_is(typed: str, shown: str) -> None:
    summary = replace(
        QUIET,
        closing=(Closing(1, typed, LINK, NOW, "fewer than 5"),),
        drafts=(SummaryDraft(1, typed, LINK, typed),),
        results=(SummaryResult(1, typed, LINK, 1, f"{typed} wins.", (SummaryView("one", (typed,)),)),),
        outcomes=(Outcome(1, typed, LINK, typed, typed),),
        questions=(SummaryQuestion(typed, LINK, NOW.date()),),
        argument=SummaryArgument(1, typed, LINK, 5),
    )
    told = Told(summary, ())
    page = "\n".join(card.said for card in digest_cards(told)[1:])
    for text in (page, as_file(told)):
        assert text.count(shown) == 10
        assert typed not in text
    card = waiting_card(Waiting((typed,)))
    assert card.text == f"• {shown}"


def test_the_file_has_the_notices_too() -> None:
    plain, noticed = as_file(Told(QUIET, ())), as_file(Told(QUIET, ("It changed.", "It differs.")))
    assert "The rule" not in plain
    assert noticed == plain + "\n## The rule\n\n- It changed.\n- It differs.\n"
    assert plain.startswith("# The week of 28 April 2031\n")
    assert "2031-05-04 12:00 UTC" in plain
    assert "<t:" not in noticed


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("count", [1, 25, 200])
def test_whatever_waits_fits_and_is_counted(sign: str, count: int) -> None:
    lines = tuple(f"{number} {sign * 300}" for number in range(count))
    card = waiting_card(Waiting(lines))
    check(card)
    shown = card.text.splitlines()
    if shown[-1].startswith("and "):
        assert shown.pop() == f"and {count - len(shown)} more"
    else:
        assert len(shown) == count
    assert [line.split()[1] for line in shown] == [str(number) for number in range(len(shown))]
    assert len(card.text) > PAGE - 650 or len(shown) == count


def test_nothing_that_waits_is_said_so() -> None:
    card = waiting_card(Waiting(()))
    assert (card.text, card.colour) == ("Nothing: all done.", GREY)
