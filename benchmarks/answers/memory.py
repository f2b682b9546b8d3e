"""What the process holds when everyone of a large tournament is asked about ahead: a process of its own."""

import asyncio
import subprocess
import sys
from pathlib import Path

from benchmarks.rows import Row

ROOT = Path(__file__).parent.parent.parent
ROUNDS, MODELS, RULES = 520, 6_000, 6
WITHIN = 450  # MB


def ahead_memory() -> list[Row]:
    """The most that a bot ever held: its libraries, the sample, everyone, and /ahead pay by rules in turn."""
    command = [sys.executable, "-m", "benchmarks.answers.memory"]
    told = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout  # noqa: S603
    print(f"\nMemory of /ahead pay over {ROUNDS} rounds of {MODELS:,} models\n{told}")
    work = f"the most a process held: /ahead pay of {RULES} rules, {ROUNDS} rounds of {MODELS:,} models"
    return [Row("ahead-memory", work, float(told.split()[-2]), within=WITHIN, unit="MB")]


async def _ask() -> None:
    import bot  # noqa: F401 - the process is as large as the bot is
    from benchmarks.answers.growth import GrownSource
    from benchmarks.invented.fields import invented_field
    from features.ahead.pay import pay_ahead
    from tournament.sample import SampleSource
    from ui.drawing import DrawingThread, warm_up

    drawing = DrawingThread()
    await drawing.run(warm_up)
    await SampleSource().names()
    print(f"as it starts: {_most()} MB")
    source = GrownSource(await asyncio.to_thread(invented_field, ROUNDS, MODELS))
    print(f"with everyone: {_most()} MB")
    for times in range(RULES):
        await pay_ahead(source, "model_00001", [f"{times + 1}xCORR + 1xMMC"])
    print(f"after all answers: {_most()} MB")
    drawing.close()


def _most() -> int:
    """MB (Linux); what the system tells of a process that ended would begin with the one that started it."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) // 1000


BENCHMARKS = {"ahead-memory": ahead_memory}

if __name__ == "__main__":
    asyncio.run(_ask())
