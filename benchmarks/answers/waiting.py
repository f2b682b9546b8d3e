"""How long a member waits for the real bot.py, and how long five charts hold up its event loop."""

import asyncio
import contextlib
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.rows import Row
from benchmarks.timing import asked_for
from features.payout.compare import compare_payouts
from features.payout.compare_chart import picture_of_comparison
from features.payout.comparison import PayoutComparison
from storage.database import open_database
from tests import numerai_data
from tests.loopback.server import GOOD_TOKEN, LoopbackDiscord
from tests.numerai_server import LoopbackNumerai
from tests.process import BotProcess
from tournament.numerai.source import NumeraiSource
from tournament.sample import SampleSource
from tournament.source import SourceError
from ui.drawing import DrawingThread, warm_up

LAUNCH = Path(__file__).parent.parent.parent / "tests" / "launch.py"
QUESTION = {"proposed": "1C3T", "who": "model_07585"}
STAKES: dict[str, dict[str, object]] = {
    "stakes concentration": {"unit": "model"},
    "stakes influence": {},
    "stakes unstake": {"top": 20},
    "stakes history": {},
    "stakes who": {"name": "model_07585"},
}
STAKES_WITHIN = 400  # ms
COMPARE_WITHIN = 100  # ms
SILENT_WITHIN, STALL = 10_000, 50  # ms


def answers() -> list[Row]:
    """The real bot.py: cold and warm answers."""
    return asyncio.run(_answers())


def far_away() -> list[Row]:
    """An API that takes half a second, and one that is silent."""
    return [*asyncio.run(_far_away()), *asyncio.run(_silent())]


def stalls() -> list[Row]:
    """How long drawing holds up the event loop."""
    return asyncio.run(_stalls())


async def _answers() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        env = {
            "DISCORD_TOKEN": GOOD_TOKEN,
            "DATABASE_PATH": f"{folder}/bot.sqlite3",
            "DATA_SOURCE": "sample",
        }
        start = time.perf_counter()
        async with (
            LoopbackDiscord() as discord_server,
            BotProcess([LAUNCH, discord_server.address], env, cwd=folder) as bot,
        ):
            await discord_server.wait_ready()
            ready = time.perf_counter() - start
            cold = await discord_server.command("payout compare", options=QUESTION)
            await bot.wait_for_line('message="kernels"')
            warm = [await discord_server.command("payout compare", options=QUESTION) for _ in range(15)]
            stakes = {
                name: [await discord_server.command(name, options=options) for _ in range(5)]
                for name, options in STAKES.items()
            }
    print("\n/payout compare, from the typed command to the card with its chart")
    print(f"  process start to READY             {1000 * ready:9.0f} ms")
    asked_for("cold, until it is deferred", 1000 * cold.first_response_after, 1000)
    print(f"  cold, until it is answered         {1000 * cold.finished_after:9.0f} ms")
    waits = [1000 * reply.finished_after for reply in warm]
    asked_for("warm, median of 15", statistics.median(waits), COMPARE_WITHIN)
    rows = [
        Row(
            "answers",
            "/payout compare, warm, with its chart",
            statistics.median(waits),
            within=COMPARE_WITHIN,
        )
    ]
    print(f"  warm, slowest of 15                {max(waits):9.0f} ms")
    print("\n/stakes, from the typed command to the card with its charts")
    for name, (first, *again) in stakes.items():
        kept = statistics.median(1000 * reply.finished_after for reply in again)
        for words, taken in (("asked for the first time", 1000 * first.finished_after), ("kept", kept)):
            asked_for(f"{name}, {words}", taken, STAKES_WITHIN)
            rows.append(Row("answers", f"/{name}, {words}, charts included", taken, within=STAKES_WITHIN))
    return rows


async def _far_away() -> list[Row]:
    """An account of ten models over an API that takes half a second for each question."""
    print("\n/payout compare of an account of ten models, the API 500 ms away, without the chart")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        database = await open_database(f"{folder}/answers.sqlite3")
        async with LoopbackNumerai(latency=0.5, first_round=1290) as api:
            source = NumeraiSource(database, address=api.address, now=lambda: numerai_data.NOW)
            for name, most in (("cold", 3000), ("from the cache", 500)):
                taken = await _compared(source)
                asked_for(name, taken, most)
                rows.append(Row("far-away", f"an account of ten models, {name}", taken, within=most))
            await source.close()
        await database.close()
    return rows


async def _silent() -> list[Row]:
    """The same with the bot's own patience, once the API has stopped answering."""
    print("\n/payout compare of an account of ten models, the API silent")
    with tempfile.TemporaryDirectory() as folder:
        present = numerai_data.Present()
        async with LoopbackNumerai(first_round=1290) as api:
            databases = [await open_database(f"{folder}/{name}.sqlite3") for name in ("empty", "full")]
            empty, full = (NumeraiSource(each, address=api.address, now=present) for each in databases)
            await _compared(full)
            present.moment += timedelta(hours=3, minutes=10)
            api.fail("hang")
            rows = []
            for words, source in (("it is said to be silent", empty), ("the last answer is shown", full)):
                taken = await _compared(source)
                asked_for(f"until {words}", taken, SILENT_WITHIN)
                rows.append(Row("far-away", f"a silent API, until {words}", taken, within=SILENT_WITHIN))
            await asyncio.gather(empty.close(), full.close())
        await asyncio.gather(*(database.close() for database in databases))
    return rows


async def _compared(source: NumeraiSource) -> float:
    """Milliseconds until there is an answer, or a sentence instead."""
    start = time.perf_counter()
    with contextlib.suppress(SourceError):
        await compare_payouts(source, "tidewater", "1xCORR + 3xMMC", rounds="1290-1320")
    return 1000 * (time.perf_counter() - start)


async def _stalls() -> list[Row]:
    comparison = await compare_payouts(SampleSource(), "everyone", "1C3T", current="2C1T", rounds="all")
    drawing = DrawingThread()
    await drawing.run(warm_up)

    async def five_on_the_thread() -> None:
        await asyncio.gather(*(drawing.run(picture_of_comparison, comparison) for _ in range(5)))

    async def five_on_the_loop() -> None:
        for _ in range(5):
            _draw(comparison)
            await asyncio.sleep(0)

    _draw(comparison)
    rows = []
    print("\nLongest stall of the event loop while five charts are drawn (11 turns, medians)")
    for name, five in (
        ("drawn on the loop itself", five_on_the_loop),
        ("drawn on the thread", five_on_the_thread),
    ):
        stalls = [await _longest_stall(five()) for _ in range(11)]
        median, slowest = 1000 * statistics.median(stalls), 1000 * max(stalls)
        asked_for(f"{name}, to {slowest:.0f}", median, STALL)
        if five is five_on_the_thread:
            rows.append(
                Row("stalls", "longest stall of the event loop, five charts drawn", median, within=STALL)
            )
    drawing.close()
    return rows


def _draw(comparison: PayoutComparison) -> None:
    picture_of_comparison(comparison)


async def _longest_stall(work: object) -> float:
    """Seconds that a task which only wants to run every millisecond had to wait beyond that."""
    task = asyncio.ensure_future(work)  # type: ignore[arg-type]
    longest, last = 0.0, time.perf_counter()
    while not task.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, last = max(longest, now - last - 0.001), now
    return longest


BENCHMARKS = {"answers": answers, "far-away": far_away, "stalls": stalls}
