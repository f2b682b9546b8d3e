"""Cards of drafts: what one says and lacks, and what a revision changes word by word."""

from features.proposals.drafts import DraftView, Revising
from features.proposals.proposal_card import label
from governance.proposals.parameters import spelled
from governance.proposals.revision import Change
from ui.card import AMBER, GREY, Card, bullets, section, sections
from ui.text import plain, shortened
from wording.numbers import listed

KEPT = "Only you see this. The draft is kept until you file or discard it."
ROOM = 360  # characters for what a revision changes, on a phone with the buttons below
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
    """What a revision changes, word by word as far as a phone shows it, and what it does to secondings."""
    parts = [_changed(change) for change in revising.changes]
    shown, room = 0, ROOM
    while shown < len(parts) and (not shown or len(parts[shown]) <= room):
        room -= len(parts[shown])
        shown += 1
    others = [label(change.field) for change in revising.changes[shown:]]
    more = f"Also changed: {listed(others)}. Every change shows them." if others else ""
    return Card(
        f"Revision of #{revising.number}",
        sections(*parts[:shown], more) or "Nothing is different yet.",
        after=revising.consequence if revising.changes else "",
        small=KEPT,
        colour=AMBER,
    )


def changes_card(revising: Revising) -> Card:
    """Everything that a revision changes, word by word."""
    parts = [_changed(change, longest=4000) for change in revising.changes]
    return Card(
        f"Every change in the revision of #{revising.number}",
        sections(*parts) or "Nothing is different yet.",
        colour=AMBER,
    )


def _changed(change: Change, longest: int = 240) -> str:
    return section(label(change.field).capitalize(), _diff(change, longest))


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


def _diff(change: Change, longest: int) -> str:
    if not change.before:
        return f"now: {plain(shortened(change.after, longest))}"
    if not change.after:
        return f"gone: ~~{plain(shortened(change.before, longest))}~~"
    kept = sum(len(run.text) for run in change.runs if run.kind == "same")
    kinds = {run.kind for run in change.runs}
    if {"removed", "added"} <= kinds and 2 * kept < max(
        len(change.before), len(change.after)
    ):  # words that stayed by chance only confuse
        return (
            f"~~{plain(shortened(change.before, longest))}~~\n**{plain(shortened(change.after, longest))}**"
        )
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
