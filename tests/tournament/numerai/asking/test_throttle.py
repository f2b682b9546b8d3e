"""The limit holds in every minute, whoever asks, and members go first; hours pass here without waiting."""

import asyncio
import random
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tournament.numerai.asking.simulated import clock, simulate
from tournament.numerai.asking.throttle import LONGEST_HOLD, Throttle
from tournament.source import SourceError

ALWAYS = float("inf")


def throttle_of(limit: int = 60) -> Throttle:
    return Throttle(limit, clock=clock, rng=random.Random(5))


def most_in_a_minute(sent: Iterable[float]) -> int:
    times = sorted(sent)
    return max((sum(start <= each < start + 60.0 - 1e-4 for each in times) for start in times), default=0)


async def as_member(throttle: Throttle, member: int, within: float = ALWAYS) -> float:
    return await throttle.turn(within, member)


async def members(throttle: Throttle, asked: Sequence[int], within: float = ALWAYS) -> list[float | str]:
    tasks = [asyncio.create_task(as_member(throttle, member, within)) for member in asked]
    done = await asyncio.gather(*tasks, return_exceptions=True)
    return [round(each, 2) if isinstance(each, float) else str(each) for each in done]


def test_sixty_at_once_and_then_one_for_each_that_is_a_minute_old() -> None:
    async def ask() -> None:
        throttle = throttle_of()
        assert await members(throttle, range(60), 0.0) == [0.0] * 60
        [refused] = await members(throttle, [61], 59.0)
        assert "as much as it may for now. Try again in a minute." in str(refused)
        await asyncio.sleep(59.0)
        assert await members(throttle, [1, 2, 3], 5.0) == [60.0] * 3

    simulate(ask())


def test_one_member_gets_half_and_the_others_get_theirs() -> None:
    async def ask() -> None:
        throttle = throttle_of()
        told = await members(throttle, [7] * 60, 5.0)
        assert told[:30] == [0.0] * 30
        assert {str(each) for each in told[30:]} == {
            "You have asked Numerai as much as one member may. Try again in a minute."
        }
        assert await members(throttle, range(100, 130), 0.0) == [0.0] * 30
        await asyncio.sleep(60.0)
        assert await members(throttle, [7], 0.0) == [60.0]

    simulate(ask())


def test_the_background_spreads_two_thirds_and_waits_for_members() -> None:
    async def ask() -> None:
        throttle = throttle_of()
        sent = [await throttle.background_turn() for _ in range(400)]
        assert most_in_a_minute(sent) <= 40
        assert sent[-1] < 12 * 60, "a third of the limit is not lost besides"
        assert await members(throttle, range(20), 0.0) == [round(sent[-1], 2)] * 20
        waiting = asyncio.create_task(throttle.background_turn())
        late = await members(throttle, range(20, 60))
        assert await waiting > max(each for each in late if isinstance(each, float))

    simulate(ask())


def test_nobody_asks_while_the_other_side_wants_a_rest_and_then_with_gaps() -> None:
    async def ask() -> None:
        throttle = throttle_of()
        [sent] = await members(throttle, [1])
        assert isinstance(sent, float)
        throttle.limited(sent, 20.0, 0.4)
        throttle.limited(sent, 5.0, 0.4)  # a shorter wish does not undo a longer one
        [refused] = await members(throttle, [2], 19.0)
        assert "slow down" in str(refused)
        after = await members(throttle, range(3, 9))
        assert after[0] == 20.0
        gaps = [later - earlier for earlier, later in pairwise(after)]  # type: ignore[operator]
        assert min(gaps) > 0.1
        for _ in range(60):
            throttle.answered()
        again = await members(throttle, range(10, 14))
        assert again == [again[0]] * 4, "the gaps have closed"
        throttle.limited(clock(), 1e9, 0.4)
        await members(throttle, [20])
        assert clock() <= 25.0 + LONGEST_HOLD, "it can't silence the bot for longer"

    simulate(ask())


def test_each_rest_is_longer_and_the_first_after_an_answer_short_again() -> None:
    async def ask() -> None:
        throttle = throttle_of(10_000)
        rests = []
        for _ in range(6):
            sent = await as_member(throttle, 1)
            throttle.limited(sent, 0.0, 0.4)
            rests.append(await as_member(throttle, 2) - sent)
        assert rests == sorted(rests)
        assert rests[-1] > 8 * rests[0]
        for _ in range(100):
            throttle.answered()
        sent = clock()
        throttle.limited(sent, 0.0, 0.4)
        assert await as_member(throttle, 1) - sent < rests[2]

    simulate(ask())


@given(st.lists(st.tuples(st.sampled_from([None, 1, 2]), st.floats(0, 20), st.floats(0, 90)), max_size=100))
def test_no_minute_ever_has_more_than_the_limit(steps: list[tuple[int | None, float, float]]) -> None:
    async def ask() -> None:
        throttle = throttle_of(10)
        sent: list[tuple[float, int | None]] = []

        async def one(who: int | None, within: float) -> None:
            if who is None:
                sent.append((await throttle.background_turn(), None))
                return
            try:
                asked = clock()
                sent.append((await as_member(throttle, who, within), who))
                assert sent[-1][0] <= asked + within + 1e-3
            except SourceError:
                pass

        tasks = []
        for who, pause, within in steps:
            await asyncio.sleep(pause)
            tasks.append(asyncio.create_task(one(who, within)))
        await asyncio.gather(*tasks)
        assert most_in_a_minute(when for when, _ in sent) <= 10
        assert most_in_a_minute(when for when, who in sent if who is None) <= 6
        for member in (1, 2):
            assert most_in_a_minute(when for when, who in sent if who == member) <= 5

    simulate(ask())


@pytest.mark.slow
def test_a_day_of_500_accounts_keeps_no_member_waiting() -> None:
    """Five models and two names of each account are read all day; a member's question takes four requests."""

    async def day() -> None:
        throttle, draw = throttle_of(), random.Random(11)
        sent: list[float] = []
        read: list[float] = []

        async def background() -> None:
            while True:
                read.append(await throttle.background_turn())

        async def question(member: int) -> float:
            asked = clock()
            sent.extend([await throttle.turn(asked + 7.0 - clock(), member) for _ in range(4)])
            return clock() - asked

        reading = asyncio.create_task(background())
        waits: list[float] = []
        while clock() < 24 * 3600:
            await asyncio.sleep(draw.expovariate(1 / 60.0))
            waits.append(await question(draw.randrange(500)))
        reading.cancel()
        assert len(waits) > 1000
        assert max(waits) < 3.0
        assert most_in_a_minute_of_many(sorted(sent + read)) <= 60
        turn = [read[at + 3500] - read[at] for at in range(0, len(read) - 3500, 3500)]  # 500 x (5 + 2)
        assert max(turn) < 2 * 3600, "nobody is starved"

    simulate(day())


def most_in_a_minute_of_many(times: list[float]) -> int:
    first = most = 0
    for last, when in enumerate(times):
        while times[first] <= when - 60.0 + 1e-4:
            first += 1
        most = max(most, last - first + 1)
    return most
