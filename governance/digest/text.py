"""The weekly summary in words: for the forum, and for a message with a thread below it."""

import datetime
import math
from collections.abc import Callable, Sequence

from governance.digest.promise import Promise, by_urgency, check_link, overdue_days, unanswered_days
from governance.digest.summary import (
    Measure,
    Outcome,
    Summary,
    SummaryDraft,
    SummaryQuestion,
    SummaryResult,
    is_quiet,
    week_in_words,
)
from governance.text import clean_line, counted, escaped

LEAST_LIMIT = 2000  # what a message of Discord holds, and more than the longest line

_LONGEST_TEXT = 200  # of what members wrote, before escaping makes three of one
_LONGEST_NAME = 100

_Stamp = Callable[[datetime.datetime], str]


def as_markdown(summary: Summary) -> str:
    """The summary as a post for a forum, what members wrote escaped; times in UTC."""
    lines = [_title(summary), "", _until(summary, _in_utc)]
    if is_quiet(summary):
        return "\n".join([*lines, "", quiet_line(summary), ""])
    for heading, section in _sections(summary, _in_utc):
        lines += ["", f"## {heading}", "", *section]
    return "\n".join([*lines, ""])


def as_pages(summary: Summary, limit: int = 4000) -> tuple[str, ...]:
    """The summary for Discord: a headline, then pages for the thread below it, each of at most limit signs.

    What members wrote is escaped, times are stamps that everybody reads in their own zone. A quiet week has
    the headline alone. Raises ValueError for a limit below 2,000.
    """
    if limit < LEAST_LIMIT:
        raise ValueError(f"A page needs room for at least {LEAST_LIMIT:,} characters.")
    quiet = is_quiet(summary)
    says = quiet_line(summary) if quiet else _counts(summary)
    headline = "\n".join((_title(summary), says, _until(summary, _as_stamp)))
    pages: list[str] = []
    for heading, section in () if quiet else _sections(summary, _as_stamp):
        fresh = f"## {heading}\n{section[0]}"
        if pages and len(pages[-1]) + 1 + len(fresh) <= limit:
            pages[-1] += "\n" + fresh
        else:
            pages.append(fresh)
        for line in section[1:]:
            if len(pages[-1]) + 1 + len(line) <= limit:
                pages[-1] += "\n" + line
            else:
                pages.append(f"## {heading}, continued\n{line}")
    return headline, *pages


def quiet_line(summary: Summary) -> str:
    """One line for a week in which nothing happened, and what is still owed."""
    weeks = "A quiet week" if len(summary.period.keys) == 1 else "Quiet weeks"
    owed = _owed(summary)
    return f"{weeks}: no vote closes soon, and nothing was proposed, decided or answered." + (
        f" Still owed: {' · '.join(owed)}." if owed else ""
    )


def one_line(text: str, longest: int = _LONGEST_TEXT) -> str:
    """What a member wrote, as it is read: on one line, without markup, mention or link, and not too long."""
    line = clean_line(text)
    return escaped(line if len(line) <= longest else line[: longest - 1] + "…", links=False)


def _sections(summary: Summary, stamp: _Stamp) -> list[tuple[str, Sequence[str]]]:
    today = summary.cut_off.date()
    closing = [
        f"- {_poll(vote.number, vote.title, vote.link)} closes {stamp(vote.closes_at)}; "
        f"ballots so far: {vote.so_far}"
        for vote in sorted(summary.closing, key=lambda vote: vote.closes_at)
    ]
    owed = [_promise(promise, today) for promise in by_urgency(summary.overdue, today)]
    owed += [_question(question, today) for question in sorted(summary.questions, key=lambda q: q.asked_on)]
    argument = summary.argument
    moved = argument and [
        f"- After “{one_line(argument.text)}” {counted(argument.moved, 'vote')} changed: "
        + _linked(f"proposal {argument.number}", argument.link)
    ]
    sections = [
        ("Closing soon", closing),
        ("New and revised", [_draft(draft) for draft in summary.drafts]),
        ("Results", [line for result in summary.results for line in _result(result)] or ["- No vote ended."]),
        ("Outcomes", [_outcome(outcome) for outcome in summary.outcomes]),
        ("Overdue", owed),
        ("What changed minds", moved),
        ("In numbers", [*map(_measure, summary.measures), *(f"- {each}" for each in summary.moves)]),
    ]
    return [(heading, section) for heading, section in sections if section]


def _draft(draft: SummaryDraft) -> str:
    state = "Revised" if draft.revised else "New"
    return f"- {state}: {_proposal(draft.number, draft.title, draft.link)}: {one_line(draft.difference)}"


def _result(result: SummaryResult) -> list[str]:
    flips = " **The strategy decides: they do not agree.**" if result.flips else ""
    ballots = f" ({counted(result.ballots, 'ballot')})" if result.views else ""  # else the finding says it
    finding = one_line(result.finding.removesuffix("."))
    return [f"- {_poll(result.number, result.title, result.link)}: {finding}{ballots}.{flips}"] + [
        f"  - {one_line(view.strategy)}: {one_line(' and '.join(view.winners) or 'no result')}"
        + (" (tie)" if len(view.winners) > 1 else "")
        for view in result.views
        if len(result.views) > 1
    ]


def _outcome(outcome: Outcome) -> str:
    who = f" ({one_line(outcome.by_whom, _LONGEST_NAME)})" if outcome.by_whom else ""
    return f"- {_proposal(outcome.number, outcome.title, outcome.link)}: {one_line(outcome.what)}{who}"


def _promise(promise: Promise, today: datetime.date) -> str:
    days = counted(overdue_days(promise, today), "day")
    who = one_line(promise.by_whom, _LONGEST_NAME)
    return f"- {days} overdue: {_linked(one_line(promise.what), promise.link)} ({who})"


def _question(question: SummaryQuestion, today: datetime.date) -> str:
    days = counted(unanswered_days(question.asked_on, today), "day")
    return f"- {days} without an answer: {_linked(one_line(question.what), question.link)}"


def _measure(measure: Measure) -> str:
    def spelled(value: float) -> str:
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"

    unit = f" {measure.unit}" if measure.unit else ""
    name = _linked(one_line(measure.name), measure.link)
    if math.isnan(measure.now):
        return f"- {name}: not known"
    now = f"- {name}: {spelled(measure.now)}{unit} (n = {measure.n:,})"
    if math.isnan(measure.before):
        return f"{now}; the week before is not known"
    return f"{now}; {spelled(measure.before)}{unit} the week before (n = {measure.n_before:,})"


def _counts(summary: Summary) -> str:
    flips = sum(result.flips for result in summary.results)
    new = sum(not draft.revised for draft in summary.drafts)
    told = [
        (len(summary.closing), counted(len(summary.closing), "vote") + " closing soon"),
        (new, counted(new, "new proposal")),
        (len(summary.drafts) - new, f"{len(summary.drafts) - new} revised"),
        (
            len(summary.results),
            counted(len(summary.results), "result") + (f", {flips} by strategy" if flips else ""),
        ),
        (len(summary.outcomes), counted(len(summary.outcomes), "outcome")),
    ]
    parts = [words for count, words in told if count] + _owed(summary)
    return " · ".join(parts) or "What changed minds is below."


def _owed(summary: Summary) -> list[str]:
    today, overdue, questions = summary.cut_off.date(), summary.overdue, summary.questions
    parts: list[str] = []
    if overdue:
        days = max(overdue_days(promise, today) for promise in overdue)
        parts.append(f"{counted(len(overdue), 'promise')} overdue, by up to {counted(days, 'day')}")
    if questions:
        days = max(unanswered_days(question.asked_on, today) for question in questions)
        parts.append(f"{counted(len(questions), 'question')} unanswered, for up to {counted(days, 'day')}")
    return parts


def _title(summary: Summary) -> str:
    weeks = week_in_words(summary.period.keys)
    return f"# {weeks[:1].upper()}{weeks[1:]}"


def _until(summary: Summary, stamp: _Stamp) -> str:
    return f"From {stamp(summary.period.starts)}; data until {stamp(summary.cut_off)}."


def _proposal(number: int, title: str, link: str) -> str:
    return _linked(f"Proposal {number}: {one_line(title, _LONGEST_NAME)}", link)


def _poll(number: int, title: str, link: str) -> str:
    return _linked(f"Poll {number}: {one_line(title, _LONGEST_NAME)}", link)


def _linked(text: str, link: str) -> str:
    try:
        return f"[{text}]({check_link(link.replace('(', '%28').replace(')', '%29'))})"
    except ValueError:
        return text


def _in_utc(moment: datetime.datetime) -> str:
    return f"{moment.astimezone(datetime.UTC):%Y-%m-%d %H:%M} UTC"


def _as_stamp(moment: datetime.datetime) -> str:
    return f"<t:{math.floor(moment.timestamp())}:f>"
