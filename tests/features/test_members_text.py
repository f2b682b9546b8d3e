"""Members' text goes through the one escape wherever the files that know Discord put it into a sentence."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ESCAPES = {"plain", "caption", "one_line", "escaped", "bullets", "heading"}
ELSEWHERE = {"Choice", "partial"}  # labels of menus are captions all; pictures are drawn
# what holds what members, moderators or Numerai's API wrote, by the names it has in the house
WRITTEN = {
    *("title", "description", "claim", "reason", "hidden_reason", "statement", "problem", "change"),
    *("evidence", "alternatives", "drawbacks", "wrong_if", "display_name", "what", "note", "speaker"),
    *("by_whom", "account", "model", "name", "finding", "heading", "notice", "closest", "short", "label"),
    *("options", "winners", "said"),
}  # fmt: skip
# (file, what) whose words are the bot's own, or which stands where no Markdown is rendered
OURS = {
    ("cogs/digest.py", "place.name"),  # a channel's, in an error: those are escaped as they are told
    ("cogs/digest.py", "shown.name"),  # "The weekly summary of week 48"
    ("features/polls/posting.py", "poll.title"),  # the name of a thread
    ("features/proposals/posting.py", "view.proposal.title"),  # the name of a thread
    ("features/proposals/due_posting.py", "view.proposal.title"),  # of a poll: escaped where that is shown
    ("features/polls/voting/ranking_card.py", "draft.options"),  # how many there are
    ("features/promises/promise_card.py", "entry.label"),  # "#3", or "proposal #12"
    ("features/digest/posting.py", "room.name"),  # a channel's, in a refusal that is made safe as it is told
    ("ui/forms.py", "self.name"),  # of a form, never read
    ("features/opinions/opinion_card.py", "line.said"),  # how many said what
    ("features/payout/compare_card.py", "current.short"),  # made safe with the line it stands in
    ("features/payout/several_card.py", "first.proposed.short"),
    ("features/payout/several_card.py", "best.label"),
    ("features/payout/several_card.py", "line.label"),
    ("features/payout/several_card.py", "line.name"),
    ("features/simulation/impact_card.py", "pay.old.short"),
    ("features/simulation/impact_card.py", "pay.new.short"),
    ("features/simulation/impact_details_card.py", "terms.notice"),  # a number of rounds
    ("features/stakes/concentration_card.py", "found.said"),  # rounds or a day
    ("features/proposals/drafting/guide_card.py", "line.name"),  # "Phase-in"
    ("features/server/posting.py", "channel.name"),  # escaped on the card that says what was tried
    ("features/server/help_card.py", "option.description"),
    ("features/server/help_card.py", "command.description"),
    ("features/server/privacy_card.py", "kind.name"),  # of a kind of rows
    ("cogs/poll.py", "line.title"),  # goes through choices_of, which makes captions
    ("cogs/poll.py", "each.winners"),  # made safe with the line it stands in
    ("ui/answer.py", "choice.change"),  # a value, never read
    ("ui/forms.py", "self.name"),  # a custom id of ours
    ("ui/posting.py", "room.name"),  # a channel's, in an error
}


def pages() -> Iterator[Path]:
    """The files that put words where members read them."""
    for file in sorted((ROOT / "features").rglob("*.py")):
        if file.stem.endswith(("_card", "forms", "dialogs", "buttons", "posting")):
            yield file
    yield from sorted((ROOT / "cogs").glob("*.py"))
    yield from sorted((ROOT / "ui").glob("*.py"))


def raw(source: str) -> Iterator[str]:
    """What was written by members and stands in a sentence, or is all of a card's part, without an escape."""
    tree = ast.parse(source)
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Attribute) and node.attr in WRITTEN):
            continue
        parent = above[node]
        called = isinstance(parent, ast.Call) and parent.func is node
        # what has a method of a text is none: tournament.title()
        if called or (isinstance(parent, ast.Attribute) and parent.attr not in ("removesuffix", "strip")):
            continue
        shown, safe, at = False, False, node
        while at in above and not isinstance(above[at], ast.stmt):
            below, at = at, above[at]
            called = getattr(at, "func", None)
            name = getattr(called, "id", getattr(called, "attr", ""))
            safe |= name in ESCAPES | ELSEWHERE or isinstance(at, ast.Compare)
            safe |= isinstance(at, ast.IfExp) and below is at.test
            shown |= isinstance(at, ast.FormattedValue) or name in (
                "Card",
                "section",
                "sections",
                "TextDisplay",
            )
        if shown and not safe:
            yield ast.unparse(node)


@pytest.mark.parametrize("file", list(pages()), ids=lambda file: str(file.relative_to(ROOT)))
def test_no_page_shows_what_members_wrote_as_it_is(file: Path) -> None:
    path = str(file.relative_to(ROOT))
    found = {(path, what) for what in raw(file.read_text(encoding="utf-8"))}
    assert found <= OURS, found - OURS


def test_what_is_excused_is_there() -> None:
    there = {
        (str(file.relative_to(ROOT)), what)
        for file in pages()
        for what in raw(file.read_text(encoding="utf-8"))
    }
    assert there >= OURS, OURS - there


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('x = f"#{poll.number} {poll.title}"', ["poll.title"]),
        ('x = f"#{poll.number} {plain(poll.title)}"', []),
        ("x = Card(view.claim)", ["view.claim"]),
        ('x = Card(heading=found.finding.removesuffix("."))', ["found.finding"]),
        ('x = Card(plain(found.finding.removesuffix(".")))', []),
        ('x = f"{name.title()}"', []),
    ],
)
def test_the_test_itself(source: str, found: list[str]) -> None:
    assert list(raw(source)) == found


def test_what_is_offered_and_picked_is_named_in_one_way() -> None:
    for file in pages():
        text = file.read_text(encoding="utf-8")
        if file.name == "poll.py":  # the methods are ours
            text = text.replace("app_commands.Choice(name=method.words", "")
        assert "app_commands.Choice(" not in text, file
