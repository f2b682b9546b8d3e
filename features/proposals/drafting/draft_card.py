"""Cards of drafts: what one says and lacks, and what a revision changes word by word."""

from features.proposals.drafts import DraftView, Revising
from features.proposals.proposal_card import label
from governance.proposals.parameters import spelled
from governance.proposals.revision import Change
from ui.card import AMBER, GREY, Card, bullets, section, sections
from ui.text import plain, shortened

KEPT = "Only you see this. The draft is kept until you file or discard it."
ROOM = 3000  # characters for what a revision changes
LINES = 12  # parameters that are shown


def draft_card(view: DraftView) -> Card:
    """A draft with what is missing, and what exists already; or what it would change."""
    if view.revising is not None:
        return revision_card(view.revising)
    needed, better = (
        section(name, bullets([each.sentence for each in view.findings if each.severity == severity]))
        for severity, name in (("must", "Needed before the last call"), ("should", "Better with"))
    )
    near = [f"#{number} {title}" for number, title in view.nearest]
    return Card(
        shortened(plain(view.title), 200).strip() or "Your draft",
        sections(
            section("Not ready to be filed.", plain(view.problem)),
            "" if view.proposal is None else shortened(plain(view.proposal.change), 300),
            _parameters(view),
        ),
        after=sections(needed, better, section("Much like it already", bullets(near))),
        small=KEPT,
        colour=GREY,
    )


def revision_card(revising: Revising) -> Card:
    """What a revision changes, word by word, and what it does to secondings."""
    told: list[str] = []
    room = ROOM
    for change in revising.changes:
        part = section(label(change.field).capitalize(), _diff(change))
        if len(part) > room:
            told.append("More changed than fits here; the form has all of it.")
            break
        told.append(part)
        room -= len(part)
    return Card(
        f"Revision of #{revising.number}",
        sections(*told) or "Nothing is different yet.",
        after=revising.consequence if revising.changes else "",
        small=KEPT,
        colour=AMBER,
    )


def _parameters(view: DraftView) -> str:
    if view.proposal is None:
        return ""
    lines = [
        f"`{name}` {shortened(plain(each), 100)}"
        for name, value in spelled(view.proposal.parameters).items()
        for each in value.split("\n")
    ]
    more = [f"… and {len(lines) - LINES} more"] if len(lines) > LINES else []
    return "\n".join([*lines[:LINES], *more])


def _diff(change: Change) -> str:
    if not change.before:
        return f"now: {plain(shortened(change.after, 240))}"
    if not change.after:
        return f"gone: ~~{plain(shortened(change.before, 240))}~~"
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
