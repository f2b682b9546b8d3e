"""`/record score-file` on a host with a scheduler that is away: the bot scores by itself, and says so."""

import dataclasses
from pathlib import Path

import pytest

from bot import Settings
from features.lab.score_file_card import AWAY
from tests.features.lab.files import as_file, frame
from tests.offline import Server, said, text_of


@pytest.fixture
def settings(database_file: Path) -> Settings:
    given = {
        "DISCORD_TOKEN": "x",
        "DATABASE_PATH": str(database_file),
        "DATA_SOURCE": "sample",
        "BACKUP_DAYS": "0",
    }
    # no port: known to be away without waiting for it
    return dataclasses.replace(Settings.from_env(given), scoring_scheduler="tcp://127.0.0.1")


async def test_a_file_is_scored_by_the_bot_where_others_are_away(server: Server) -> None:
    answer = await server.ben.slash(
        server.channel, "record score-file", file=("predictions.csv", as_file(frame(eras=20)))
    )
    told = text_of(said(answer))
    assert "### CORR " in told
    assert AWAY in told
