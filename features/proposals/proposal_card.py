"""Cards of proposals: the public one, the whole text, the arguments and lists."""

from collections.abc import Sequence
from datetime import datetime

from discord.utils import format_dt

from features.proposals.view import ProposalLine, ProposalView
from governance.proposals.parameters import spelled
from governance.proposals.proposal import KINDS
from governance.proposals.stages import NAMES
from ui.card import AMBER, BLUE, GREEN, GREY, Card, bullets, fitting, section, sections
from ui.text import ADVISORY, plain, shortened
from wording.numbers import counted

LABELS = {"wrong_if": "What would show it was wrong"}
DETAILS = ("evidence", "alternatives", "drawbacks", "wrong_if")
SIDES = (("for", "Arguments for it", GREEN), ("against", "Arguments against it", AMBER),
         ("question", "Questions", BLUE))  # fmt: skip
ASIDE = ("withdrawn", "superseded", "stale")  # ways out, not on
TWO_LINES = 120  # characters
NO_EFFECT_YET = "What it would do can't be told just now; it follows by itself."


def proposal_card(view: ProposalView) -> Card:
    """What everybody sees: what would change, what that does, where it stands and what it needs next."""
    proposal = view.proposal
    if view.hidden_reason is not None:
        return Card(
            f"#{view.number} is hidden", f"By the moderators: {plain(view.hidden_reason)}", colour=GREY
        )
    effect = NO_EFFECT_YET if view.effect is None else plain(view.effect.sentence)
    computed = f"Computed on {view.effect.basis}" if view.effect is not None and view.effect.basis else ""
    counts = view.arguments_by_side
    argued = f"{counts['for']} for, {counts['against']} against, {counted(counts['question'], 'question')}"
    return Card(
        heading(view.number, proposal.title),
        sections(
            _cut(plain(" ".join(proposal.change.split())), TWO_LINES),
            section("What it would do", effect),
            f"{_progress(view)}\n{argued}",
        ),
        after="\n".join((*_standing(view), *_decided(view))),
        small="\n".join(
            filter(
                None,
                (
                    computed,
                    f"{proposal.tournament.title()} · {KINDS[proposal.kind]} · revision {view.revision} · "
                    f"{view.content_hash[:8]}",
                    ADVISORY,
                ),
            )
        ),
        colour=_colour(view.stage),
    )


def text_pages(view: ProposalView) -> tuple[Card, ...]:
    """Everything that is known of a proposal, page by page."""
    proposal = view.proposal
    if view.hidden_reason is not None:
        return (proposal_card(view),)
    why = [section(label(name).capitalize(), plain(getattr(proposal, name))) for name in DETAILS]
    lines = [f"**{name}** {plain(value)}" for name, value in spelled(proposal.parameters).items()]
    effect = view.effect.sentence if view.effect is not None else NO_EFFECT_YET
    stands = [
        section("Stage", "\n".join(_standing(view))),
        section("Next steps", bullets([_step(to, who, missing) for to, who, missing in _onward(view)])),
        section(
            "To fill in before the last call",
            bullets([each.sentence for each in view.findings if each.severity == "must"]),
        ),
        section("Better with", bullets([each.sentence for each in view.findings if each.severity != "must"])),
        section("What it would do", plain(effect)),
    ]
    answers = [
        section(
            f"{response.outcome.capitalize()}, {format_dt(response.responded_at, 'd')}",
            "\n".join(filter(None, (plain(response.statement), response.link and f"<{response.link}>"))),
        )
        for response in view.responses
    ]
    cards = [
        Card(
            heading(view.number, proposal.title),
            sections(
                section("The change", plain(proposal.change)), section("The problem", plain(proposal.problem))
            ),
        ),
        *([Card("Reasons, and what may speak against it", sections(*why))] if any(why) else []),
        *([Card("Parameters", "\n".join(lines))] if lines else []),
        Card("Where it stands", sections(*stands)),
        *([Card("Answers of the team", sections(*answers))] if answers else []),
        *arguments_cards(view),
    ]
    return tuple(part for card in cards for part in fitting(card))


def arguments_cards(view: ProposalView) -> tuple[Card, ...]:
    """Arguments for and against, and open questions; newest last, nobody named."""
    cards: list[Card] = []
    for side, title, colour in SIDES:
        lines = [f"{each.argument_id}. {plain(each.claim)}" for each in view.arguments if each.side == side]
        if lines:
            cards.append(Card(title, "\n".join(lines), colour=colour))
    return tuple(part for card in cards for part in fitting(card))


def list_card(lines: Sequence[ProposalLine], page: int, pages: int, total: int) -> Card:
    """A page of proposals, newest first."""
    return Card(
        counted(total, "proposal"),
        "\n".join(
            f"**#{line.number} {plain(line.title)}**\n"
            f"-# {NAMES[line.stage].capitalize()} · {KINDS[line.kind]}"
            f"{'' if line.tournament == 'classic' else f' · {line.tournament.title()}'} · "
            f"{line.seconds} seconded{' · hidden' if line.hidden else ''}"
            for line in lines
        )
        or "Nothing here yet. Start one with /proposal new.",
        small=f"Page {page} of {max(1, pages)} · /proposal show number:… opens one",
    )


def heading(number: int, title: str) -> str:
    """ "#12 Title" that fits into the title of a card or a thread."""
    return shortened(f"#{number} {plain(title)}", 256)


def label(field: str) -> str:
    """What a field is called for readers."""
    return LABELS.get(field, field.replace("_", " "))


def _progress(view: ProposalView) -> str:
    """ "■■□ 2 of 3 secondings"."""
    most = min(10, view.seconds_needed)
    full = min(most, most * view.seconds // view.seconds_needed)
    return f"{'■' * full}{'□' * (most - full)} {view.seconds} of {counted(view.seconds_needed, 'seconding')}"


def _standing(view: ProposalView) -> list[str]:
    lines = [f"**{NAMES[view.stage].capitalize()}** since {format_dt(view.since, 'd')}"]
    step = next((each for each in view.steps if each.to not in ASIDE), None)
    if step is not None:
        when = f", from {format_dt(step.due, 'd')}" if step.due else ""
        lacking = " ".join(step.besides_time) or ("" if when else f"ready for its {step.who}.")
        lines.append(f"Next {NAMES[step.to]}{when}" + (f": {lacking}" if lacking else ""))
    if view.lacking and not any("filled in" in line for line in lines):
        lines.append(f"{counted(view.lacking, 'thing')} to fill in before the last call")
    return lines


def _onward(view: ProposalView) -> list[tuple[str, str, str]]:
    return [(step.to, step.who, _told(step.missing, step.due)) for step in view.steps]


def _told(missing: Sequence[str], due: datetime | None) -> str:
    return " ".join(missing) or (f"possible since {format_dt(due, 'd')}" if due else "possible now")


def _step(to: str, who: str, missing: str) -> str:
    by = {"clock": "by itself", "author": "by its author", "moderator": "by a moderator"}[who]
    return f"{NAMES[to].capitalize()}, {by}: {missing}"


def _decided(view: ProposalView) -> list[str]:
    lines: list[str] = []
    if view.poll is not None:
        said = "open" if view.poll.state == "open" else f"{view.poll.state}, see /poll results"
        lines.append(f"**Vote** Poll #{view.poll.number}: {said}")
    for response in view.responses[-1:]:
        told = _cut(plain(" ".join(response.statement.split())), TWO_LINES)
        link = f" <{response.link}>" if response.link else ""
        lines.append(f"**The team: {response.outcome}.** {told}{link}")
    return lines


def _cut(text: str, most: int) -> str:
    """A text in so many characters, cut between words where it can be."""
    if len(text) <= most:
        return text
    words = text[: most - 1].rsplit(" ", 1)[0]
    return shortened(words if len(words) > most // 2 else text, most - 1).rstrip("…,;:\\ ") + " …"


def _colour(stage: str) -> int:
    return {"idea": GREY, "discussion": BLUE, "last_call": AMBER, "vote": AMBER}.get(stage, GREEN)
