"""Every command, button, menu and form of the bot, pressed and filled in at random: make fuzz."""

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.checks import sort_of
from tests.fuzz.playing import Run, run_seed, run_steps, shortest_tail
from tests.fuzz.steps import Step
from tournament.sample import SampleSource

MOST_TAILS = 3  # of different findings
OUT = Path(__file__).parents[2] / "out"


async def fuzz(seconds: float, seed: int, most: int, *, tails: bool) -> int:
    """Play, tell what was done and found; 0 for nothing wrong."""
    source = SampleSource()
    await source.names()
    ends = time.monotonic() + seconds
    run = await run_seed(source, seed, lambda run: time.monotonic() < ends and len(run.steps) < most)
    _tell(run, seed)
    kinds: dict[str, tuple[int, str]] = {}
    for at, told in run.findings:
        kinds.setdefault(sort_of(told), (at, told))
    for number, (kind, (at, told)) in enumerate(kinds.items()):
        times = sum(sort_of(each) == kind for _, each in run.findings)
        print(f"\n{times} x, first after {at} steps:\n{told}\n")
        print(f"all of it again: python -m tests.fuzz --seed {seed} --steps {at}")
        if tails and number < MOST_TAILS:
            await _tell_tail(source, run.steps[:at], told, OUT / f"fuzz-{seed}-{number + 1}.jsonl")
    return 1 if kinds else 0


async def _tell_tail(source: SampleSource, steps: Sequence[Step], told: str, file: Path) -> None:
    tail = await shortest_tail(source, steps, told)
    _write(file, tail)
    print(f"the shortest tail, {len(tail)} of {len(steps)} steps: python -m tests.fuzz --replay {file}")
    for step in tail:
        print(f"  {step.as_line()[:300]}")


def _write(file: Path, steps: Sequence[Step]) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text("".join(f"{step.as_line()}\n" for step in steps), encoding="utf-8")


def _tell(run: Run, seed: int) -> None:
    commands = {name for name in run.used if name.startswith("/") and not name.endswith("…")}
    forms = {name for name in run.used if name.startswith("form: ")}
    items = {name for name in run.used if not name.startswith(("/", "form: ", "menu: "))}
    print(f"seed {seed}: {len(run.steps)} steps, {run.answers} interactions, {len(run.findings)} findings")
    print(f"  {len(commands)} commands, {len(items)} kinds of buttons and menus, {len(forms)} kinds of forms")
    if run.never:
        print(f"  not typed: {', '.join(run.never)}")
    seconds, step = run.slowest
    print(f"  slowest: {seconds:.1f} s, {step.as_line()[:160] if step else ''}")


async def replay(lines: Sequence[str]) -> int:
    """The steps of a file."""
    source = SampleSource()
    await source.names()
    run = await run_steps(source, [Step.of_line(line) for line in lines])
    for at, told in run.findings:
        print(f"after {at} steps: {told}")
    return 1 if run.findings else 0


def main() -> int:
    """`python -m tests.fuzz [--seconds S] [--seed N] [--steps K] [--replay FILE]`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (60)")
    parser.add_argument("--seed", type=int, default=None, help="the same seed plays the same steps")
    parser.add_argument("--steps", type=int, default=None, help="so many steps, however long they take")
    parser.add_argument("--replay", type=Path, default=None, help="the steps of a file that it wrote")
    parser.add_argument("--no-tails", action="store_true", help="do not look for the shortest tails")
    asked = parser.parse_args()
    if asked.replay is not None:
        return asyncio.run(replay(asked.replay.read_text(encoding="utf-8").splitlines()))
    seed = random.randrange(10**6) if asked.seed is None else asked.seed
    seconds = float("inf") if asked.steps else asked.seconds
    return asyncio.run(fuzz(seconds, seed, asked.steps or 10**9, tails=not asked.no_tails))


if __name__ == "__main__":
    sys.exit(main())
