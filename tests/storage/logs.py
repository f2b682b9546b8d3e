"""What the logs of promises and statements hold: kind, words and who did it (None once they have left)."""

from storage.database import Database, fetch_all


async def promise_steps(db: Database, guild_id: int) -> list[tuple[str, str, int | None]]:
    rows = await fetch_all(
        db,
        "SELECT kind, note, member_id FROM promise_steps LEFT JOIN promise_step_actors USING (step_id) "
        "WHERE promise_steps.guild_id = ? ORDER BY step_id",
        (guild_id,),
    )
    return [tuple(row) for row in rows]


async def statement_events(db: Database, guild_id: int) -> list[tuple[str, str, int | None]]:
    rows = await fetch_all(
        db,
        "SELECT kind, reason, member_id FROM opinion_events LEFT JOIN opinion_event_actors USING (event_id) "
        "WHERE opinion_events.guild_id = ? ORDER BY event_id",
        (guild_id,),
    )
    return [tuple(row) for row in rows]
