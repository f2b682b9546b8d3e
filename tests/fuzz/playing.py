"""A run of steps from a seed or from a list, and the shortest tail of it that ends in the same."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.fuzz.checks import Checks, at_the_end, sort_of
from tests.fuzz.doing import play
from tests.fuzz.making import next_step
from tests.fuzz.stage import Stage, staged
from tests.fuzz.steps import Played, Step
from tournament.sample import SampleSource


@dataclass
class Run:
    """What was done and what was found."""

    steps: list[Step] = field(default_factory=list)
    findings: list[tuple[int, str]] = field(default_factory=list)  # (steps until then, what is wrong)
    used: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, Step | None] = (0.0, None)
    never: list[str] = field(default_factory=list)  # commands that nobody typed
    answers: int = 0


async def run_seed(source: SampleSource, seed: int, goes_on: Callable[[Run], bool]) -> Run:
    """Steps drawn from a seed, as long as it goes on."""
    run = Run()
    async with staged(source) as stage:
        played, checks = Played(stage), Checks(stage)
        while goes_on(run):
            await _one(run, played, checks, next_step(played, seed, len(run.steps)))
        await _finish(run, stage, played)
    return run


async def run_steps(source: SampleSource, steps: Sequence[Step]) -> Run:
    """These steps and no others."""
    run = Run()
    async with staged(source) as stage:
        played, checks = Played(stage), Checks(stage)
        for step in steps:
            await _one(run, played, checks, step)
        await _finish(run, stage, played)
    return run


async def _one(run: Run, played: Played, checks: Checks, step: Step) -> None:
    run.steps.append(step)
    began = time.monotonic()
    try:
        results = await play(played, step)
    except (TimeoutError, asyncio.CancelledError) as error:
        run.findings.append((len(run.steps), f"never done: {error}"))
        raise
    run.slowest = max(run.slowest, (time.monotonic() - began, step), key=lambda each: each[0])
    run.answers += len(results)
    run.findings += [(len(run.steps), told) for told in checks.after(step, results)]
    played.stage.forget_the_past()


async def _finish(run: Run, stage: Stage, played: Played) -> None:
    run.findings += [(len(run.steps), told) for told in await at_the_end(stage)]
    run.used = Counter(played.used)
    run.never = [name for name in stage.commands if f"/{name}" not in played.used]


async def shortest_tail(
    source: SampleSource, steps: Sequence[Step], finding: str, tries: int = 24
) -> Sequence[Step]:
    """The fewest last steps, and those that showed what they press, after which the same is found."""
    wanted, left = sort_of(finding), tries

    async def leads_there(some: Sequence[Step]) -> bool:
        nonlocal left
        left -= 1
        run = await run_steps(source, some)
        return any(sort_of(told) == wanted for _, told in run.findings)

    length, tail = 1, _with_causes(steps, {steps[-1].number})
    while left > 0 and not await leads_there(tail):
        if length >= len(steps):
            return steps
        length *= 2
        tail = _with_causes(steps, {step.number for step in steps[-length:]})
    for step in list(tail[:-1])[::-1]:
        without = [each for each in tail if each.number != step.number and each.under != step.number]
        if left > 0 and len(without) < len(tail) and without[-1:] == tail[-1:] and await leads_there(without):
            tail = without
    return tail


def _with_causes(steps: Sequence[Step], numbers: set[int]) -> list[Step]:
    """Those steps, and what showed the messages and forms that they use, with what changed them before."""
    kept = set(numbers)
    while True:
        causes = {step.under for step in steps if step.number in kept and step.under is not None}
        more = causes | {
            step.number for step in steps
            if step.kind in ("press", "fill") and step.under in causes and step.number < max(kept)
        }  # fmt: skip
        if more <= kept:
            return [step for step in steps if step.number in kept]
        kept |= more
