"""What the public cards of proposals last showed, and which of them are behind."""

from storage.database import Database, execute, fetch_all, fetch_one, write_alone
from storage.moments import to_text
from storage.polls.polls import Poll
from storage.proposals.proposals import StoredProposal

_TEXT = "p.revision || CASE WHEN p.hidden_reason IS NULL THEN '' ELSE ' hidden' END"
_STATE = f"""{_TEXT} || ': ' || p.stage || ', ' || p.stage_since
|| ', ' || (SELECT count(*) FROM proposal_seconds WHERE proposal_id = p.proposal_id)
|| ', ' || (SELECT count(*) FROM proposal_arguments WHERE proposal_id = p.proposal_id
    AND hidden_reason IS NULL)
|| ', ' || (SELECT count(*) FROM proposal_responses WHERE proposal_id = p.proposal_id)
|| ', ' || ifnull((SELECT poll_id || ' ' || state FROM polls v WHERE v.guild_id = p.guild_id
    AND v.proposal_id = p.proposal_id ORDER BY poll_id DESC LIMIT 1), 'no vote')"""  # noqa: S608

_NOTE = """
INSERT INTO proposal_cards (proposal_id, guild_id, shown)
SELECT proposal_id, guild_id, ? FROM proposals WHERE guild_id = ? AND number = ?
ON CONFLICT (proposal_id) DO UPDATE SET shown = excluded.shown
"""


async def cards_behind(db: Database) -> list[tuple[int, int]]:
    """Return (server, number) of every proposal with a card that does not show its state yet."""
    rows = await fetch_all(
        db,
        "SELECT p.guild_id, p.number FROM proposals p LEFT JOIN proposal_cards c USING (proposal_id) "  # noqa: S608
        f"WHERE p.channel IS NOT NULL AND c.shown IS NOT ({_STATE}) ORDER BY p.proposal_id",
    )
    return [(row["guild_id"], row["number"]) for row in rows]


def state_of_card(proposal: StoredProposal, arguments: int, responses: int, vote: Poll | None) -> str:
    """The words for what a proposal's card shows, with so many arguments in sight and answers."""
    text = f"{proposal.revision}{'' if proposal.hidden_reason is None else ' hidden'}"
    voted = "no vote" if vote is None else f"{vote.poll_id} {vote.state}"
    since = to_text(proposal.stage_since)
    return f"{text}: {proposal.stage}, {since}, {proposal.seconds}, {arguments}, {responses}, {voted}"


def same_text(shown: str, state: str) -> bool:
    """Whether only the standing differs between what a card shows and what it should, not what it says."""
    return shown.partition(":")[0] == state.partition(":")[0]


async def shown_of(db: Database, guild_id: int, number: int) -> str:
    """Return what a proposal's card shows; "" for nothing."""
    row = await fetch_one(
        db,
        "SELECT c.shown FROM proposal_cards c JOIN proposals p USING (guild_id, proposal_id) "
        "WHERE p.guild_id = ? AND p.number = ?",
        (guild_id, number),
    )
    return "" if row is None else row["shown"]


async def set_shown(db: Database, guild_id: int, number: int, shown: str) -> None:
    """Note what a card shows."""
    await write_alone(db, _NOTE, (shown, guild_id, number))


async def note_shown(db: Database, guild_id: int, number: int, shown: str) -> None:
    """Note what a card shows, inside a transaction."""
    await execute(db, _NOTE, (shown, guild_id, number))
