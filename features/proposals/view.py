"""What may be told of a proposal: one as it stands, a page of them, those whose rule can be compared."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from governance.proposals.document import from_json
from governance.proposals.lint import Finding, lint
from governance.proposals.proposal import Proposal
from governance.proposals.stages import (
    OPEN,
    STAGES,
    Standing,
    Step,
    next_steps,
    secondings_needed,
)
from scoring.typed import is_number, read_number, tidy
from storage.database import Database
from storage.polls.polls import Poll, newest_poll_of
from storage.proposals import arguments, proposals, responses
from storage.proposals.arguments import Argument
from storage.proposals.effects import Effect
from storage.proposals.grounds import grounds_of
from storage.proposals.proposals import StoredProposal
from storage.proposals.responses import Response

RECENT = timedelta(days=30)  # whose activity the number of secondings is measured by
LARGEST_NUMBER = 999_999_999  # of a proposal
SIDES = ("for", "against", "question")


@dataclass(frozen=True)
class ProposalLine:
    """A proposal in a list."""

    number: int
    title: str
    stage: str
    kind: str
    tournament: str
    seconds: int
    hidden: bool


@dataclass(frozen=True)
class ProposalView:
    """A proposal with everything that is known of it."""

    stored: StoredProposal
    proposal: Proposal
    standing: Standing
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    arguments: tuple[Argument, ...]
    responses: tuple[Response, ...]
    poll: Poll | None  # the newest vote on it
    effect: Effect | None  # of the newest revision; None before it was computed

    @property
    def number(self) -> int:
        """From 1 in each server."""
        return self.stored.number

    @property
    def stage(self) -> str:
        """Where it stands."""
        return self.stored.stage

    @property
    def since(self) -> datetime:
        """When it came there."""
        return self.stored.stage_since

    @property
    def revision(self) -> int:
        """The newest, from 1."""
        return self.stored.revision

    @property
    def content_hash(self) -> str:
        """Of the newest revision."""
        return self.stored.content_hash

    @property
    def hidden_reason(self) -> str | None:
        """Why it is hidden; None where it is not."""
        return self.stored.hidden_reason

    @property
    def seconds(self) -> int:
        """Members who second it."""
        return self.stored.seconds

    @property
    def seconds_needed(self) -> int:
        """Members who have to."""
        return self.standing.seconds_needed

    @property
    def lacking(self) -> int:
        """Things to fill in before its last call."""
        return self.standing.lacking

    @property
    def arguments_by_side(self) -> Mapping[str, int]:
        """How many there are for, against, and questions."""
        return MappingProxyType({side: sum(each.side == side for each in self.arguments) for side in SIDES})


async def proposal_view(db: Database, guild_id: int, number: int, now: datetime) -> ProposalView:
    """A server's proposal by its number. Raises ValueError where there is none."""
    return await view_of(db, await proposals.proposal_in(db, guild_id, number), now)


async def proposal_with_id(db: Database, guild_id: int, proposal_id: int, now: datetime) -> ProposalView:
    """A server's proposal by the id that its buttons carry. Raises ValueError where it is gone."""
    return await view_of(db, await _stored_with_id(db, guild_id, proposal_id), now)


async def number_with_id(db: Database, guild_id: int, proposal_id: int) -> int:
    """The number of a server's proposal by its id. Raises ValueError where it is gone."""
    return (await _stored_with_id(db, guild_id, proposal_id)).number


async def _stored_with_id(db: Database, guild_id: int, proposal_id: int) -> StoredProposal:
    stored = await proposals.proposal_with_id(db, guild_id, proposal_id)
    if stored is None:
        raise ValueError("That proposal is not on this server any more.")
    return stored


async def list_proposals(
    db: Database,
    guild_id: int,
    *,
    stage: str | None = None,
    kind: str | None = None,
    tournament: str | None = None,
    author: int | None = None,
    include_hidden: bool = False,
    page: int = 1,
    size: int = 8,
) -> tuple[list[ProposalLine], int, int]:
    """A page of proposals, the newest first, with the number of pages and of proposals.

    stage: one of them, or "open" for all that are not ended. A page beyond the last one is the last one.
    """
    if stage not in (None, "open", *STAGES):
        raise ValueError(f"There is no stage called {stage[:40]}.")
    stages = OPEN if stage == "open" else None if stage is None else (stage,)
    wanted: dict[str, Any] = {"stages": stages, "kind": kind, "tournament": tournament, "author": author}
    total = await proposals.count_proposals(db, guild_id, **wanted, include_hidden=include_hidden)
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    found = await proposals.proposals_in(
        db, guild_id, **wanted, include_hidden=include_hidden, limit=size, offset=size * (page - 1)
    )
    lines = [
        ProposalLine(
            each.number,
            each.title,
            each.stage,
            each.kind,
            each.tournament,
            each.seconds,
            each.hidden_reason is not None,
        )
        for each in found
    ]
    return lines, pages, total


async def suggest_proposals(db: Database, guild_id: int, typed: str) -> list[tuple[str, int]]:
    """(what is shown, number) of up to 25 proposals whose number or title holds what was typed."""
    found = await proposals.proposals_in(db, guild_id, limit=200)
    wanted = tidy(typed).lstrip("#").casefold()
    return [
        (f"#{each.number} {each.title}"[:100], each.number)
        for each in found
        if wanted in f"{each.number} {each.title}".casefold()
    ][:25]


async def rule_of(db: Database, guild_id: int | None, typed: str) -> str:
    """The rule of the open proposal that "#12" names, else what was typed.

    Raises ValueError where there is no such proposal on this server, or it sets no payout rule.
    """
    name, *_ = tidy(typed).split(" ")
    if guild_id is None or not (name.startswith("#") and is_number(name[1:])):
        return typed
    number = int(read_number(name[1:], "A proposal's number", low=1, high=LARGEST_NUMBER, whole=True))
    stored = await proposals.proposal_in(db, guild_id, number, stages=OPEN)
    revision = await proposals.revision_of(db, guild_id, number)
    rule = None if revision is None else from_json(revision.content).parameters.rule
    if rule is None:
        raise ValueError(f"Proposal #{stored.number} sets no payout rule, so pay can't be compared under it.")
    return rule


@lru_cache(maxsize=5000)
def read_once(content: str) -> Proposal:
    """The proposal of a text that is read again and again, with every letter that somebody types."""
    return from_json(content)


async def suggest_rules(db: Database, guild_id: int, tournament: str, typed: str) -> list[tuple[str, str]]:
    """(what is shown, "#12") of open proposals of a tournament that set a payout rule."""
    found: list[tuple[str, str]] = []
    wanted = typed.strip().casefold()
    contents = await proposals.open_contents(db, guild_id)
    read = await asyncio.to_thread(lambda: [read_once(each.content) for each in contents])
    for each, proposal in zip(contents, read, strict=True):
        shown = f"#{each.number} {each.title}: {proposal.parameters.rule}"
        fits = proposal.parameters.rule is not None and proposal.tournament == tournament
        if fits and wanted in shown.casefold():
            found.append((shown[:100], f"#{each.number}"))
    return found[:5]


async def view_of(db: Database, stored: StoredProposal, now: datetime) -> ProposalView:
    """A proposal with everything that may be told of it."""
    grounds = await grounds_of(db, stored.guild_id, stored.proposal_id, now - RECENT)
    proposal = from_json(grounds.content)
    answers = await responses.responses_of(db, stored.guild_id, stored.number)
    poll = await newest_poll_of(db, stored.guild_id, stored.proposal_id)
    findings = lint(proposal, today=now.date())
    standing = Standing(
        stage=stored.stage,
        since=stored.stage_since,
        author_id=stored.author or 0,
        active_at=stored.changed_at,
        seconded_by=grounds.seconded_by,
        seconds_needed=secondings_needed(grounds.active, least=max(1, grounds.seconds_least)),
        lacking=sum(finding.severity == "must" for finding in findings),
        review_on=proposal.parameters.review_on,
        voted=poll is not None and poll.state == "closed",
        answered=bool(answers),
    )
    return ProposalView(
        stored=stored,
        proposal=proposal,
        standing=standing,
        steps=next_steps(standing, max(now, stored.stage_since)),
        findings=findings,
        arguments=tuple(await arguments.arguments_of(db, stored.guild_id, stored.number)),
        responses=tuple(answers),
        poll=poll,
        effect=grounds.effect,
    )


def moved_view(view: ProposalView, stored: StoredProposal, standing: Standing) -> ProposalView:
    """The view after a step that has just been taken, of which nothing else has changed."""
    standing = replace(standing, active_at=stored.changed_at)
    return replace(view, stored=stored, standing=standing, steps=next_steps(standing, stored.stage_since))


def check_visible(view: ProposalView) -> None:
    """Raise ValueError with the reason where a moderator has hidden it."""
    if view.hidden_reason is not None:
        raise ValueError(f"Proposal #{view.number} is hidden, for this reason: {view.hidden_reason}")
