"""The weekly summary in words: one whole text by hand, what members wrote defused, and pages that fit."""

import datetime
import math
import re
from dataclasses import replace

import discord
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
)
from governance.digest.text import as_markdown, as_pages, one_line, quiet_line

LINK = "https://forum.example.org/t/1"
CUT_OFF = datetime.datetime(2027, 2, 7, 17, tzinfo=datetime.UTC)
WEEK = Period(("2027-W05",), CUT_OFF - datetime.timedelta(weeks=1), CUT_OFF)
QUIET = Summary(WEEK, CUT_OFF)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


FULL = Summary(
    WEEK,
    CUT_OFF,
    closing=(
        Closing(13, "Later", LINK, CUT_OFF + datetime.timedelta(days=3), "fewer than 5"),
        Closing(12, "Cap stakes", LINK, CUT_OFF + datetime.timedelta(days=2), "at least 10; 20 are needed"),
        Closing(11, "Notice", LINK, CUT_OFF + datetime.timedelta(days=4), "at least 1,230; 20 are needed"),
    ),
    drafts=(
        SummaryDraft(14, "Pay *more*", LINK, "payout rule: 1xCORR instead of 2xCORR"),
        SummaryDraft(8, "Caps", "", "cap: 2 % instead of 5 %", revised=True),
    ),
    results=(
        SummaryResult(
            9,
            "Pay MMC",
            LINK,
            31,
            "Yes wins.",
            (
                SummaryView("one person", ("Yes",)),
                SummaryView("stake", ("No", "Later")),
                SummaryView("sqrt", ()),
            ),
        ),
        SummaryResult(10, "Notice", LINK, 1, "Yes wins.", (SummaryView("one person", ("Yes",)),)),
        SummaryResult(11, "Few", LINK, 1, "No quorum: 1 ballot, and 3 were needed.", ()),
    ),
    outcomes=(Outcome(7, "Docs", LINK, "declined: too early", "the team"), Outcome(6, "x", LINK, "done", "")),
    promises=(
        Promise("Publish data", "the team", LINK, day("2027-01-01"), day("2027-02-06")),
        Promise("Review of proposal 3: Cap", "this server", "", None, day("2027-01-26")),
        Promise("Not yet", "the team", LINK, day("2027-01-01"), day("2027-02-08")),
    ),
    questions=(
        SummaryQuestion("Since when?", LINK, day("2027-02-05")),
        SummaryQuestion("Why 0.05?", LINK, day("2027-01-28")),
    ),
    measures=(
        Measure("Effective number of accounts", 103.4, 98, "", 412, 405, LINK),
        Measure("Median payout", 0.123, math.nan, "%", 300, 0),
        Measure("Turnout", math.nan, 3, "%", 0, 3),
    ),
    argument=SummaryArgument(12, "Caps can be split", LINK, 4),
)


# ---------------------------------------------------------------- by hand


def test_a_whole_week_for_the_forum() -> None:
    assert (
        as_markdown(FULL)
        == rf"""# The week of 1 February 2027

From 2027-01-31 17:00 UTC; data until 2027-02-07 17:00 UTC.

## Closing soon

- [Poll 12: Cap stakes]({LINK}) closes 2027-02-09 17:00 UTC; ballots so far: at least 10; 20 are needed
- [Poll 13: Later]({LINK}) closes 2027-02-10 17:00 UTC; ballots so far: fewer than 5
- [Poll 11: Notice]({LINK}) closes 2027-02-11 17:00 UTC; ballots so far: at least 1,230; 20 are needed

## New and revised

- New: [Proposal 14: Pay \*more\*]({LINK}): payout rule\: 1xCORR instead of 2xCORR
- Revised: Proposal 8: Caps: cap\: 2 % instead of 5 %

## Results

- [Poll 9: Pay MMC]({LINK}): Yes wins (31 ballots). **The strategy decides: they do not agree.**
  - one person: Yes
  - stake: No and Later (tie)
  - sqrt: no result
- [Poll 10: Notice]({LINK}): Yes wins (1 ballot).
- [Poll 11: Few]({LINK}): No quorum\: 1 ballot, and 3 were needed.

## Outcomes

- [Proposal 7: Docs]({LINK}): declined\: too early (the team)
- [Proposal 6: x]({LINK}): done

## Overdue

- 12 days overdue: Review of proposal 3\: Cap (this server)
- 1 day overdue: [Publish data]({LINK}) (the team)
- 10 days without an answer: [Why 0\.05?]({LINK})
- 2 days without an answer: [Since when?]({LINK})

## What changed minds

- After “Caps can be split” 4 votes changed: [proposal 12]({LINK})

## In numbers

- [Effective number of accounts]({LINK}): 103 (n = 412); 98 the week before (n = 405)
- Median payout: 0.123 % (n = 300); the week before is not known
- Turnout: not known
"""
    )


def test_the_headline_counts_and_the_thread_tells() -> None:
    headline, *thread = as_pages(FULL)
    assert headline == (
        "# The week of 1 February 2027\n"
        "3 votes closing soon · 1 new proposal · 1 revised · 3 results, 1 by strategy · 2 outcomes · "
        "2 promises overdue, by up to 12 days · 2 questions unanswered, for up to 10 days\n"
        "From <t:1801414800:f>; data until <t:1802019600:f>."
    )
    assert len(thread) == 1
    assert "closes <t:1802192400:f>; ballots so far: at least 10" in thread[0]
    assert "UTC" not in thread[0]
    told = [line for line in as_markdown(FULL).splitlines() if line.startswith("  - ")]
    assert [line for line in thread[0].splitlines() if line.startswith("  - ")] == told


def test_a_quiet_week_is_one_line() -> None:
    line = "A quiet week: no vote closes soon, and nothing was proposed, decided or answered."
    assert quiet_line(QUIET) == line
    assert as_pages(QUIET) == (
        f"# The week of 1 February 2027\n{line}\nFrom <t:1801414800:f>; data until <t:1802019600:f>.",
    )
    assert as_markdown(QUIET).splitlines()[-1] == line
    owed = replace(QUIET, promises=FULL.promises, questions=FULL.questions[:1], measures=FULL.measures)
    assert quiet_line(owed) == (
        f"{line} Still owed: 2 promises overdue, by up to 12 days · 1 question unanswered, for up to 2 days."
    )


def test_several_weeks_are_named_from_first_to_last() -> None:
    weeks = Period(("2027-W03", "2027-W04", "2027-W05"), CUT_OFF - datetime.timedelta(weeks=3), CUT_OFF)
    assert as_markdown(replace(FULL, period=weeks)).startswith(
        "# The weeks of 18 January to 1 February 2027\n"
    )
    assert quiet_line(replace(QUIET, period=weeks)).startswith("Quiet weeks: no vote")


def test_no_results_are_said_and_other_empty_parts_left_out() -> None:
    text = as_markdown(replace(QUIET, closing=FULL.closing))
    assert "## Results\n\n- No vote ended." in text
    assert re.findall("^## (.*)", text, re.MULTILINE) == ["Closing soon", "Results"]
    headline = as_pages(replace(QUIET, argument=FULL.argument))[0]
    assert "What changed minds is below." in headline


# ---------------------------------------------------------------- what members wrote


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain, 2 % (so)!", "plain, 2 % (so)!"),
        ("**bold** _x_ ~~y~~ `z`", r"\*\*bold\*\* \_x\_ \~\~y\~\~ \`z\`"),
        ("@everyone", "@ everyone"),
        ("<@123> <#4>", "\\<@ 123\\> \\<\\#4\\>"),
        ("[x](https://a.b)", r"(x)(https\://a\.b)"),
        ("a\n# b", "a \\# b"),
        (r"\*", r"\\\*"),
        ("<b>&amp;", r"\<b\>\&amp;"),
        ("||x||", r"\|\|x\|\|"),
        ("a\u202eb\u200b", "ab"),
        ("x" * 201, "x" * 199 + "…"),
        ("", ""),
    ],
)
def test_escaping(text: str, safe: str) -> None:
    assert one_line(text) == safe


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "http://a.b", "https://a.b/x y", "https://a.b/>", ""]
)
def test_what_is_no_link_is_text(link: str) -> None:
    text = as_markdown(replace(QUIET, drafts=(SummaryDraft(1, "Caps", link, "x"),)))
    assert "- New: Proposal 1: Caps: x" in text


def test_a_link_ends_where_it_should() -> None:
    text = as_markdown(replace(QUIET, drafts=(SummaryDraft(1, "Caps", LINK + "/(a)", "x"),)))
    assert f"[Proposal 1: Caps]({LINK}/%28a%29): x" in text


@given(st.text(max_size=300))
def test_nothing_a_member_writes_mentions_anybody_or_leaves_its_line(text: str) -> None:
    safe = one_line(text)
    assert "\n" not in safe
    assert len(safe) <= 3 * 200
    assert discord.utils.escape_mentions(safe) == safe
    assert not re.search(r"(?<!\\)(?:\\\\)*(?:[*`~|\[\]<>#]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z]))", safe)


# ---------------------------------------------------------------- pages


def test_the_longest_lines_fit_the_smallest_page() -> None:
    link = LINK + "a" * (500 - len(LINK))
    promise = Promise("@" * 300, "@" * 300, link, None, day("2001-01-01"))
    summary = replace(
        FULL,
        drafts=(SummaryDraft(10**9, "@" * 300, link, "@" * 300),) * 3,
        outcomes=(Outcome(10**9, "@" * 300, link, "@" * 300, "@" * 300),) * 3,
        promises=(promise,) * 3,
    )
    pages = as_pages(summary, 2000)
    assert max(map(len, pages)) <= 2000
    assert sum(page.count(link) for page in pages) == 9


@pytest.mark.parametrize("limit", [-1, 0, 1999])
def test_too_small_a_page_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match="at least 2,000 characters"):
        as_pages(FULL, limit)


@pytest.mark.slow
def test_no_limit_is_passed_by_a_sign() -> None:
    summary = replace(FULL, drafts=FULL.drafts * 9, questions=FULL.questions * 6)
    for limit in range(2000, 2250):
        pages = as_pages(summary, limit)
        assert max(map(len, pages)) <= limit
    assert len(pages) == 3


wild = st.text(st.sampled_from("@#*<a b"), max_size=250)
long_links = st.builds(lambda size, sign: LINK + sign * size, st.integers(0, 500), st.sampled_from("a("))


@pytest.mark.slow
@given(
    st.lists(st.builds(SummaryDraft, st.integers(1, 9999), wild, long_links, wild), max_size=25),
    st.lists(
        st.builds(
            SummaryResult,
            st.integers(1, 99),
            wild,
            long_links,
            st.integers(0, 9),
            wild,
            st.lists(st.builds(SummaryView, wild, st.lists(wild, max_size=9).map(tuple)), max_size=8).map(
                tuple
            ),
        ),
        max_size=8,
    ),
    st.lists(st.builds(Outcome, st.integers(1, 99), wild, long_links, wild, wild), max_size=5),
    st.integers(2000, 4096),
)
@settings(max_examples=40, deadline=None)
def test_pages_fit_and_lose_no_line(
    drafts: list[SummaryDraft], results: list[SummaryResult], outcomes: list[Outcome], limit: int
) -> None:
    summary = replace(FULL, drafts=tuple(drafts), results=tuple(results), outcomes=tuple(outcomes))
    headline, *thread = as_pages(summary, limit)
    assert all(0 < len(page) <= limit for page in (headline, *thread))
    assert all(page.startswith("## ") for page in thread)
    assert not any(page.splitlines()[-1].startswith("## ") for page in thread)

    def told(text: str) -> list[str]:
        return [
            line for line in text.splitlines() if line.lstrip().startswith("- ") and " closes " not in line
        ]

    assert told("\n".join(thread)) == told(as_markdown(summary))
