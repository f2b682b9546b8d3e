"""Rounds of 6,000 models: read exactly, up to 30 MB a reply, and what a kill leaves is gone on with."""

import json
from pathlib import Path

import numpy as np
import pytest

from storage.database import Database, fetch_all, open_database
from tests.numerai.crowd import Crowd
from tests.numerai_data import NOW, Present
from tests.numerai_server import LoopbackNumerai
from tests.process import BotProcess
from tests.tournament.numerai.source.sources import source_of
from tournament.numerai.asking.client import LARGEST_ANSWER
from tournament.source import SourceError

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[4]
READING = f"""
import asyncio, sys
from datetime import datetime
from pathlib import Path
from storage.database import open_database
from tournament.numerai.source import NumeraiSource, Throttle

async def main(address, file):
    database = await open_database(Path(file))
    now = datetime.fromisoformat("{NOW.isoformat()}")
    live = NumeraiSource(database, address=address, now=lambda: now, throttle=Throttle(100_000))
    reading = asyncio.create_task(live.read_rounds())
    while (await live.coverage()).kept < 8:
        await asyncio.wait({{reading}}, timeout=0.01)
    print("eight are kept", flush=True)
    await reading
    await live.close()
    await database.close()

asyncio.run(main(*sys.argv[1:]))
"""


def padded(answer: str, size: int) -> str:
    """The same object, so many characters long."""
    room = size - len(answer) - len(', "status": ""')
    return f'{answer[:-1]}, "status": "{"x" * room}"}}'


async def test_a_round_of_6000_models_is_as_it_was_told(database: Database, present: Present) -> None:
    async with LoopbackNumerai(first_round=1342, last_round=1343) as api:
        api.crowd = Crowd(6_000)
        live = source_of("classic", api, database, present)
        await live.read_rounds()
        field = await live.everyone()
        for number in (1342, 1343):
            told, rows = api.crowd.columns(number), field.read(np.array([number]))
            order = np.argsort(np.array(rows.models)[rows.model])
            np.testing.assert_allclose(np.nan_to_num(rows.stake[order]), told["stake"], atol=6e-6)
            np.testing.assert_allclose(rows.payout[order], told["payout"], atol=6e-6)
            np.testing.assert_allclose(rows.scores["mmc60"][order], told["mmc60"], atol=6e-7)
        rounds = await live.rounds()
        total = rounds.total_at_risk[rounds.number == 1343][0]
        assert total == pytest.approx(api.crowd.columns(1343)["stake"].sum())
        kept = await fetch_all(database, "SELECT size FROM whole_rounds")
        assert max(row["size"] for row in kept) < 115_000
        await live.close()


async def test_a_reply_of_30_mb_is_read_and_a_larger_one_refused(
    database: Database, present: Present
) -> None:
    async with LoopbackNumerai(first_round=1343, last_round=1343) as api:
        answer = json.dumps(Crowd(6_000).whole_round(1343))
        api.says["roundDetails"] = padded(answer, 30_000_000)
        live = source_of("classic", api, database, present)
        await live.read_rounds()
        assert (await live.everyone()).rows.tolist() == [6_000]
        await fetch_all(database, "DELETE FROM whole_rounds")
        await live.close()
        again = source_of("classic", api, database, present)
        api.says["roundDetails"] = padded(answer, LARGEST_ANSWER + 1)
        with pytest.raises(SourceError, match="Numerai's answer is too large"):
            await again.read_rounds()
        await again.close()


async def test_what_was_read_before_a_kill_is_not_asked_for_again(tmp_path: Path, present: Present) -> None:
    file = tmp_path / "kept.sqlite3"
    async with LoopbackNumerai(first_round=1340, last_round=1369) as api:
        api.crowd = Crowd(300)
        async with BotProcess(["-c", READING, api.address, file], cwd=ROOT) as process:
            await process.wait_for_line("eight are kept")
            process.kill()
        database = await open_database(file)
        kept = [row["number"] for row in await fetch_all(database, "SELECT number FROM whole_rounds")]
        assert 8 <= len(kept) < 30
        assert sorted(kept) == list(range(1370 - len(kept), 1370))
        before = len(api.asked("roundDetails"))
        live = source_of("classic", api, database, present)
        await live.read_rounds()
        asked = [each.variables["roundNumber"] for each in api.asked("roundDetails")[before:]]
        assert asked == [number for number in range(1369, 1339, -1) if number not in kept]
        field = await live.everyone()
        assert field.rows.tolist() == [300] * 30
        await live.close()
        await database.close()
