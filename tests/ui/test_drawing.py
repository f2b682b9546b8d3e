"""The house style and the thread that draws."""

import asyncio
import threading

import pytest

from tests.patience import PATIENCE
from ui.drawing import CURRENT, DrawingThread, by_round, figure


def drawn(level: float) -> bytes:
    with figure(f"Level {level}", "made up", [1.0, 2.0]) as (drawing, panels):
        panels[0].plot([0, 1], [0, level], color=CURRENT)
        return by_round(drawing, panels)


def test_tick_labels_are_short_and_the_settings_of_others_stay() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    with figure("", "", [1.0]) as (drawing, panels):
        by_round(drawing, panels)
        label = panels[0].yaxis.get_major_formatter()
        told = [label(value, 0) for value in (0, -2.5, 9_999, 10_000, -120_000, 12_500, 0.05)]
    assert told == ["0", "−2.5", "9,999", "10K", "−120K", "12.5K", "0.05"]
    with pytest.raises(RuntimeError), figure("", "", [1.0]):
        raise RuntimeError
    assert dict(mpl.rcParams) == before


def test_one_round_is_a_whole_round() -> None:
    with figure("", "", [1.0]) as (drawing, panels):
        panels[0].bar([300], [1.0], width=0.8)
        by_round(drawing, panels)
        assert all(float(tick).is_integer() for tick in panels[0].get_xticks())


@pytest.mark.slow
async def test_five_drawings_at_once_all_arrive_as_if_drawn_alone() -> None:
    drawing = DrawingThread()
    together = await asyncio.gather(*(drawing.run(drawn, level) for level in range(5)))
    drawing.close()
    assert together == [drawn(level) for level in range(5)]
    assert len(set(together)) == 5


async def test_the_thread_outlives_an_error_and_ends_when_closed() -> None:
    drawing = DrawingThread()
    with pytest.raises(ZeroDivisionError):
        await drawing.run(lambda: 1 / 0)
    thread = await drawing.run(threading.current_thread)
    started, release = threading.Event(), threading.Event()
    under_way = asyncio.ensure_future(drawing.run(lambda: started.set() or release.wait(PATIENCE)))
    await asyncio.to_thread(started.wait, PATIENCE)
    waiting = asyncio.ensure_future(drawing.run(drawn, 1))
    closing = asyncio.ensure_future(asyncio.to_thread(drawing.close))
    with pytest.raises(asyncio.CancelledError):
        await waiting  # dropped: only the picture under way is finished
    release.set()
    assert await under_way
    await closing
    assert not thread.is_alive()
    with pytest.raises(RuntimeError):
        await drawing.run(drawn, 1)
