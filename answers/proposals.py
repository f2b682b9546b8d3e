"""Proposals of a server: where each stands, what may happen next, and the steps members take."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from governance.document import from_json
from governance.lint import Finding, lint
from governance.proposal import Proposal
from governance.stages import (
    NAMES,
    OPEN,
    STAGES,
    Standing,
    Step,
    advance,
    next_steps,
    secondings_needed,
)
from governance.text import clean_line
from storage import arguments, progress, proposals, responses, seconds
from storage.arguments import Argument
from storage.blocks import block_reason
from storage.database import Database
from storage.guilds import settings_of
from storage.polls import Poll, newest_poll_of
from storage.proposals import Proposal as Stored
from storage.responses import Outcome, Response

OPEN_TO_SECONDS = ("idea", "discussion")
OPEN_TO_ARGUMENTS = ("idea", "discussion", "last_call", "vote")
RECENT = timedelta(days=30)  # whose activity the number of secondings is measured by
SIDES = ("for", "against", "question")
LONGEST_CLAIM, LONGEST_STATEMENT, LONGEST_REASON = 300, 1000, 300
_NAMES_SOMEBODY = re.compile(r"<@|(?<![\w.])@\w")


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

    stored: Stored
    proposal: Proposal
    standing: Standing
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    arguments: tuple[Argument, ...]
    responses: tuple[Response, ...]
    poll: Poll | None  # the newest vote on it

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
    return await _view(db, await proposals.proposal_in(db, guild_id, number), now)


async def proposal_with_id(db: Database, guild_id: int, proposal_id: int, now: datetime) -> ProposalView:
    """A server's proposal by the id that its buttons carry. Raises ValueError where it is gone."""
    stored = await proposals.proposal_with_id(db, guild_id, proposal_id)
    if stored is None:
        raise ValueError("That proposal is not on this server any more.")
    return await _view(db, stored, now)


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
    wanted = {"stages": stages, "kind": kind, "tournament": tournament, "author": author}
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
    wanted = typed.strip().lstrip("#").casefold()
    return [
        (f"#{each.number} {each.title}"[:100], each.number)
        for each in found
        if wanted in f"{each.number} {each.title}".casefold()
    ][:25]


async def rule_of(db: Database, guild_id: int | None, typed: str) -> str:
    """The rule of the open proposal that "#12" names, else what was typed.

    Raises ValueError where there is no such proposal on this server, or it sets no payout rule.
    """
    match = re.match(r"#([0-9]{1,9})(?:\s|$)", typed.strip())
    if match is None or guild_id is None:
        return typed
    number = int(match[1])
    stored = await proposals.proposal_in(db, guild_id, number, stages=OPEN)
    revision = await proposals.revision_of(db, guild_id, number)
    rule = None if revision is None else from_json(revision.content).parameters.rule
    if rule is None:
        raise ValueError(f"Proposal #{stored.number} sets no payout rule, so pay can't be compared under it.")
    return rule


async def suggest_rules(db: Database, guild_id: int, tournament: str, typed: str) -> list[tuple[str, str]]:
    """(what is shown, "#12") of open proposals of a tournament that set a payout rule."""
    found = []
    wanted = typed.strip().casefold()
    for each in await proposals.open_contents(db, guild_id):
        proposal = from_json(each.content)
        shown = f"#{each.number} {each.title}: {proposal.parameters.rule}"
        fits = proposal.parameters.rule is not None and proposal.tournament == tournament
        if fits and wanted in shown.casefold():
            found.append((shown[:100], f"#{each.number}"))
    return found[:5]


async def second(
    db: Database, guild_id: int, number: int, member_id: int, now: datetime
) -> tuple[bool, bool]:
    """Second a proposal: whether that is new, and whether it brought it to its discussion."""
    await _check_allowed(db, guild_id, member_id)
    new = await seconds.second(db, guild_id, number, member_id, now, stages=OPEN_TO_SECONDS)
    return new, await _move_by_clock(db, await proposal_view(db, guild_id, number, now), now)


async def argue(
    db: Database, guild_id: int, number: int, member_id: int, side: str, claim: str, now: datetime
) -> Argument:
    """Put one claim for, against, or a question on record. Raises ValueError for names and for too much."""
    if side not in SIDES:
        raise ValueError(f"An argument is {', '.join(SIDES[:-1])} or a {SIDES[-1]}.")
    text = clean_line(claim)
    if not text:
        raise ValueError("There is nothing in that claim.")
    if len(text) > LONGEST_CLAIM:
        raise ValueError(f"A claim has at most {LONGEST_CLAIM} characters; this one has {len(text):,}.")
    if _NAMES_SOMEBODY.search(text):
        raise ValueError("Please argue without naming anybody: it is about the proposal.")
    await _check_allowed(db, guild_id, member_id)
    return await arguments.argue(db, guild_id, number, member_id, side, text, now, stages=OPEN_TO_ARGUMENTS)


async def respond(
    db: Database,
    guild_id: int,
    number: int,
    member_id: int,
    outcome: Outcome,
    statement: str,
    link: str | None,
    now: datetime,
) -> Response:
    """Put the team's answer on record; a proposal that waits for one moves on."""
    text = clean_line(statement)
    if not 0 < len(text) <= LONGEST_STATEMENT:
        raise ValueError(f"An answer has 1 to {LONGEST_STATEMENT:,} characters; this one has {len(text):,}.")
    response = await responses.respond(
        db, guild_id, number, member_id, outcome, text, now, link=checked_link(link)
    )
    view = await proposal_view(db, guild_id, number, now)
    if view.stage == "result":
        await advance_proposal(db, guild_id, number, "response", member_id, now, moderator=True)
    return response


async def advance_proposal(
    db: Database,
    guild_id: int,
    number: int,
    to: str,
    member_id: int,
    now: datetime,
    *,
    moderator: bool,
    successor: int | None = None,
) -> ProposalView:
    """Bring a proposal to another stage, as its author or a moderator. Raises ValueError with the reason."""
    if to not in STAGES:
        raise ValueError(f"There is no stage called {to[:40]}.")
    view = await proposal_view(db, guild_id, number, now)
    if view.hidden_reason is not None:
        raise ValueError(f"Proposal #{number} is hidden, for this reason: {view.hidden_reason}")
    own = view.stored.author == member_id
    # who may take the step decides in which role it is taken: a moderator may be the author, too
    roles = {step.who for step in view.steps if step.to == to}
    by = "author" if own and "author" in roles else "moderator" if moderator else "author" if own else ""
    if moderator and roles == {"author"} and not own and to != "withdrawn":
        by = "author"  # moderators may help along whoever has left
    if roles == {"clock"}:
        by = "clock"
    if not by:
        raise ValueError("Only its author or a moderator can do that.")
    moved = advance(view.standing, to, by=by, now=now)
    if to == "superseded" and successor in (None, number):
        raise ValueError("Say which other proposal takes its place.")
    stored = await progress.move_stage(
        db,
        view.stored,
        to,
        now,
        due_at=due_after(moved, now),
        actor=member_id,
        successor=successor if to == "superseded" else None,
    )
    if stored is None:
        raise ValueError(f"Proposal #{number} changed in this very moment: look at it and try again.")
    return await _view(db, stored, now)


async def hide(
    db: Database, guild_id: int, number: int, member_id: int, reason: str, now: datetime, *, hidden: bool
) -> bool:
    """Hide a proposal, or show it again, for a reason that is logged; whether that changed anything."""
    text = clean_line(reason)
    if not 0 < len(text) <= LONGEST_REASON:
        raise ValueError(f"A reason has 1 to {LONGEST_REASON} characters; everybody can read it.")
    await proposals.proposal_in(db, guild_id, number)
    turn = progress.hide if hidden else progress.unhide
    return await turn(db, guild_id, number, member_id, text, now)


async def hide_argument(
    db: Database,
    guild_id: int,
    number: int,
    argument_id: int,
    member_id: int,
    reason: str,
    now: datetime,
    *,
    hidden: bool,
) -> bool:
    """Hide an argument about a proposal, or show it again; whether that changed anything."""
    text = clean_line(reason)
    if not 0 < len(text) <= LONGEST_REASON:
        raise ValueError(f"A reason has 1 to {LONGEST_REASON} characters; everybody can read it.")
    about = await arguments.arguments_of(db, guild_id, number, include_hidden=True)
    if argument_id not in {each.argument_id for each in about}:
        raise ValueError(f"Proposal #{number} has no argument {argument_id}.")
    turn = arguments.hide_argument if hidden else arguments.unhide_argument
    return await turn(db, guild_id, argument_id, member_id, text, now)


async def do_due(db: Database, now: datetime) -> list[ProposalView]:
    """Take every step that the clock has to take by now, in all servers; those that moved.

    Idempotent: what is due is read from the database, so a restart, an outage and a late tick are the same.
    """
    moved = []
    for stored in await proposals.due_proposals(db, now):
        view = await _view(db, stored, now)
        if await _move_by_clock(db, view, now):
            moved.append(await proposal_view(db, stored.guild_id, stored.number, now))
        else:
            await progress.set_due(db, stored.guild_id, stored.number, due_after(view.standing, now))
    return moved


async def settle_votes(db: Database, now: datetime) -> list[ProposalView]:
    """Bring every proposal whose vote is closed to its result; those that moved. Idempotent, as do_due."""
    moved = []
    for stored in await proposals.in_stage(db, "vote"):
        if await _move_by_clock(db, await _view(db, stored, now), now):
            moved.append(await proposal_view(db, stored.guild_id, stored.number, now))  # noqa: PERF401
    return moved


async def awaiting_a_vote(db: Database, now: datetime) -> list[ProposalView]:
    """Proposals of all servers that have come to their vote and have no poll, or one that is not shown."""
    views = [await _view(db, stored, now) for stored in await proposals.in_stage(db, "vote")]
    return [
        view
        for view in views
        if view.poll is None
        or view.poll.state == "cancelled"
        or (view.poll.state == "open" and view.poll.message is None)
    ]


def due_after(standing: Standing, now: datetime) -> datetime | None:
    """When the clock has to look at a proposal next: the first time to come at which it may take a step."""
    return min(
        (
            step.due
            for step in next_steps(standing, now)
            if step.who == "clock" and step.due and step.due > now
        ),
        default=None,
    )


def checked_link(link: str | None) -> str | None:
    """A link to a page. Raises ValueError for anything else."""
    if link is None or not link.strip():
        return None
    if not re.fullmatch(r"https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]{1,5})?(/[^\s<>]*)?", link.strip()):
        raise ValueError("A link starts with https:// and leads to a page, like https://forum.example/t/1.")
    if len(link.strip()) > 300:
        raise ValueError("A link has at most 300 characters.")
    return link.strip()


def stage_name(stage: str) -> str:
    """What a stage is called: "last call"."""
    return NAMES.get(stage, stage)


async def _check_allowed(db: Database, guild_id: int, member_id: int) -> None:
    reason = await block_reason(db, guild_id, member_id)
    if reason is not None:
        raise ValueError(f"You may not take part in proposals on this server, for this reason: {reason}")


async def _move_by_clock(db: Database, view: ProposalView, now: datetime) -> bool:
    for step in view.steps:
        if step.who == "clock" and step.allowed:
            moved = advance(view.standing, step.to, by="clock", now=now)
            return (
                await progress.move_stage(db, view.stored, step.to, now, due_at=due_after(moved, now))
            ) is not None
    return False


async def _view(db: Database, stored: Stored, now: datetime) -> ProposalView:
    revision = await proposals.revision_of(db, stored.guild_id, stored.number)
    assert revision is not None, "a proposal has a revision"
    proposal = from_json(revision.content)
    answers = await responses.responses_of(db, stored.guild_id, stored.number)
    settings = await settings_of(db, stored.guild_id)
    poll = await newest_poll_of(db, stored.guild_id, stored.proposal_id)
    active = await seconds.recent_activity(db, stored.guild_id, now - RECENT)
    findings = lint(proposal, today=now.date())
    standing = Standing(
        stage=stored.stage,
        since=stored.stage_since,
        author_id=stored.author or 0,
        active_at=stored.changed_at,
        seconded_by=await seconds.seconders(db, stored.guild_id, stored.number),
        seconds_needed=secondings_needed(active, least=max(1, settings.seconds_least)),
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
    )
