"""How many requests an answer takes, how soon it is asked for again, and what is imported for it."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from storage.database import Database
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM, PATIENCE
from tournament.numerai.source import NumeraiSource


@pytest.mark.slow
async def test_questions_asked_at_once_are_asked_once(live: NumeraiSource, api: LoopbackNumerai) -> None:
    histories = await asyncio.gather(*(live.history("tidewater") for _ in range(10)))
    assert {history.round.size for history in histories} == {10 * len(api.numbers)}
    assert len(api.requests) == 2 + 10


@pytest.mark.slow
async def test_answers_are_asked_for_again_when_they_are_old(
    live: NumeraiSource, api: LoopbackNumerai, present: Present
) -> None:
    async def ask() -> None:
        await live.rounds()
        await live.history("solo_wren")

    await ask()
    assert len(api.requests) == 4
    present.moment += timedelta(minutes=9)
    await ask()
    assert len(api.requests) == 4
    present.moment += timedelta(minutes=1)  # ten minutes: the rounds
    await ask()
    assert [len(api.asked(root)) for root in ("rounds", "v2RoundModelPerformances")] == [2, 1]
    present.moment += timedelta(minutes=5)  # fifteen minutes: the history
    await ask()
    assert [len(api.asked(root)) for root in ("rounds", "v2RoundModelPerformances")] == [2, 2]
    present.moment += timedelta(minutes=45)  # an hour: which models there are
    await ask()
    assert [len(api.asked(root)) for root in ("v3UserProfile", "accountProfile")] == [2, 2]


@pytest.mark.slow
async def test_ten_models_are_asked_for_at_once_and_then_not_again(
    database: Database, present: Present
) -> None:
    async with LoopbackNumerai(latency=0.4, first_round=1390) as api:
        live = NumeraiSource(database, address=api.address, now=present, patience=CALM)
        for _ in range(2):
            name = await live.find("tidewater")
            assert name is not None
            await live.scores()
            await live.until()
            await live.rounds()
            history = await live.history(name)
            assert history.round.size == 10 * len(api.numbers)
            assert api.most_at_once >= 10
            assert len(api.asked("v2RoundModelPerformances")) == 10
            for root in ("v3UserProfile", "accountProfile", "rounds"):
                assert len(api.asked(root)) == 1
        await live.close()


LAZY = """
import asyncio, sys, tempfile
from pathlib import Path
from storage.database import open_database
from tournament.numerai.source import NumeraiSource

async def main():
    database = await open_database(Path(sys.argv[1]))
    source = NumeraiSource(database)
    await source.close()
    await database.close()
    print(sorted({"scipy", "pandas"} & set(sys.modules)))

asyncio.run(main())
"""


@pytest.mark.slow
def test_nothing_heavy_is_imported_before_the_first_question(tmp_path: Path) -> None:
    root = Path(__file__).parents[4]
    done = subprocess.run(
        [sys.executable, "-c", LAZY, str(tmp_path / "bot.sqlite3")],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("[]\n", "", 0)
