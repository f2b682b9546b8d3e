"""What many ask for is worked out once, and nobody keeps everybody else from their turn."""

import asyncio

import pytest

from kept import LONG, KeptResults, Turns


class Made:
    """Something that is made when it is let, and counts how often."""

    def __init__(self) -> None:
        self.times, self.let = 0, asyncio.Event()

    async def make(self) -> int:
        self.times += 1
        await self.let.wait()
        return self.times


async def test_many_at_once_are_one_and_another_version_is_another() -> None:
    kept, made = KeptResults(), Made()
    asking = [asyncio.ensure_future(kept.get("map", 1, made.make)) for _ in range(6)]
    await asyncio.sleep(0)
    made.let.set()
    assert await asyncio.gather(*asking) == [1] * 6
    assert await kept.get("map", 1, made.make) == 1
    assert await kept.get("map", 2, made.make) == 2
    assert await kept.get("other", 2, made.make) == 3


async def test_who_goes_away_stops_nobody_else() -> None:
    kept, made = KeptResults(), Made()
    first, second = [asyncio.ensure_future(kept.get("map", 1, made.make)) for _ in range(2)]
    await asyncio.sleep(0)
    first.cancel()
    made.let.set()
    assert await second == 1
    assert await kept.get("map", 1, made.make) == 1


async def test_what_fails_is_told_to_all_who_wait_and_tried_anew() -> None:
    kept, tries = KeptResults(), []

    async def fails() -> None:
        tries.append(1)
        await asyncio.sleep(0)
        raise ValueError("Nobody has voted.")

    for times in (1, 2):
        told = await asyncio.gather(*(kept.get("map", 1, fails) for _ in range(3)), return_exceptions=True)
        assert [str(each) for each in told] == ["Nobody has voted."] * 3
        assert len(tries) == times


async def test_so_many_are_kept_at_most() -> None:
    kept, made = KeptResults(most=2), Made()
    made.let.set()
    for key in ("a", "b", "a", "c", "a", "b"):  # b goes, which was asked for the longest ago
        await kept.get(key, 1, made.make)
    assert made.times == 4


async def nothing(seconds: float) -> None:
    raise AssertionError(seconds)


async def test_a_member_has_two_turns_and_others_theirs() -> None:
    turns = Turns(at_once=3, each=2)
    async with turns.turn(1, nothing), turns.turn(1, nothing):
        with pytest.raises(ValueError, match="Two of your questions are being worked on"):
            async with turns.turn(1, nothing):
                raise AssertionError
        async with turns.turn(2, nothing):
            pass
    async with turns.turn(1, nothing):
        pass


async def test_whoever_waits_long_is_told_at_once_and_comes_in_turn() -> None:
    turns, order = Turns(at_once=1, each=1), list[str]()
    turns.lasts = 0.6 * LONG
    told: list[float] = []

    async def tell(seconds: float) -> None:
        told.append(seconds)

    async def ask(member: int) -> None:
        async with turns.turn(member, tell):
            order.append(f"{member}")
            await asyncio.sleep(0)

    async with turns.turn(9, nothing):
        waiting = [asyncio.ensure_future(ask(member)) for member in (1, 2, 3)]
        for _ in range(5):
            await asyncio.sleep(0)
        assert told == pytest.approx(
            [1.2 * LONG, 1.8 * LONG]
        )  # the first waits for one alone, under ten seconds
    await asyncio.gather(*waiting)
    assert order == ["1", "2", "3"]
    assert turns.wait == 0


async def test_who_fails_gives_the_turn_back() -> None:
    turns = Turns(at_once=1, each=1)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            async with turns.turn(1, nothing):
                raise RuntimeError
    assert turns.wait == 0
