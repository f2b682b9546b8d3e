"""What a week brought for proposals: filed and revised, answered and ended, and what changed minds."""

import logging
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from features.simulation.pay import read_pay
from governance.digest.summary import Outcome, Period, SummaryArgument, SummaryDraft
from governance.proposals.document import from_json
from governance.proposals.parameters import spelled
from governance.proposals.proposal import KINDS, Proposal
from governance.proposals.revision import changes
from storage.database import Database
from storage.polls import ballots
from storage.proposals import periods
from storage.proposals.proposals import Revision, StoredProposal
from tournament.source import Source, SourceError
from wording.message_links import message_link

log = logging.getLogger("roundtable.digest")

AFTER = timedelta(hours=24)  # a changed ballot counts for the arguments of the day before it
FEWEST_MOVED = 5  # changed ballots; fewer would tell who changed


async def drafts_in(
    db: Database,
    sources: Mapping[str, Source],
    guild_id: int,
    there: Mapping[int, StoredProposal],
    period: Period,
) -> list[SummaryDraft]:
    """What was filed or revised in a period; `there` has the server's proposals by number.

    sources: the numbers of each tournament, on which proposals are simulated.
    """
    versions: dict[int, list[Revision]] = defaultdict(list)
    for number, revision in await periods.revisions_between(db, guild_id, period.starts, period.ends):
        versions[number].append(revision)
    found: list[SummaryDraft] = []
    against: dict[tuple[str, str], str] = {}  # everyone is priced once for a rule, whoever proposes it
    for number, revisions in versions.items():
        if number not in there:
            continue
        title, newest = there[number].title, from_json(revisions[-1].content)
        first = revisions[0]
        if period.starts < first.created_at:  # nothing stands before it
            told = await _difference(sources, newest, against)
            found.append(SummaryDraft(number, title, link_of(there[number]), told))
            continue
        fields = [change.field.replace("_", " ") for change in changes(from_json(first.content), newest)]
        told = f"changed {', '.join(fields)}"
        found.append(SummaryDraft(number, title, link_of(there[number]), told, revised=True))
    return found


async def outcomes_in(
    db: Database, guild_id: int, there: Mapping[int, StoredProposal], period: Period
) -> list[Outcome]:
    """Official answers, and what was withdrawn or superseded, in a period; the newest proposal first."""
    span = (guild_id, period.starts, period.ends)
    found = [
        Outcome(
            number,
            there[number].title,
            response.link or link_of(there[number]),
            f"{response.outcome}: {response.statement}",
            "the team",
        )
        for number, response in await periods.responses_between(db, *span)
        if number in there
    ]
    found += [
        Outcome(number, there[number].title, link_of(there[number]), event.kind, "")
        for number, event in await periods.ends_between(db, *span)
        if number in there
    ]
    return sorted(found, key=lambda outcome: -outcome.number)


async def argument_of(
    db: Database, guild_id: int, there: Mapping[int, StoredProposal], period: Period
) -> SummaryArgument | None:
    """The argument in whose day most ballots changed; none where few did."""
    shown = {stored.proposal_id: stored for stored in there.values()}
    changed: dict[tuple[int, int], list[datetime]] = defaultdict(list)
    for poll_id, proposal_id, moment in await ballots.changed_between(
        db, guild_id, period.starts, period.ends
    ):
        changed[poll_id, proposal_id].append(moment)
    said = await periods.arguments_between(db, guild_id, period.starts - AFTER, period.ends)
    best: SummaryArgument | None = None
    for (_, proposal_id), moments in changed.items():
        for about, argument in said:
            if about != proposal_id or about not in shown:
                continue
            moved = sum(argument.made_at < moment <= argument.made_at + AFTER for moment in moments)
            if moved >= FEWEST_MOVED and (best is None or moved > best.moved):
                best = SummaryArgument(shown[about].number, argument.claim, link_of(shown[about]), moved)
    return best


def link_of(stored: StoredProposal) -> str:
    """Where a proposal is shown; "" where it is not."""
    return message_link(stored.guild_id, stored.thread or stored.channel, stored.message)


async def _difference(
    sources: Mapping[str, Source], proposal: Proposal, against: dict[tuple[str, str], str]
) -> str:
    """One line on what would be different, against the rule that its simulation compares with.

    against: what that is by tournament and proposed rule, "" where it can't be told; filled as it is asked.
    """
    said = spelled(proposal.parameters)
    if "rule" in said and proposal.kind == "payout" and proposal.tournament in sources:
        asked = proposal.tournament, said["rule"]
        if asked not in against:
            against[asked] = await _compared_with(sources[proposal.tournament], proposal)
        if against[asked]:
            return f"{said['rule']} instead of {against[asked]}"
    first = next(iter(said.items()), None)
    return KINDS[proposal.kind] if first is None else f"{KINDS[proposal.kind]}, {first[0]} {first[1]}"


async def _compared_with(source: Source, proposal: Proposal) -> str:
    """The rule that a payout proposal is held against, and since when; "" where that can't be told."""
    try:
        read = await read_pay(source, proposal, None)
    except SourceError as error:
        log.info("a proposal is told without the rule of today: %s", error)
        return ""
    return "" if isinstance(read, str) else f"{read.old.short}, the rule of round {max(read.in_force)}"
