"""The limit holds in every minute, whoever asks; no test here waits for the clock."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.patience import PATIENCE
from tournament.numerai.throttle import Throttle


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_sixty_at_once_and_then_one_for_each_that_is_a_minute_old(clock: Clock) -> None:
    throttle = Throttle(60, clock=clock)
    assert [throttle.reserve(0.0) for _ in range(60)] == [0.0] * 60
    assert throttle.reserve(59.0) is None
    clock.now += 59.0
    assert throttle.reserve(5.0) == pytest.approx(1.0)  # the place of the first one
    clock.now += 1.0
    assert throttle.reserve(0.0) == 0.0


def test_a_refused_request_takes_no_place(clock: Clock) -> None:
    throttle = Throttle(2, clock=clock)
    assert [throttle.reserve(1.0) for _ in range(5)] == [0.0, 0.0, None, None, None]
    clock.now += 60.0
    assert [throttle.reserve(1.0) for _ in range(3)] == [0.0, 0.0, None]


def test_the_background_gets_half_and_leaves_the_other_half(clock: Clock) -> None:
    throttle = Throttle(60, clock=clock)
    assert [throttle.spare() for _ in range(30)] == [0.0] * 30
    assert throttle.spare() == pytest.approx(60.0)
    assert [throttle.reserve(0.0) for _ in range(30)] == [0.0] * 30
    assert throttle.reserve(0.0) is None
    clock.now += 60.0
    assert throttle.spare() == 0.0


def test_the_background_takes_no_place_from_members_who_took_all(clock: Clock) -> None:
    throttle = Throttle(60, clock=clock)
    for _ in range(60):
        throttle.reserve(0.0)
    assert throttle.spare() == pytest.approx(60.0)
    clock.now += 60.0
    assert throttle.spare() == 0.0


def test_nobody_asks_while_the_other_side_wants_a_rest(clock: Clock) -> None:
    throttle = Throttle(60, clock=clock)
    throttle.hold(20.0)
    throttle.hold(5.0)  # a shorter wish does not undo a longer one
    assert throttle.reserve(19.0) is None
    assert throttle.spare() == pytest.approx(20.0)
    assert throttle.reserve(20.0) == pytest.approx(20.0)
    clock.now += 20.0
    assert throttle.reserve(0.0) == 0.0


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 20), st.floats(0, 90)), max_size=150))
def test_no_minute_ever_has_more_than_the_limit(steps: list[tuple[bool, float, float]]) -> None:
    clock = Clock()
    throttle = Throttle(10, 60.0, clock=clock)
    sent, background = [], []
    for is_background, pause, within in steps:
        clock.now += pause
        if is_background:
            if throttle.spare() == 0.0:
                sent.append(clock.now)
                background.append(clock.now)
        elif (wait := throttle.reserve(within)) is not None:
            assert wait <= within
            sent.append(clock.now + wait)
    for times, limit in ((sorted(sent), 10), (background, 5)):
        for earlier, later in zip(times, times[limit:], strict=False):
            assert later - earlier >= 60.0 - 1e-6


def test_threads_that_ask_at_once_share_one_limit(clock: Clock) -> None:
    throttle = Throttle(60, clock=clock)
    granted = []
    ready = threading.Barrier(8)

    def ask() -> None:
        ready.wait(PATIENCE)
        granted.extend(throttle.reserve(0.0) for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert granted.count(0.0) == 60
    assert granted.count(None) == 100
