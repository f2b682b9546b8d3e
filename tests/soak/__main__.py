"""24 simulated hours of 200 members: memory, the database, and nothing twice: make soak."""

import argparse
import asyncio
import ctypes
import gc
import os
import sys
import tempfile
import time
from pathlib import Path

from bot import Settings, create_bot, load_loops
from health import keep_memory_together
from tests.features.proposals.proposing import Clock
from tests.offline import OfflineDiscord, furnished
from tests.soak.day import begin, doubled, forget_the_past, integrity
from tournament.sample import SampleSource

MOST_GROWTH = 0.05  # of the resident memory after the warm-up, a quarter of the time


def resident() -> float:
    """MB that the process holds, once what is not used any more was given back (Linux)."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def soak(hours: int, members: int, seed: int) -> int:
    """Live it, tell the figures; 1 where a bound is broken."""
    source, now, began = SampleSource(), Clock(), time.monotonic()
    await source.names()
    load_loops()  # half a minute after a start, which here are hours
    sizes: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_env(
            {"DATABASE_PATH": f"{folder}/soak.sqlite3", "DATA_SOURCE": "sample", "BACKUP_DAYS": "0"}
        )
        env = OfflineDiscord(create_bot(settings, source=source, now=now))
        await env.start()
        day = await begin(furnished(env), now, settings, source, members, seed)
        for minute in range(hours * 60):
            await day.minute(minute)
            if minute % 60 == 59:
                forget_the_past(day.server)
                sizes.append(resident())
                print(
                    f"hour {len(sizes)}: {sizes[-1]:.1f} MB, {sys.getallocatedblocks():,} blocks", flush=True
                )
        wrong = await doubled(day) + await integrity(day)
        await env.shutdown()
        await env.bot.close()
    warm, end = sizes[len(sizes) // 4], sizes[-1]
    growth = end / warm - 1
    print(", ".join(f"{count} {what}" for what, count in sorted(day.did.items())))
    print(
        f"resident memory: {warm:.1f} MB after hour {len(sizes) // 4 + 1}, {end:.1f} MB at the end "
        f"({growth:+.1%}, at most {MOST_GROWTH:+.0%}); {time.monotonic() - began:.0f} s"
    )
    if growth > MOST_GROWTH:
        wrong.append("the memory grows")
    for each in wrong:
        print(f"wrong: {each}")
    return 1 if wrong else 0


def main() -> int:
    """`python -m tests.soak [--hours H] [--members M] [--seed N]`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    keep_memory_together()
    return asyncio.run(soak(asked.hours, asked.members, asked.seed))


if __name__ == "__main__":
    sys.exit(main())
