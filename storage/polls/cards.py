"""What the public cards of polls last showed, and which of them are behind."""

from governance.votes.secrecy import IN_STEPS
from storage.database import Database, fetch_all, fetch_one, write_alone
from storage.moments import to_text
from storage.polls.polls import Poll

_STATE = (
    "CASE WHEN p.hidden_reason IS NOT NULL THEN 'hidden' "
    f"WHEN p.state = 'open' THEN 'open ' || p.closes_at || ' ' || (p.told / {IN_STEPS}) ELSE p.state END"
)
_BEHIND = f"""SELECT p.guild_id, p.poll_id FROM polls p LEFT JOIN poll_cards c USING (poll_id)
WHERE (p.channel IS NOT NULL OR p.proposal_id IS NOT NULL AND p.state = 'open')
AND c.shown IS NOT ({_STATE}) """  # noqa: S608


def state_of_card(poll: Poll) -> str:
    """The words for what the card of a poll shows."""
    if poll.hidden_reason is not None:
        return "hidden"
    if poll.state != "open":
        return poll.state
    return f"open {to_text(poll.closes_at)} {poll.told // IN_STEPS}"


async def cards_behind(db: Database) -> list[tuple[int, int]]:
    """Return (server, poll id) of every poll whose card does not show its state yet."""
    return [(row["guild_id"], row["poll_id"]) for row in await fetch_all(db, _BEHIND + "ORDER BY p.poll_id")]


async def is_behind(db: Database, guild_id: int, poll_id: int) -> bool:
    """Whether the card of one poll does not show its state yet."""
    row = await fetch_one(db, _BEHIND + "AND p.guild_id = ? AND p.poll_id = ?", (guild_id, poll_id))
    return row is not None


async def set_shown(db: Database, guild_id: int, poll_id: int, shown: str) -> None:
    """Note what a card shows."""
    await write_alone(
        db,
        "INSERT INTO poll_cards (poll_id, guild_id, shown) SELECT poll_id, guild_id, ? FROM polls "
        "WHERE guild_id = ? AND poll_id = ? ON CONFLICT (poll_id) DO UPDATE SET shown = excluded.shown",
        (shown, guild_id, poll_id),
    )


async def rooms_of(db: Database, guild_id: int, poll_id: int) -> list[int]:
    """Return the threads and channels where a poll may be shown, the one it belongs to first."""
    row = await fetch_one(
        db,
        "SELECT CASE WHEN p.thread IS NOT p.message THEN p.thread END, p.channel, q.thread, q.channel "
        "FROM polls p LEFT JOIN proposals q USING (guild_id, proposal_id) "
        "WHERE p.guild_id = ? AND p.poll_id = ?",
        (guild_id, poll_id),
    )
    return [] if row is None else [room for room in row if room is not None]
