"""What the public cards of proposals last showed, and which of them are behind."""

from storage.database import Database, execute, fetch_all, write_alone
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


def state_of_card(
    proposal: StoredProposal, arguments: int, responses: int, vote: Poll | None, *, effect: bool
) -> str:
    """The words for what a proposal's card shows, with so many arguments in sight and answers.

    effect: whether it tells what the proposal would do; a card that does not is behind until it does.
    """
    text = f"{proposal.revision}{'' if proposal.hidden_reason is None else ' hidden'}"
    voted = "no vote" if vote is None else f"{vote.poll_id} {vote.state}"
    since = to_text(proposal.stage_since)
    state = f"{text}: {proposal.stage}, {since}, {proposal.seconds}, {arguments}, {responses}, {voted}"
    return state if effect else f"{state}, without its effect"


async def set_shown(db: Database, guild_id: int, number: int, shown: str) -> None:
    """Note what a card shows."""
    await write_alone(db, _NOTE, (shown, guild_id, number))


async def note_shown(db: Database, guild_id: int, number: int, shown: str) -> None:
    """Note what a card shows, inside a transaction."""
    await execute(db, _NOTE, (shown, guild_id, number))
