"""Drafts of proposals: what a member has typed so far, kept as typed until it is filed or discarded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from features.proposals.clock import due_after
from features.proposals.view import ProposalView, proposal_view
from governance.proposals.document import content_hash, from_json, to_json
from governance.proposals.lint import Finding, lint
from governance.proposals.parameters import parameters_text, parse_parameters
from governance.proposals.proposal import Parameters, Proposal, read_proposal
from governance.proposals.revision import Change, changes, substantive
from governance.proposals.similarity import nearest
from governance.proposals.stages import Standing, revised
from storage.database import Database
from storage.proposals import drafts, filing, proposals
from storage.proposals.proposals import Content
from wording.numbers import counted

TEXTS = ("title", "problem", "change", "evidence", "alternatives", "drawbacks", "wrong_if")
REVISABLE = ("idea", "discussion", "last_call", "stale")
LONGEST_NOTE = 200

Fields = dict[str, str]


@dataclass(frozen=True)
class Revising:
    """What a draft would change of a proposal."""

    number: int
    revision: int  # the one it started from
    changes: tuple[Change, ...]
    seconds: int

    @property
    def substantive(self) -> bool:
        """Whether secondings fall and ballots would be void."""
        return substantive(self.changes)

    @property
    def consequence(self) -> str:
        """What saving it does to secondings and votes."""
        if not self.changes:
            return "Nothing would change."
        if not self.substantive:
            return "Wording and reasons only: secondings stay, and ballots would."
        falls = f"its {counted(self.seconds, 'seconding falls', 'secondings fall')} and "
        return f"It asks for something else: {falls if self.seconds else ''}it starts again as an idea."


@dataclass(frozen=True)
class DraftView:
    """A draft, read as far as it can be."""

    fields: Fields
    proposal: Proposal | None  # None where it can't be read yet
    problem: str  # why it can't be read
    findings: tuple[Finding, ...]
    nearest: tuple[tuple[int, str], ...]  # numbers and titles of open proposals much like it
    revising: Revising | None

    @property
    def title(self) -> str:
        """As typed."""
        return self.fields.get("title", "")


async def draft_fields(db: Database, guild_id: int, member_id: int) -> Fields | None:
    """What the member has typed so far on this server; None where there is no draft."""
    draft = await drafts.draft_of(db, guild_id, member_id)
    return None if draft is None else json.loads(draft.content)


async def save_fields(
    db: Database, guild_id: int, member_id: int, typed: Mapping[str, str], now: datetime
) -> DraftView:
    """Keep what was typed, whatever it is worth, beside what was typed before, and read it."""
    fields = (await draft_fields(db, guild_id, member_id) or {}) | dict(typed)
    await drafts.save_draft(db, guild_id, member_id, json.dumps(fields, ensure_ascii=False), now)
    return await read_draft(db, guild_id, fields, now)


async def replace_draft(
    db: Database, guild_id: int, member_id: int, fields: Mapping[str, str], now: datetime
) -> DraftView:
    """Start over with these fields."""
    await drafts.save_draft(db, guild_id, member_id, json.dumps(dict(fields), ensure_ascii=False), now)
    return await read_draft(db, guild_id, dict(fields), now)


async def import_draft(db: Database, guild_id: int, member_id: int, text: bytes, now: datetime) -> DraftView:
    """Make a proposal in JSON the member's draft.

    Raises ValueError for what is no proposal, and rather than write over a draft that says something else.
    """
    fields = fields_of(from_json(text))
    there = await draft_fields(db, guild_id, member_id)
    if there is not None and there != fields:
        raise ValueError("You have a draft here already: file or discard it first. /proposal new shows it.")
    return await replace_draft(db, guild_id, member_id, fields, now)


async def discard_draft(db: Database, guild_id: int, member_id: int) -> bool:
    """Forget the member's draft; whether there was one."""
    return await drafts.delete_draft(db, guild_id, member_id)


async def read_draft(db: Database, guild_id: int, fields: Fields, now: datetime) -> DraftView:
    """A draft with what is missing and what exists already."""
    try:
        proposal = form_of(fields)
    except ValueError as error:
        return DraftView(fields, None, str(error), (), (), None)
    revising = None
    number = int(fields["revises"]) if fields.get("revises") else None
    if number is not None:
        view = await proposal_view(db, guild_id, number, now)
        revising = Revising(number, int(fields["base"]), changes(view.proposal, proposal), view.seconds)
    others = {
        each.number: each for each in await proposals.open_contents(db, guild_id) if each.number != number
    }
    near = nearest(proposal, {number: from_json(each.content) for number, each in others.items()})
    return DraftView(
        fields=fields,
        proposal=proposal,
        problem="",
        findings=lint(proposal, today=now.date()),
        nearest=tuple((found, others[found].title) for found, _ in near),
        revising=revising,
    )


def form_of(fields: Mapping[str, str]) -> Proposal:
    """The proposal that was typed. Raises ValueError with a sentence for everything that can't be read."""
    tournament = fields.get("tournament", "classic")
    problems: list[str] = []
    parameters = Parameters()
    try:
        parameters = parse_parameters(fields.get("parameters", ""), tournament)
    except ValueError as error:
        problems.append(str(error))
    try:
        proposal = read_proposal(
            {
                **{name: fields[name] for name in TEXTS if fields.get(name)},
                "tournament": tournament,
                "kind": fields.get("kind", "other"),
                "parameters": parameters.model_dump(exclude_defaults=True),
            }
        )
    except ValueError as error:
        raise ValueError(" ".join(dict.fromkeys((str(error), *problems)))) from None
    if problems:
        raise ValueError(problems[0])
    return proposal


def fields_of(proposal: Proposal) -> Fields:
    """A proposal as it would have been typed."""
    return {
        **{name: getattr(proposal, name) for name in TEXTS},
        "tournament": proposal.tournament,
        "kind": proposal.kind,
        "parameters": parameters_text(proposal.parameters),
    }


async def revision_fields(db: Database, guild_id: int, number: int, member_id: int, now: datetime) -> Fields:
    """The fields to start a revision of one's own proposal from. Raises ValueError for another's."""
    view = await proposal_view(db, guild_id, number, now)
    if view.stored.author != member_id:
        raise ValueError("Only its author can revise a proposal; argue for the change you want instead.")
    if view.stage not in REVISABLE:
        raise ValueError("The text is frozen from the vote on; start a new proposal.")
    return fields_of(view.proposal) | {"revises": str(number), "base": str(view.revision)}


async def file_draft(
    db: Database, guild_id: int, member_id: int, now: datetime
) -> tuple[ProposalView, int | None]:
    """File the member's draft, or save it as the revision it is; in that case how many seconds it dropped.

    Raises ValueError where there is no draft, where it can't be read, and for the server's limits; the draft
    is kept then.
    """
    fields = await draft_fields(db, guild_id, member_id)
    if fields is None:
        raise ValueError("There is no draft of yours here: start one with /proposal new.")
    proposal = form_of(fields)
    content = Content(
        proposal.title, proposal.tournament, proposal.kind, to_json(proposal), content_hash(proposal)
    )
    if not fields.get("revises"):
        due = due_after(Standing("idea", now, member_id, now), now)
        stored = await filing.file_proposal(
            db, guild_id, member_id, content, now, due_at=due, from_draft=True
        )
        return await proposal_view(db, guild_id, stored.number, now), None
    number = int(fields["revises"])
    await revision_fields(db, guild_id, number, member_id, now)  # still one's own, and not frozen
    view = await proposal_view(db, guild_id, number, now)
    changed = changes(view.proposal, proposal)
    if not changed:
        raise ValueError("Nothing is different from what is filed.")
    standing = revised(view.standing, now) if substantive(changed) else view.standing
    try:
        stored, dropped = await filing.revise(
            db,
            guild_id,
            number,
            member_id,
            content,
            now,
            expected_revision=int(fields["base"]),
            stages=REVISABLE,
            substantive=substantive(changed),
            due_at=due_after(standing, now),
        )
    except filing.StaleRevisionError:
        # they are told; saving once more is then meant against what is there now
        await save_fields(db, guild_id, member_id, {"base": str(view.revision)}, now)
        raise
    await discard_draft(db, guild_id, member_id)
    return await proposal_view(db, guild_id, stored.number, now), dropped
