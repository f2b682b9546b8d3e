"""Cards of proposals: the public one, the whole text, lists, what a revision changes, and drafts."""

from collections.abc import Sequence

import discord
from discord.utils import format_dt

from features.proposals.drafts import DraftView, Revising
from features.proposals.view import ProposalLine, ProposalView
from governance.proposals.parameters import spelled
from governance.proposals.proposal import KINDS, Proposal
from governance.proposals.revision import Change
from governance.proposals.stages import NAMES
from ui.card import AMBER, BLUE, FIELD, GREEN, GREY, bullets
from ui.text import ADVISORY, MESSAGE, fitted, plain, shortened
from wording.numbers import counted

LABELS = {"wrong_if": "What would show it was wrong"}
DETAILS = ("evidence", "alternatives", "drawbacks", "wrong_if")
PAGE = 8  # proposals on a page of a list
EMBED = 4000  # characters of a description that leave room for its title


def proposal_card(view: ProposalView) -> discord.Embed:
    """What everybody sees: the change first, where it stands, and what it needs next."""
    proposal = view.proposal
    if view.hidden_reason is not None:
        card = discord.Embed(title=f"#{view.number} is hidden", colour=GREY)
        card.description = f"By the moderators: {plain(view.hidden_reason)}"
        return card
    card = discord.Embed(title=heading(view.number, proposal.title), colour=_colour(view.stage))
    card.description = (
        f"**The change.** {plain(proposal.change)}\n\n**The problem.** {plain(proposal.problem)}"
    )
    if parameters := _parameters(proposal):
        card.add_field(name="Parameters", value=parameters, inline=False)
    card.add_field(name="Where it stands", value=_standing(view), inline=False)
    counts = view.arguments_by_side
    card.add_field(
        name="So far",
        value=f"{view.seconds} of {counted(view.seconds_needed, 'seconding')} · {counts['for']} for · "
        f"{counts['against']} against · {counted(counts['question'], 'question')}",
        inline=False,
    )
    if view.poll is not None:
        said = "open" if view.poll.state == "open" else f"{view.poll.state}, see /poll results"
        card.add_field(name="Vote", value=f"Poll #{view.poll.number}: {said}", inline=False)
    for response in view.responses[-1:]:
        link = f"\n<{response.link}>" if response.link else ""
        card.add_field(
            name=f"Answer of the team: {response.outcome}",
            value=shortened(plain(response.statement), FIELD - len(link)) + link,
            inline=False,
        )
    card.set_footer(
        text=f"{proposal.tournament.title()} · {KINDS[proposal.kind]} · revision {view.revision} · "
        f"{view.content_hash[:8]} · {ADVISORY}"
    )
    return fitted(card, MESSAGE)


def text_cards(view: ProposalView) -> list[discord.Embed]:
    """The whole text, in cards that each fit into one message."""
    proposal = view.proposal
    cards = [discord.Embed(title=heading(view.number, proposal.title), colour=BLUE)]
    cards[
        0
    ].description = f"**The problem**\n{plain(proposal.problem)}\n\n**The change**\n{plain(proposal.change)}"
    details = [(name, getattr(proposal, name)) for name in DETAILS if getattr(proposal, name)]
    for first in range(0, len(details), 2):
        card = discord.Embed(colour=BLUE)
        card.description = "\n\n".join(
            f"**{label(name).capitalize()}**\n{plain(text)}" for name, text in details[first : first + 2]
        )
        cards.append(card)
    lines = [f"**{name}** {plain(value)}" for name, value in spelled(proposal.parameters).items()]
    card = discord.Embed(title="Parameters", colour=BLUE)
    for line in lines:
        if len(card.description or "") + len(line) > EMBED:
            cards.append(card)
            card = discord.Embed(colour=BLUE)
        card.description = "\n".join(filter(None, (card.description, line)))
    return [*cards, card] if card.description else cards


def arguments_cards(view: ProposalView) -> list[discord.Embed]:
    """Arguments for and against, and open questions; newest last, nobody named."""
    cards: list[discord.Embed] = []
    for side, title, colour in (
        ("for", "For", GREEN),
        ("against", "Against", AMBER),
        ("question", "Questions", BLUE),
    ):
        claims = [each for each in view.arguments if each.side == side]
        if not claims:
            continue
        lines = [f"{each.argument_id}. {plain(each.claim)}" for each in claims]
        kept = lines
        while len("\n".join(kept)) > EMBED // 2:
            kept = kept[1:]
        earlier = (
            f"({counted(len(lines) - len(kept), 'earlier one')} left out)\n" if len(kept) < len(lines) else ""
        )
        cards.append(discord.Embed(title=title, description=earlier + "\n".join(kept), colour=colour))
    return cards


def list_card(lines: Sequence[ProposalLine], page: int, pages: int, total: int) -> discord.Embed:
    """A page of proposals, newest first."""
    card = discord.Embed(title=counted(total, "proposal"), colour=BLUE)
    card.description = (
        "\n".join(
            f"**#{line.number}** {plain(line.title)}\n{NAMES[line.stage]} · {KINDS[line.kind]} · "
            f"{line.tournament.title()} · {line.seconds} seconded{_hidden(line)}"
            for line in lines
        )
        or "Nothing here yet. Start one with /proposal new."
    )
    card.set_footer(text=f"Page {page} of {max(1, pages)} · /proposal show number:… opens one")
    return card


def revision_card(revising: Revising) -> discord.Embed:
    """What a revision changes, word by word, and what it does to secondings."""
    card = discord.Embed(title=f"Revision of #{revising.number}", colour=AMBER)
    if not revising.changes:
        card.description = "Nothing is different yet."
        return card
    room = 5200
    for change in revising.changes[:20]:
        text = shortened(_diff(change), min(FIELD, room))
        room -= len(text) + 40
        if room < 100:
            card.add_field(name="…", value="More changed than fits here.", inline=False)
            break
        card.add_field(name=label(change.field).capitalize(), value=text, inline=False)
    card.set_footer(text=revising.consequence[:2048])
    return card


def draft_card(view: DraftView) -> discord.Embed:
    """A draft with what is missing, and what exists already."""
    title = view.title or "Your draft"
    card = discord.Embed(title=shortened(plain(title), 200), colour=GREY)
    if view.problem:
        card.description = f"**Not ready to be filed.** {plain(view.problem)}"
    elif view.proposal is not None:
        card.description = shortened(plain(view.proposal.change), 1000)
        if parameters := _parameters(view.proposal):
            card.add_field(name="Parameters", value=parameters, inline=False)
    for severity, name in (("must", "Needed before the last call"), ("should", "Better with")):
        found = [finding.sentence for finding in view.findings if finding.severity == severity]
        if found:
            card.add_field(name=name, value=bullets(found), inline=False)
    if view.nearest:
        near = [f"#{number} {title}" for number, title in view.nearest]
        card.add_field(name="Much like it already", value=bullets(near), inline=False)
    card.set_footer(text="Only you see this. The draft is kept until you file or discard it.")
    return card


def heading(number: int, title: str) -> str:
    """ "#12 Title" that fits into the title of a card or a thread."""
    return shortened(f"#{number} {plain(title)}", 256)


def label(field: str) -> str:
    """What a field is called for readers."""
    return LABELS.get(field, field.replace("_", " "))


def _parameters(proposal: Proposal) -> str:
    lines = [
        f"`{name}` {shortened(plain(each), 160)}"
        for name, value in spelled(proposal.parameters).items()
        for each in value.split("\n")
    ]
    total = len(lines)
    while len("\n".join(lines)) > FIELD - 40:
        lines = [*lines[:-2], f"… and {total - len(lines) + 2} more"]
    return "\n".join(lines)


def _standing(view: ProposalView) -> str:
    lines = [f"**{NAMES[view.stage].capitalize()}** since {format_dt(view.since, 'd')}"]
    for step in view.steps:
        if step.to in ("withdrawn", "superseded", "stale"):
            continue
        lines.append(
            f"Next {NAMES[step.to]}: "
            + (" ".join(step.missing) if step.missing else f"ready for its {step.who}.")
        )
        break
    if view.lacking:
        lines.append(f"{counted(view.lacking, 'thing')} to fill in before the last call.")
    return shortened("\n".join(lines), FIELD)


def _diff(change: Change) -> str:
    if not change.before:
        return f"now: {plain(change.after)}"
    if not change.after:
        return f"gone: ~~{plain(change.before)}~~"
    kept = sum(len(run.text) for run in change.runs if run.kind == "same")
    kinds = {run.kind for run in change.runs}
    if {"removed", "added"} <= kinds and 2 * kept < max(
        len(change.before), len(change.after)
    ):  # words that stayed by chance only confuse
        return f"~~{plain(shortened(change.before, 240))}~~\n**{plain(shortened(change.after, 240))}**"
    marks = {"same": "", "removed": "~~", "added": "**"}
    parts: list[str] = []
    for run in change.runs:
        mark = marks[run.kind]
        text = plain(run.text)
        if not mark or not text.strip():
            parts.append(text if mark else plain(_middle(run.text)))
        else:
            inner = text.strip()
            parts.append(text.replace(inner, f"{mark}{inner}{mark}", 1))
    return "".join(parts)


def _middle(text: str) -> str:
    """Unchanged words: only those next to a change are needed."""
    return text if len(text) <= 160 else f"{text[:70]} … {text[-70:]}"


def _hidden(line: ProposalLine) -> str:
    return " · hidden" if line.hidden else ""


def _colour(stage: str) -> int:
    return {"idea": GREY, "discussion": BLUE, "last_call": AMBER, "vote": AMBER}.get(stage, GREEN)
