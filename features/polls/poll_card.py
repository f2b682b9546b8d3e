"""Cards of polls: the public one while it is open, one's own ballot with its receipt, and lists."""

from collections.abc import Sequence

from discord.utils import format_dt

from features.polls.ballot_text import STEP_WORDS, in_words
from features.polls.view import MyBallot, PollLine, PollView
from governance.votes.ballots import METHODS
from governance.votes.secrecy import ballots_so_far
from ui.answer import Answer
from ui.card import AMBER, BLUE, GREY, Card, section, sections
from ui.text import plain, shortened
from wording.numbers import counted

PROMISES = "One ballot each, hidden until the close; change it as often as you like. /poll my shows yours."
TOLD = "That number is looked up every ten minutes and told in steps of 5, so nobody sees when you voted."
FEW_OPTIONS, MOST_SAID = 8, 280  # options and characters of the description on the first screen


def poll_answer(view: PollView) -> Answer:
    """A poll without a result: open, or cancelled."""
    poll = view.poll
    heading = f"Poll #{poll.number}: {plain(poll.title)}"
    said, options = plain(poll.description), [f"• {plain(option)}" for option in options_in_words(view)]
    more = len(options) - FEW_OPTIONS
    few = options if more <= 1 else [*options[:FEW_OPTIONS], f"• and {more} more: press Vote or Details"]
    text = sections(shortened(said, MOST_SAID), "\n".join(few))
    if poll.state != "open":
        return Answer(Card(heading, text, after="**Cancelled**, without a result.", colour=GREY))
    wins, enough, known = view.wins, enough_words(view), _known(view)
    extended = ", extended once because many voted late" if poll.extended else ""
    after = [
        f"**What wins** {wins}",
        f"**Closes** {format_dt(poll.closes_at, 'f')} ({format_dt(poll.closes_at, 'R')}){extended}",
        f"**Ballots so far** {ballots_so_far(poll.told, poll.quorum)}",
    ]
    if view.who_may:
        after.append(f"**Who may vote** {view.who_may}")
    return Answer(
        Card(
            heading,
            text,
            after="\n".join(after),
            small=f"Your ballot is hidden until the close, and yours to change until then. {enough}",
            colour=AMBER,
        ),
        details=(
            Card(
                "How this vote works",
                sections(
                    section("How to vote", f"{METHODS[view.method].words.capitalize()}. {PROMISES}"),
                    section("What wins", wins),
                    section("Who may vote", view.who_may or "Everybody on this server."),
                    section(
                        "How many are needed", f"{ballots_so_far(poll.told, poll.quorum)}. {TOLD} {enough}"
                    ),
                    section("Abstaining", "It counts as taking part, and so towards what is needed."),
                    section("Leaving", "A ballot that was cast counts, even if its member has left since."),
                    section("Who is counted as a member", known) if known else "",
                    section(
                        "Ties",
                        "By lot, which is fixed already: the fingerprint of its seed begins with "
                        f"`{poll.tie_commitment[:16]}`, and the seed is published with the result.",
                    ),
                    said if len(said) > MOST_SAID else "",
                    section("Options", "\n".join(options)) if more > 1 else "",
                ),
                colour=AMBER,
            ),
        ),
    )


def hidden_poll_card(view: PollView) -> Card:
    """What is shown in place of a poll that moderators took out of sight."""
    return Card(f"Poll #{view.poll.number} is hidden.", plain(view.hidden), colour=GREY)


def enough_words(view: PollView) -> str:
    """From how many ballots on something is told of them."""
    least = view.poll.rule.least_ballots
    if least == 1:
        return "The result is told however few take part, so your ballot could be read from it."
    return f"Should fewer than {least:,} take part, nothing is told of how they voted."


def _known(view: PollView) -> str:
    if not view.poll.electorate:
        return ""
    return (
        f"{counted(view.poll.electorate, 'member')}, and whoever else votes: those the bot knew when it "
        "opened, with a verified account or active in proposals, polls or opinions in the 90 days before."
    )


def options_in_words(view: PollView) -> list[str]:
    """What can be voted for, as people read it."""
    if view.method == "gradient":
        return list(STEP_WORDS.values())
    if view.method == "numeric":
        if not view.options:
            return ["Any number"]
        low, high, step = view.options
        return [f"{low} to {high}, in steps of {step}"]
    return list(view.options)


def ballot_card(mine: MyBallot) -> Card:
    """One's own ballot, and the receipt that proves it is counted."""
    return Card(
        f"Your ballot in poll #{mine.number}",
        shortened(plain(in_words(mine.method, mine.choice)), 3000),
        after=f"**Receipt**\n```\n{mine.receipt}\n```",
        small="Keep it to check the published list later. It proves how you voted: show it to nobody.",
    )


def no_ballot_card(view: PollView) -> Card:
    """For a member who has not voted."""
    poll = view.poll
    closes = f"It closes {format_dt(poll.closes_at, 'R')}." if poll.state == "open" else "It is closed."
    return Card(f"You have not voted in poll #{poll.number}.", f"{plain(poll.title)}\n{closes}", colour=GREY)


def polls_card(lines: Sequence[PollLine], page: int, pages: int, total: int) -> Card:
    """A page of polls, newest first."""
    return Card(
        counted(total, "poll"),
        "\n".join(
            f"**#{line.number}** {plain(line.title)}\n{METHODS[line.method].words} · "
            + (f"closes {format_dt(line.closes_at, 'R')}" if line.state == "open" else line.state)
            for line in lines
        )
        or "No polls yet. Start one with /poll new.",
        small=f"Page {page} of {max(1, pages)}",
        colour=BLUE,
    )
