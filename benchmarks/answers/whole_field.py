"""Two years of a tournament of 6,000 models read from an API on this machine, killed half-way and resumed."""

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.rows import Row

MODELS, ROUNDS, LAST = 6_000, 520, 1401
HALF = ROUNDS // 2
WARM = 1000  # ms an answer about everyone may take
ROOT = Path(__file__).parent.parent.parent


def whole_field() -> list[Row]:
    """Print what reading costs: seconds, bytes of database, memory; then two answers about everyone, warm."""
    print(f"\nWhole rounds: {ROUNDS} rounds of {MODELS:,} models from an API on this machine")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "field.sqlite3"
        with _process("serve") as api:
            assert api.stdout is not None
            address = api.stdout.readline().strip()
            started = time.perf_counter()
            with _process("read", address, str(file)) as first:
                assert first.stdout is not None
                read = 0
                while read < HALF:
                    read = int(first.stdout.readline())
                first.kill()
            with _process("read", address, str(file)) as second:
                told = second.communicate()[0].splitlines()
            api.kill()
        took = time.perf_counter() - started
        print(f"  killed after {read} rounds; read again from {told[0]} to {told[-4]}, {took:.0f} s in all")
        for each in told[-3:]:
            print(f"  {each}")
        size = file.stat().st_size
        print(f"  database: {size / 1e6:.1f} MB, {size / ROUNDS / 1e3:.0f} kB a round")
    return [
        Row(
            "whole-field",
            f"{what}, of {MODELS:,} models and {ROUNDS} rounds, warm",
            1000 * float(took),
            within=WARM,
        )
        for what, took in (each.rsplit(": ", 1) for each in told[-1].removesuffix(" s").split(" s, "))
    ]


def _process(*arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.answers.whole_field", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own


async def _serve() -> None:
    from tests.numerai.crowd import Crowd
    from tests.numerai_server import LoopbackNumerai

    async with LoopbackNumerai(first_round=LAST - ROUNDS + 1, last_round=LAST) as api:
        api.crowd = Crowd(MODELS)
        print(api.address, flush=True)
        while True:
            await asyncio.sleep(0.5)
            api.forget()  # of each round once: what is kept here would be gigabytes


async def _read(address: str, file: Path) -> None:
    import bot  # noqa: F401 - the process is as large as the bot is
    from features.payout.compare import compare_payouts
    from features.stakes.concentration import stake_concentration
    from features.stakes.moments import moment
    from storage.database import open_database
    from tests.numerai_data import NOW
    from tournament.numerai.source import NumeraiSource, Throttle
    from tournament.sample import SampleSource
    from ui.drawing import DrawingThread, warm_up

    drawing = DrawingThread()
    await drawing.run(warm_up)
    await SampleSource().names()
    before = _memory()
    database = await open_database(file)
    live = NumeraiSource(database, address=address, now=lambda: NOW, throttle=Throttle(1_000_000))
    reading = asyncio.create_task(live.read_rounds())
    while not reading.done():
        await asyncio.wait({reading}, timeout=0.5)
        print((await live.coverage()).kept, flush=True)
    await reading
    after = _memory()
    await live.refresh_board()
    times: dict[str, list[float]] = {"stakes concentration, a round": [], "payout compare everyone, all": []}
    cold = time.perf_counter()
    field = await live.everyone()
    cold = time.perf_counter() - cold
    for number in field.numbers[[40, 300, 500]].tolist():
        started = time.perf_counter()
        at = await moment(database, live, f"round {number}")
        await stake_concentration(live, unit="model", at=at)
        times["stakes concentration, a round"].append(time.perf_counter() - started)
        started = time.perf_counter()
        await compare_payouts(
            live, "everyone", "1xCORR + 3xMMC", current="0.75 corr + 2.25 mmc", rounds="all"
        )
        times["payout compare everyone, all"].append(time.perf_counter() - started)
    print((await live.coverage()).kept)
    most = f"{before} MB as it starts, {after} MB after reading, {_memory()} MB after all answers"
    print(f"memory at most: {most}")
    print(f"first question about everyone: {cold:.2f} s")
    print(", ".join(f"{what}: {median(each):.2f} s" for what, each in times.items()), flush=True)
    await live.close()
    await database.close()


def _memory() -> int:
    """The most that this process ever held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000


BENCHMARKS = {"whole-field": whole_field}

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve"]:
            asyncio.run(_serve())
        case ["read", address, file]:
            asyncio.run(_read(address, Path(file)))
        case _:
            whole_field()
