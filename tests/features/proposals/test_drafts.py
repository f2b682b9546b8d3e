"""Drafts: kept as typed, read as far as they go, and filed once."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.proposals.drafts import (
    discard_draft,
    draft_fields,
    fields_of,
    file_draft,
    form_of,
    read_draft,
    replace_draft,
    save_fields,
)
from features.proposals.view import proposal_view
from governance.proposals.document import content_hash, from_json
from storage.database import Database, fetch_all
from storage.proposals.blocks import block
from tests.features.proposals.drafting import TYPED, filed
from tests.features.proposals.proposals import ADA, BERT, HERE, NOW, THERE

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "data" / "examples").glob("*.json"))


# ---------------------------------------------------------------- keeping and reading


async def test_what_is_typed_is_kept_beside_what_was_typed_before(db: Database) -> None:
    assert await draft_fields(db, HERE, ADA) is None
    await save_fields(db, HERE, ADA, {"title": "A", "problem": "p"}, NOW)
    view = await save_fields(db, HERE, ADA, {"title": "B  ", "parameters": "nonsense"}, NOW)
    assert view.fields == {"title": "B  ", "problem": "p", "parameters": "nonsense"}
    assert await draft_fields(db, HERE, ADA) == view.fields
    assert view.title == "B  "
    assert view.proposal is None
    assert "has no name; write lines like" in view.problem
    assert (view.findings, view.nearest, view.revising) == ((), (), None)
    assert await draft_fields(db, THERE, ADA) is await draft_fields(db, HERE, BERT) is None
    await replace_draft(db, HERE, ADA, {"title": "C"}, NOW)
    assert await draft_fields(db, HERE, ADA) == {"title": "C"}
    assert await discard_draft(db, HERE, ADA)
    assert not await discard_draft(db, HERE, ADA)


async def test_a_draft_is_read_with_what_is_missing_and_what_is_like_it(db: Database) -> None:
    await filed(db, BERT)
    await filed(db, BERT, title="Whales", problem="Large stakes.", change="A cap.", parameters="")
    view = await save_fields(db, HERE, ADA, TYPED, NOW)
    assert view.proposal is not None
    assert view.proposal.parameters.notice_weeks == 8
    assert {finding.field for finding in view.findings if finding.severity == "must"} == {
        "drawbacks", "wrong_if", "phase_in_rounds", "fallback", "review_on", "compensation",
    }  # fmt: skip
    assert view.nearest == ((1, "Say it ahead"),)
    assert (await read_draft(db, THERE, TYPED, NOW)).nearest == ()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title": ""}, "The title is missing."),
        ({"problem": " "}, "The problem is empty."),
        ({"change": "c" * 1001}, "The change may have at most 1,000 characters; this one has 1,001."),
        ({"kind": "coup"}, "The kind must be"),
        ({"tournament": "poker"}, "The tournament must be classic, signals or crypto"),
        ({"parameters": "cap: lots"}, "“lots” is no cap"),
    ],
)
async def test_what_can_t_be_read_is_not_filed_and_stays(
    db: Database, typed: dict[str, str], sentence: str
) -> None:
    view = await save_fields(db, HERE, ADA, TYPED | typed, NOW)
    assert sentence in view.problem
    with pytest.raises(ValueError, match=r".") as caught:
        await file_draft(db, HERE, ADA, NOW)
    assert str(caught.value) == view.problem
    assert await draft_fields(db, HERE, ADA) == TYPED | typed
    assert await fetch_all(db, "SELECT 1 FROM proposals") == []


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
async def test_every_example_survives_being_a_draft(db: Database, file: Path) -> None:
    proposal = from_json(file.read_bytes())  # noqa: ASYNC240
    view = await replace_draft(db, HERE, ADA, fields_of(proposal), NOW)
    assert view.proposal == proposal
    stored, _ = await file_draft(db, HERE, ADA, NOW)
    assert stored.content_hash == content_hash(proposal)
    assert stored.proposal == proposal


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60)


@settings(deadline=None, max_examples=60)
@given(st.fixed_dictionaries(dict.fromkeys(("title", "problem", "change", "evidence"), WORDS)))
def test_any_text_reads_back_alike_or_is_explained(texts: dict[str, str]) -> None:
    try:
        proposal = form_of(TYPED | texts)
    except ValueError as error:
        sentence = str(error)
        assert re.fullmatch(r"(The (title|problem|change) is (empty|missing)\. ?)+", sentence)
        return
    assert form_of(fields_of(proposal)) == proposal


# ---------------------------------------------------------------- filing


async def test_filing_takes_the_draft_and_starts_the_clock(db: Database) -> None:
    assert await filed(db) == 1
    assert await draft_fields(db, HERE, ADA) is None
    view = await proposal_view(db, HERE, 1, NOW)
    assert (view.stage, view.stored.author, view.stored.due_at) == ("idea", ADA, NOW + timedelta(days=30))
    with pytest.raises(ValueError, match="There is no draft of yours here: start one with /proposal new"):
        await file_draft(db, HERE, ADA, NOW)


async def test_a_refused_draft_is_kept(db: Database) -> None:
    await block(db, HERE, ADA, "Spam.", NOW)
    await save_fields(db, HERE, ADA, TYPED, NOW)
    with pytest.raises(ValueError, match=r"for this reason: Spam\."):
        await file_draft(db, HERE, ADA, NOW)
    assert await draft_fields(db, HERE, ADA) == TYPED


async def test_filed_at_the_same_moment_it_is_there_once(db: Database) -> None:
    await save_fields(db, HERE, ADA, TYPED, NOW)
    results = await asyncio.gather(
        *(file_draft(db, HERE, ADA, NOW) for _ in range(5)), return_exceptions=True
    )
    refused = [result for result in results if isinstance(result, BaseException)]
    assert len(refused) == 4
    assert all(type(error) is ValueError for error in refused)
    assert len(await fetch_all(db, "SELECT 1 FROM proposals")) == 1
