"""The card of a result: who won, a bar for each option, by which rule; and the pages behind it."""

from fractions import Fraction
from functools import partial

from features.polls.ballot_text import STEP_WORDS, votes
from features.polls.results.result import PollResult, Shown
from features.polls.results.result_chart import picture_of_result
from features.polls.view import PollView
from governance.votes.ballots import HIGHEST_SCORE
from governance.votes.secrecy import FEWEST, OTHERS
from governance.votes.strategies import STRATEGIES
from ui.answer import Answer
from ui.card import GREEN, GREY, Card, bullets, section, sections
from ui.text import plain
from wording.numbers import counted, listed, number, percent, shortened

FULL, EMPTY, BAR = "▰", "▱", 7  # with thousands of votes a line is still one
MOST_BARS, MOST_FIRST, MOST_LOTS = 4, 4, 2  # on the first screen
MOST_BARS_OF = {"gradient": len(STEP_WORDS), "ranked_irv": 3, "ranked_schulze": 3}
HEAD = (
    "It stands for every ballot and for the result: add `--head` and its digits, the first 16 or all 64, and "
    "a list made up later is found out."
)
BEFORE_HEADS = "It closed before results had a head that can be compared: a list made up later can't be told."
UNITS = {"dots": "dot"}  # of a total; votes elsewhere


def result_answer(view: PollView, result: PollResult) -> Answer:
    """The outcome, then what the same ballots would say under other strategies."""
    poll = view.poll
    told = result.ballots > 0 and not result.too_few
    numeric = result.method == "numeric" and told
    bars = _bars(result) if told and not numeric else []
    most = MOST_BARS_OF.get(result.method, MOST_BARS)
    more = len(bars) - most
    if more > 0:
        bars = [*bars[:most], f"and {more} more: press Details"]
    card = Card(
        plain(result.finding),
        sections(
            f"**#{poll.number} {plain(poll.title)}**",
            "\n".join(bars or result.details),
            "\n".join(_decisive(result)),
        ),
        draw=partial(picture_of_result, result, poll.title) if numeric else None,
        after="\n".join(
            filter(
                None,
                (
                    f"**How it is decided** {view.wins}",
                    "" if result.too_few else f"**Turnout** {_turnout(result)}",
                ),
            )
        ),
        small="\n".join(
            filter(
                None,
                (
                    _flip(result) if result.method == "gradient" else _near(result),
                    f"Head of the list: `{view.head}`" if view.head else "",
                ),
            )
        ),
        colour=GREEN if result.valid else GREY,
    )
    return Answer(card, details=tuple(_pages(view, result)))


def _decisive(result: PollResult) -> list[str]:
    """How rankings decided: the last round of a runoff and the way to it, or the winner's closest pair."""
    if result.closest:
        return [f"**Closest for the winner** {plain(result.closest)}"]
    if not result.rounds:
        return []
    last, first = result.rounds[-1], result.rounds[0]
    told: list[str] = []
    if len(result.rounds) > 1:
        exhausted = Fraction(last.exhausted)
        rest = f"; {votes(exhausted)} of the ballots rank none of these" if exhausted else ""
        told.append(f"**Above, the last of {counted(len(result.rounds), 'round')}**{rest}.")
        ranked = sorted(first.totals.items(), key=lambda row: -Fraction(row[1]))
        chosen = [f"{plain(shortened(name))} {votes(Fraction(total))}" for name, total in ranked[:MOST_FIRST]]
        more = len(ranked) - MOST_FIRST
        others = f", and {counted(more, 'other')}" if more > 0 else ""
        told.append(f"**First choices** {', '.join(chosen)}{others}")
    lots = [(at, each) for at, each in enumerate(result.rounds, 1) if each.lot]
    for at, each in lots[:MOST_LOTS]:
        stayed = len(each.lot) - len(each.out)
        told.append(
            f"**Lot in round {at}** {plain(shortened(each.out[0]))} went out; "
            f"{counted(stayed, 'other')} with as many stayed."
        )
    if len(lots) > MOST_LOTS:
        told.append(f"{counted(len(lots) - MOST_LOTS, 'more lot')}: press Details.")
    if result.unsettled:
        told.append("Whether other lots would have let somebody else win was too much to find out.")
    elif lots and not result.tie:
        told.append("The same option wins however the lots fall.")
    return told


def _bars(result: PollResult) -> list[str]:
    """Each option by name, and below it its bar: most first, steps of agreement in their order.

    Of an instant runoff, those of the last round, with their shares of the ballots that rank one of them.
    """
    graded = result.method == "gradient"
    totals = {option: Fraction(total) for option, total in result.totals.items()}
    if result.rounds:
        totals = {option: Fraction(total) for option, total in result.rounds[-1].totals.items()}
    order = list(STEP_WORDS) if graded else sorted(totals, key=lambda option: -totals[option])
    lines: list[str] = []
    for option in order:
        total = totals.get(option, Fraction(0))
        share = result.shares.get(option, float(total / max(1, len(totals) - 1)))
        if result.rounds:
            share = float(total / (sum(totals.values()) or 1))
        name = plain(STEP_WORDS.get(option, option) if graded else option)
        filled = min(BAR, round(BAR * share))
        told = f"**{name}**" if option in result.winners else name
        lines.append(f"{told}\n{FULL * filled}{EMPTY * (BAR - filled)} {_said(result, total, share)}")
    return lines


def _said(result: PollResult, total: Fraction, share: float) -> str:
    """What an option got: its share, and of what."""
    if result.method == "ranked_schulze":
        return f"beats {total} of {len(result.totals) - 1}"
    if result.method == "score":
        return f"mean {number(round(float(total / result.ballots), 2))} of {HIGHEST_SCORE}"
    unit = UNITS.get(result.method, "vote")
    got = counted(int(total), unit) if total.denominator == 1 else f"{votes(total)} {unit}s"
    return f"{percent(share)} · {got}"


def _turnout(result: PollResult) -> str:
    told = counted(result.ballots, "ballot")
    if result.empty:
        told += f", {result.empty:,} abstained"
    if result.electorate > result.took_part:
        told += f", of {counted(result.electorate, 'member')} the bot knows"
    if result.quorum:
        told += f"; the quorum of {result.quorum:,} was {'met' if result.valid else 'missed'}"
    return told


def _near(result: PollResult) -> str:
    """How sure it is; the share of a leader only where there is one."""
    if result.interval is None:
        return _flip(result)
    low, high = result.interval
    whose = "share in favour" if result.method == "gradient" else f"share of {plain(result.winners[0])}"
    sure = f"With so few ballots the {whose} could be {percent(low)} to {percent(high)} (95 %)."
    return f"{sure} {_flip(result)}".rstrip()


def _flip(result: PollResult) -> str:
    """How few would change it: all that fits the card of five steps, whose interval stands in its details."""
    return "" if result.flip is None else f"{counted(result.flip, 'more ballot')} alike could change it."


def _pages(view: PollView, result: PollResult) -> list[Card]:
    """What stands behind a result."""
    pages: list[Card] = []
    if result.ballots and not result.too_few:
        pages.append(
            Card(
                "Every option, one member, one vote",
                sections(bullets(result.details), section("Turnout", _turnout(result))),
                small=_near(result),
            )
        )
        drawn = None if result.method == "numeric" else partial(picture_of_result, result, view.poll.title)
        pages.append(
            Card(
                _others(result),
                "\n".join(strategy_rows(result)),
                draw=drawn,
                small=f"Shares of the weight, in steps of 5; at least {FEWEST} members stand behind each."
                if any(each.shares is not None for each in result.strategies)
                else "",
            )
        )
    if result.turnout:
        parts = "\n".join(
            f"• {_tenth(at)}: {voted} of {members}" for at, (members, voted) in enumerate(result.turnout)
        )
        pages.append(Card("Who voted, by tenth of verified stake", parts))
    if view.reasons:
        pages.append(Card("Why members voted as they did", _reasons(view)))
    pages.append(_recount(view))
    return pages


def _recount(view: PollView) -> Card:
    """How anybody checks the result, and what no check can tell."""
    number = view.poll.number
    return Card(
        "Count it yourself",
        sections(
            "`/poll export` gives two files: the poll without names, and `verify.py`. "
            f"Put them into one folder:\n```\npython verify.py poll-{number}.json\n```\n"
            "It needs Python 3.9 or newer and nothing else, and says what it checked.",
            section("Head of the list", f"`{view.head}`\n{HEAD}") if view.head else BEFORE_HEADS,
            "**Check my receipt**, under My ballot, tells whether your ballot is in the list, unchanged.",
            section(
                "What the list tells of you",
                "How you voted, once among all others: no order and no time. A receipt finds its own ballot "
                "and no other, so keep yours to yourself.",
            ),
            section(
                "What nobody can check",
                "That every ballot is a member's, that nobody was kept from voting, and that none was left "
                "out before the close, unless its voter looks: for that you trust whoever runs the bot.",
            ),
        ),
    )


def _tenth(at: int) -> str:
    return "The smallest tenth" if at == 0 else "The largest tenth" if at == 9 else f"Tenth {at + 1}"


def _others(result: PollResult) -> str:
    shown = [each for each in result.strategies if each.shares is not None]
    if not shown:
        return "The same ballots, weighed otherwise: not shown"
    flips = [each for each in shown if each.flips]
    if not flips:
        return "The same ballots, weighed otherwise: nobody else leads clearly"
    names = listed([STRATEGIES[each.name].words for each in flips])
    return f"The same ballots, weighed by {names}: another option leads"


def strategy_rows(result: PollResult) -> list[str]:
    """A row for each other strategy, with every option in it or why it has no share.

    Strategies of which nothing is shown, for the same reason, are one row.
    """
    about = Shown.of(result)
    rows: list[str] = []
    refused: dict[str, list[str]] = {}
    for each in result.strategies:
        name = STRATEGIES[each.name].words
        if each.shares is None:
            refused.setdefault(each.sentence, []).append(name)
            continue
        told = [
            f"{plain(_label(about, label))} {share} %"
            for label, share in sorted(each.shares.items(), key=lambda row: (row[0] == OTHERS, -row[1]))
        ]
        told += [f"{plain(listed(options))}: not told, {why}" for why, options in about.missing.items()]
        row = f"**{name[:1].upper()}{name[1:]}** {'; '.join(told)}."
        if each.flips:
            row += f" **{plain(_label(about, each.leaders[0]))} leads here.**"
        if each.effective_voters is not None and each.smallest_majority is not None:
            row += (
                f" It weighs like {counted(each.effective_voters, 'equal vote')}; "
                f"{counted(int(each.smallest_majority), 'voter holds', 'voters hold')} more than half, "
                f"the top 3 hold {percent(each.top_three or 0.0)}."
            )
        rows.append(row)
    for sentence, names in refused.items():
        together = listed(names)
        rows.append(f"**{together[:1].upper()}{together[1:]}** Not shown. {plain(sentence)}")
    return rows


def _label(about: Shown, label: str) -> str:
    joined = about.joined.get(label)
    return about.named[label] + (f" ({', '.join(joined)})" if joined else "")


def _reasons(view: PollView) -> str:
    return "\n".join(
        f"“{plain(reason.text)}”" + (f" <@{reason.member_id}>" if reason.member_id else "")
        for reason in view.reasons
    )
