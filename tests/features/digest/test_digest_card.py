"""Cards of the weekly summary: within Discord's limits with the longest texts, and told as it was typed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import discord
import pytest

from features.digest.digest_card import PAGE, as_file, digest_cards, mark, waiting_card, with_chart
from features.digest.summary import Told, Waiting
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
from ui.card import AMBER, GREY

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
KEYS = tuple(f"2031-W{week}" for week in range(15, 19))
QUIET = Summary(Period(KEYS[-1:], NOW - timedelta(days=7), NOW), NOW)
LINK = "https://discord.com/channels/900719925474099301/900719925474099301/900719925474099301"
SIGNS = ("x", "*", "@", "_", "[", "😀")


def check(card: discord.Embed) -> None:
    """A message of this card alone."""
    assert len(card) <= 6000
    assert 0 < len(card.description or "") <= 4096
    assert len(card.title or "") <= 256
    assert len(card.footer.text or "") <= 2048
    for field in card.fields:
        assert 0 < len(field.value or "") <= 1024


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
    told = Told(longest(sign), (sign * 300,) * 9)
    first, *pages = digest_cards(told)
    for card in (with_chart(first), *pages):
        check(card)
    everything = "\n".join(card.description or "" for card in pages)
    assert everything.count(" closes <t:") == 40
    assert everything.count("Poll 999999: ") == everything.count("- 33 days overdue: ") + 40 == 80
    assert everything.count(" without an answer: ") == 40
    assert first.title == "Summary of 2031-W15 to 2031-W18"


@pytest.mark.parametrize("sign", SIGNS)
def test_the_longest_notices_fit_and_say_how_many_more(sign: str) -> None:
    [card] = digest_cards(Told(QUIET, (sign * 300,) * 9))
    check(card)
    [field] = card.fields
    assert field.name == "The rule"
    assert "more" in str(field.value)


def test_a_quiet_week_is_one_grey_card_with_its_mark() -> None:
    [card] = digest_cards(Told(QUIET, ()))
    assert card.title == "Summary of 2031-W18"
    assert str(card.description).splitlines() == [
        "A quiet week: no vote closes soon, and nothing was proposed, decided or answered.",
        f"From <t:{int((NOW - timedelta(days=7)).timestamp())}:f>; data until <t:{int(NOW.timestamp())}:f>.",
    ]
    assert card.colour == discord.Colour(GREY)
    assert card.footer.text == mark("2031-W18")
    assert (card.fields, card.image.url) == ([], None)


def test_a_week_with_news_is_amber_and_has_the_chart_it_is_given() -> None:
    told = Told(
        replace(QUIET, closing=(Closing(1, "Tea?", LINK, NOW, "at least 5; 20 are needed"),)),
        ("It changed.",),
    )
    first, page = digest_cards(told)
    assert first.colour == discord.Colour(AMBER)
    assert str(first.description).startswith("1 vote closing soon\n")
    assert [(field.name, field.value) for field in first.fields] == [("The rule", "• It changed.")]
    assert "ballots so far: at least 5; 20 are needed" in str(page.description)
    assert with_chart(first).image.url == "attachment://chart.png"
    assert page.footer.text is None


def test_a_summary_beside_the_weekly_one_has_no_mark() -> None:
    marks = [digest_cards(Told(QUIET, ()), weekly=weekly)[0].footer.text for weekly in (True, False)]
    assert marks == ["Week 2031-W18 · advisory, not binding on Numerai", "Advisory, not binding on Numerai"]


def test_the_mark_of_several_weeks_is_that_of_the_last() -> None:
    summary = replace(QUIET, period=replace(QUIET.period, keys=KEYS))
    assert digest_cards(Told(summary, ()))[0].footer.text == mark("2031-W18")
    assert mark("2031-W18") != mark("2031-W17")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("**bold** _it_", r"\*\*bold\*\* \_it\_"),
        ("@everyone <@1> <#2>", "@\u200beveryone \\<@\u200b1\\> \\<\\#\u200b2\\>"),
        ("[x](https://evil.example)", r"\[x\](https\://evil\.example)"),
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
    page = "\n".join(str(card.description) for card in digest_cards(told)[1:])
    for text in (page, as_file(told)):
        assert text.count(shown) == 10
        assert typed not in text
    card = waiting_card(Waiting((typed,)))
    assert card.description == f"• {shown}"


def test_the_file_has_the_notices_too() -> None:
    plain, noticed = as_file(Told(QUIET, ())), as_file(Told(QUIET, ("It changed.", "It differs.")))
    assert "The rule" not in plain
    assert noticed == plain + "\n## The rule\n\n- It changed.\n- It differs.\n"
    assert plain.startswith("# Summary of 2031-W18\n")
    assert "2031-05-04 12:00 UTC" in plain
    assert "<t:" not in noticed


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("count", [1, 25, 200])
def test_whatever_waits_fits_and_is_counted(sign: str, count: int) -> None:
    lines = tuple(f"{number} {sign * 300}" for number in range(count))
    card = waiting_card(Waiting(lines))
    check(card)
    shown = str(card.description).splitlines()
    if shown[-1].startswith("and "):
        assert shown.pop() == f"and {count - len(shown)} more"
    else:
        assert len(shown) == count
    assert [line.split()[1] for line in shown] == [str(number) for number in range(len(shown))]
    assert len(str(card.description)) > PAGE - 650 or len(shown) == count


def test_nothing_that_waits_is_said_so() -> None:
    card: Any = waiting_card(Waiting(()))
    assert (card.description, card.colour) == ("Nothing: all done.", discord.Colour(GREY))
