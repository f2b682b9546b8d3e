"""Cards of proposals: within Discord's limits for the longest there can be, and readable."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.proposals.drafting.draft_card import changes_card, draft_card, revision_card
from features.proposals.drafts import file_draft, read_draft, replace_draft, revision_fields
from features.proposals.forms import FIRST, REST, ArgumentForm, ProposalForm
from features.proposals.proposal_card import arguments_cards, label, list_card, proposal_card, text_pages
from features.proposals.steps import argue, respond
from features.proposals.view import ProposalLine, ProposalView, proposal_view
from governance.proposals.parameters import parse_parameters
from governance.proposals.revision import changes
from storage.database import Database
from storage.proposals.effects import Effect, keep_effect
from ui.card import Card, fitting
from ui.text import plain, shortened

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
HERE, ADA, BERT = 700719925474099301, 900719925474099301, 900719925474099302
SIGNS = "*_`~|" * 200  # escaping makes every one of them two
OTHERS = "~|*_`" * 200
SHORT = {
    "title": "Say it ahead", "problem": "Too sudden.", "change": "Eight weeks.", "kind": "communication",
    "tournament": "classic", "parameters": "notice: 8 weeks",
}  # fmt: skip


def parameters(signs: str) -> str:
    """Every line at its limit, five examples among them."""
    example = "stake 100, corr 0.01, tc 0.02, rule 1C3T clip 0.05, factor 0.5 -> 3.5"
    declined = ("notice", "phase-in", "fallback", "review", "compensation")
    return "\n".join(
        [
            "rule: 1.5xCORR + 2xTC clip 0.05",
            "cap: 1% or 5000 NMR",
            "weights: cap 2%",
            "gate: 0.2",
            *(f"{name}: none, because {signs[:300]}" for name in declined),
            f"eligibility: {signs[:300]}",
            f"roll-back: {signs[:300]}",
            "effective: round 1000000",
            "ends: 2099-01-01",
            *[f"example: {example}"] * 5,
        ]
    )


def longest(signs: str = SIGNS, kind: str = "payout") -> dict[str, str]:
    texts = ("problem", "change", "evidence", "alternatives", "drawbacks", "wrong_if")
    return {
        **dict.fromkeys(texts, signs), "title": signs[:100], "kind": kind, "tournament": "classic",
        "parameters": parameters(signs),
    }  # fmt: skip


async def filed(db: Database, fields: dict[str, str]) -> ProposalView:
    await replace_draft(db, HERE, ADA, fields, NOW)
    return (await file_draft(db, HERE, ADA, NOW))[0]


def check(*cards: Card) -> str:
    """What can be read of cards that each are a message of their own, as Discord takes them."""
    for card in cards:
        assert 0 < card.length <= 4000
        for text in (card.heading, card.text, card.after):
            assert not text.endswith("\\"), "an escape was cut"
    return "\n".join(card.said for card in cards)


# ---------------------------------------------------------------- the longest there can be


@pytest.mark.slow
async def test_the_longest_proposal_fits_on_every_card(db: Database) -> None:
    view = await filed(db, longest())
    assert max(len(text) for text in (view.proposal.problem, view.proposal.wrong_if)) == 1000
    statement, link = SIGNS, "https://forum.example/" + "x" * 278
    await respond(db, HERE, 1, BERT, "accepted", statement, link, NOW)
    for side in ("for", "against", "question"):
        for number in range(12):
            await argue(db, HERE, 1, BERT, side, f"{side} {number}{SIGNS}"[:300], NOW)
    view = await proposal_view(db, HERE, 1, NOW)
    text = check(proposal_card(view))
    for words in ("\\*\\_\\`", "**The team: accepted.**", link, "12 for, 12 against, 12 questions"):
        assert words in text
    assert len(text) < 2000

    pages = text_pages(view)
    whole = check(*pages)
    assert whole.count(plain(SIGNS)) == 7, "nothing of the whole text is cut, nor of the team's answer"
    assert whole.count("example") >= 1
    assert whole.count(plain(SIGNS[:300])) >= 7
    assert "1.5xCORR + 2xTC" in whole
    told = check(*arguments_cards(view))
    assert told in whole
    for side in ("for", "against", "question"):
        for number in range(12):
            assert f"{side} {number}\\*\\_" in told, "no argument is left out"
    check(list_card([ProposalLine(9, SIGNS[:100], "last_call", "weights", "classic", 9, True)] * 8, 1, 9, 72))


@pytest.mark.slow
async def test_the_longest_revision_and_draft_fit(db: Database) -> None:
    await filed(db, longest())
    fields = await revision_fields(db, HERE, 1, ADA, NOW)
    view = await read_draft(db, HERE, fields | longest(OTHERS, "weights"), NOW)
    assert view.revising is not None
    check(revision_card(view.revising))
    text = check(*fitting(changes_card(view.revising)))
    assert "Problem" in text
    assert "~~\\*\\_" in text
    assert "**\\~\\|" in text, "what it becomes is seen beside what it was"
    for fields in (longest(OTHERS), longest() | {"parameters": SIGNS * 4}, longest() | {"title": " "}):
        check(draft_card(await read_draft(db, HERE, fields, NOW)))
    similar = await read_draft(db, HERE, longest(), NOW)
    assert "**Much like it already**\n• #1 \\*\\_" in check(draft_card(similar))


async def test_what_has_the_most_parameters_can_be_edited(db: Database) -> None:
    given = parameters("x" * 300)
    assert len(given) > 2700
    view = await read_draft(db, HERE, longest() | {"parameters": given}, NOW)
    assert view.proposal is not None
    assert parse_parameters(given, "classic") == view.proposal.parameters
    assert len(given) <= next(most for name, _, _, most, _ in FIRST if name == "parameters")


# ---------------------------------------------------------------- what they say


async def test_the_card_of_an_idea(db: Database) -> None:
    card = proposal_card(await filed(db, SHORT))
    assert card.heading == "#1 Say it ahead"
    assert card.text.split("\n\n") == [
        "Eight weeks.",
        "**What it would do**\nWhat it would do can't be told just now; it follows by itself.",
        "□□ 0 of 2 secondings\n0 for, 0 against, 0 questions",
    ]
    assert card.after.split("\n") == [
        f"**Idea** since <t:{int(NOW.timestamp())}:d>",
        "Next discussion: 2 more members must second it.",
        "6 things to fill in before the last call",
    ]
    assert card.small.startswith("Classic · communication · revision 1 · ")
    assert card.small.endswith("\nAdvisory, not binding on Numerai.")


@pytest.mark.parametrize(
    ("needed", "seconds", "bar"),
    [(2, 1, "■□ 1 of 2 secondings"), (3, 3, "■■■ 3 of 3"), (1, 0, "□ 0 of 1 seconding"), (2, 9, "■■ 9 of 2"),
     (40, 39, "■■■■■■■■■□ 39 of 40")],
)  # fmt: skip
async def test_the_bar_of_secondings(db: Database, needed: int, seconds: int, bar: str) -> None:
    view = await filed(db, SHORT)
    view = replace(
        view,
        stored=replace(view.stored, seconds=seconds),
        standing=replace(view.standing, seconds_needed=needed),
    )
    assert bar in proposal_card(view).text


async def test_what_it_would_do_is_kept_with_its_revision(db: Database) -> None:
    stored = (await filed(db, SHORT)).stored
    for sentence in ("Everyone *more*.", "Everyone less."):
        await keep_effect(db, HERE, stored.proposal_id, 1, Effect(sentence, "Sample, until 2022"), NOW)
    card = proposal_card(await proposal_view(db, HERE, 1, NOW))
    assert "**What it would do**\nEveryone less." in card.text
    assert "Computed on Sample, until 2022" in card.small
    fields = await revision_fields(db, HERE, 1, ADA, NOW)
    await replace_draft(db, HERE, ADA, fields | {"change": "Nine weeks."}, NOW)
    view, _ = await file_draft(db, HERE, ADA, NOW)
    assert view.effect is None, "what another text would do is not said of this one"


async def test_a_hidden_proposal_shows_its_reason_alone(db: Database) -> None:
    view = await filed(db, SHORT)
    hidden = replace(view, stored=replace(view.stored, hidden_reason="*" * 300))
    card = proposal_card(hidden)
    assert (card.heading, card.text) == ("#1 is hidden", "By the moderators: " + "\\*" * 300)
    assert card.said == f"{card.heading}\n{card.text}"
    assert text_pages(hidden) == (card,)
    assert "Say it ahead" not in check(card)


async def test_a_diff_can_be_read(db: Database) -> None:
    await filed(db, SHORT | {"problem": "Rules change within days, and nobody can plan. " * 8})
    fields = await revision_fields(db, HERE, 1, ADA, NOW)
    problem = fields["problem"].replace("within days", "over *night*", 1)
    typed = fields | {
        "problem": problem,
        "title": "Give eight weeks of notice",
        "parameters": "review: 2099-01-01",
    }
    view = await read_draft(db, HERE, typed, NOW)
    assert view.revising is not None
    card = changes_card(view.revising)
    check(*fitting(card), revision_card(view.revising))
    diff = dict(part.removeprefix("**").split("**\n", 1) for part in card.text.split("\n\n"))
    assert diff["Title"] == "~~Say it ahead~~\n**Give eight weeks of notice**"
    assert diff["Notice"] == "gone: ~~8 weeks~~"
    assert diff["Review"] == "now: 2099-01-01"
    shown = diff["Problem"] or ""
    assert shown.startswith("Rules change ~~within")
    assert "\\*" in shown
    assert len(shown) < 300, "what stayed is left out"
    assert " … " in shown
    unchanged = replace(view.revising, changes=())
    assert revision_card(unchanged).text == "Nothing is different yet."


@pytest.mark.parametrize(
    ("count", "title"), [(0, "0 proposals"), (1, "1 proposal"), (1234, "1,234 proposals")]
)
def test_a_list_counts(count: int, title: str) -> None:
    card = list_card([], 1, 1, count)
    assert card.heading == title
    assert "Nothing here yet. Start one with /proposal new." in check(card)


# ---------------------------------------------------------------- pieces


def test_what_was_written_neither_formats_nor_pings() -> None:
    assert plain("**b** _i_ ||s|| `c` ~~d~~") == "\\*\\*b\\*\\* \\_i\\_ \\|\\|s\\|\\| \\`c\\` \\~\\~d\\~\\~"
    assert plain("@everyone") == "@ everyone"
    assert plain("<@123456789012345678>") == "\\<@ 123456789012345678>"
    assert plain("# a\n> b\n- c") == "\\# a\n\\> b\n\\- c"
    assert plain("[x](https://x.example)") == "\\[x\\](<https://x.example>)"


@given(st.text("\\*a ", max_size=30), st.integers(1, 30))
def test_a_shortened_text_is_cut_with_an_ellipsis(text: str, most: int) -> None:
    cut = shortened(text, most)
    assert len(cut) <= most
    if len(text) <= most:
        assert cut == text
    else:
        assert cut.endswith("…")
        assert text.startswith(cut[:-1])
        assert not (len(cut[:-1]) - len(cut[:-1].rstrip("\\"))) % 2, "an escape is cut in two"


async def test_forms_fit_and_are_told_apart() -> None:
    async def done(*_: Any) -> None: ...

    filled = {name: "x" * 9999 for name, *_ in (*FIRST, *REST)}
    forms = [ProposalForm("A proposal", each, filled, done, "draft:edit:0") for each in (FIRST, REST, REST)]
    made: list[discord.ui.Modal] = [*forms, ArgumentForm(10**17, done)]
    assert len({form.custom_id for form in made}) == 4, "several may be open at once"
    for form in made:
        told: dict[str, Any] = form.to_dict()
        assert 0 < len(told["title"]) <= 45
        assert 0 < len(told["components"]) <= 5
        for part in told["components"]:
            assert 0 < len(part["label"]) <= 45
            assert len(part.get("description") or "") <= 100
            field = part["component"]
            assert len(field.get("value") or "") <= field.get("max_length", 4000) <= 4000


@pytest.mark.slow
async def test_changes_beyond_what_fits_are_said(db: Database) -> None:
    view = await filed(db, longest())
    other = await read_draft(db, HERE, longest("x" * 1000, "other"), NOW)
    assert other.proposal is not None
    fields = await revision_fields(db, HERE, 1, ADA, NOW)
    revising = (await read_draft(db, HERE, fields, NOW)).revising
    assert revising is not None
    many = replace(revising, changes=changes(view.proposal, other.proposal))
    assert len(many.changes) > 10
    told = check(revision_card(many))
    assert "Also changed: " in told
    everything = check(*fitting(changes_card(many)))
    for change in many.changes:
        name = label(change.field)
        assert name in told or name.capitalize() in told
        assert f"**{name.capitalize()}**" in everything
