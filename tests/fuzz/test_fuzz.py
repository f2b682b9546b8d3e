"""A short run of the fuzzer from a fixed seed, and that it finds a planted fault and its shortest tail."""

import pytest

from tests.fuzz.playing import run_seed, run_steps, shortest_tail
from tests.fuzz.steps import Step
from tournament.sample import SampleSource

pytestmark = pytest.mark.slow
STEPS = 120


async def test_nothing_falls_from_a_fixed_seed(source: SampleSource) -> None:
    run = await run_seed(source, 23, lambda run: len(run.steps) < STEPS)
    assert run.findings == []
    kinds = {step.kind for step in run.steps}
    assert {"type", "press", "fill", "forge", "complete", "wait"} <= kinds
    assert len({name for name in run.used if name.startswith("/")}) > 40
    assert [Step.of_line(step.as_line()) for step in run.steps] == run.steps


async def test_a_fault_is_found_again_after_the_fewest_steps(source: SampleSource) -> None:
    # Discord offers no forum for this option, and the library knows none of its own making for it
    faulty = Step(9, "type", "mona", "digest schedule", {"channel": "forum", "weekday": "Monday"})
    steps = [Step(number, "type", "ben", "help", {}) for number in range(9)] + [faulty]
    found = [told for at, told in (await run_steps(source, steps)).findings if at == len(steps)]
    assert any(told.startswith("unexpected") for told in found)
    assert await shortest_tail(source, steps, found[0]) == [faulty]
