"""Commands that only show something write nothing: the database is the same before and after each."""

from datetime import timedelta
from typing import Any

import pytest

from storage.database import fetch_all
from tests.features.polls.polls import opened
from tests.features.proposals.proposing import ask, file
from tests.offline import Server, said

READS: list[tuple[str, dict[str, Any]]] = [
    ("digest preview", {}),
    ("digest me", {}),
    ("digest last", {}),
    ("digest last", {"markdown": True}),
    ("proposal list", {}),
    ("proposal show", {"number": 1}),
    ("proposal show", {"number": 1, "what": "whole text"}),
    ("proposal show", {"number": 1, "what": "arguments"}),
    ("proposal export", {"number": 1}),
    ("proposal export", {"number": 1, "form": "Markdown"}),
    ("poll list", {}),
    ("poll show", {"number": 1}),
    ("poll my", {"number": 1}),
    ("poll results", {"number": 1}),
    ("opinion list", {}),
    ("opinion map", {}),
    ("account show", {}),
    ("privacy show", {}),
    ("privacy export", {}),
    ("setup show", {}),
    ("help", {}),
]
# these keep the question itself, so that what stands under the answer can ask it again: their one write
SHARED: list[tuple[str, dict[str, Any]]] = [
    ("stakes history", {}),
    ("stakes concentration", {}),
    ("stakes who", {"name": "model_07585"}),
    ("promise list", {}),
    ("payout show", {"who": "model_07585"}),
    ("payout rules", {}),
    ("proposal simulate", {"number": 1}),
    ("proposal impact", {"number": 1, "who": "model_07585"}),
]


async def contents(server: Server) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    tables = await fetch_all(server.database, "SELECT name FROM sqlite_schema WHERE type = 'table'")
    return {
        table["name"]: [
            tuple(row) for row in await fetch_all(server.database, f"SELECT * FROM {table['name']}")
        ]
        for table in tables
    }


@pytest.fixture
async def furnished(server: Server) -> Server:
    ada = server.guild.add_member(server.env.create_user("ada", global_name="Ada"))
    await file(server, ada)
    await ask(server, server.ben, "second", number=1)
    await ask(server, server.ben, "argue", number=1, side="for", claim="Good.")
    now = server.bot.now()
    await opened(
        server.database, guild_id=server.guild.id, now=now, opens_at=now, closes_at=now + timedelta(days=1)
    )
    return server


async def test_commands_that_show_write_nothing(furnished: Server) -> None:
    server, wrote = furnished, []
    before = await contents(server)
    for command, options in READS:
        changes = server.database.connection.total_changes
        said(await server.moderator.slash(server.channel, command, **options))
        if server.database.connection.total_changes != changes:
            wrote.append(command)
    assert wrote == []
    assert await contents(server) == before


async def test_an_answer_with_a_share_button_keeps_its_question_alone(furnished: Server) -> None:
    server = furnished
    before = await contents(server)
    for command, options in SHARED:
        said(await server.moderator.slash(server.channel, command, **options))
    after = await contents(server)
    changed = {table for table in after if after[table] != before.get(table)}
    assert changed <= {"asked_questions", "sqlite_sequence"}, changed
    assert len(after["asked_questions"]) == len(before["asked_questions"]) + len(SHARED)
