"""The house style and the thread that draws."""

import asyncio
import io
import threading
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from numpy.typing import NDArray
from PIL import Image

from tests.patience import PATIENCE
from ui.drawing import CURRENT, GAIN, LOSS, PANEL, DrawingThread, bars, by_round, figure, to_png
from ui.pictures.png import png_of


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


def levels(png: bytes) -> NDArray[np.int64]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(np.int64)


def by_matplotlib(drawing: Any) -> NDArray[np.int64]:
    buffer = io.BytesIO()
    FigureCanvasAgg(drawing)  # matplotlib's own: its pictures are not written by our pen
    drawing.savefig(buffer, format="png", facecolor=PANEL)
    return levels(buffer.getvalue())


@pytest.mark.slow
def test_words_are_written_as_matplotlib_writes_them() -> None:
    for _ in range(2):  # the second time from what was kept
        with figure("", "", [1.0], titled=False) as (drawing, (panel,)):
            for at, (words, turned) in enumerate(
                (("Ärger, 1,234 −5.6", 0), ("two\nlines", 30), ("To fi", 90))
            ):
                panel.text(0.3 * at + 0.013, 0.417, words, rotation=turned, fontsize=17 + at, color=GAIN)
            panel.text(0.1, 0.2, "bold", fontweight="bold", alpha=0.4)
            panel.text(0.4, 0.2, r"$10^{-3}$", parse_math=True)
            drawn = levels(to_png(drawing))
            np.testing.assert_array_equal(drawn, by_matplotlib(drawing))


@pytest.mark.slow
@pytest.mark.parametrize("most", [7.0, 90.0, 4e4, 1e11])
def test_minor_ticks_are_where_matplotlib_has_them_and_have_no_labels(most: float) -> None:
    with figure("", "", [1.0], titled=False) as (drawing, (panel,)):
        panel.loglog([1.3, most], [0.2, most], "o", color=CURRENT)
        drawn, room = levels(to_png(drawing)), drawing.subplotpars
    with figure("", "", [1.0], titled=False) as (drawing, (panel,)):
        drawing.subplots_adjust(left=room.left, right=room.right, bottom=room.bottom)
        panel.loglog([1.3, most], [0.2, most], "o", color=CURRENT)
        for axis in (panel.xaxis, panel.yaxis):
            axis.set_minor_formatter("")
        expected = by_matplotlib(drawing)
        panel.minorticks_off()
        without = by_matplotlib(drawing)
    np.testing.assert_allclose(drawn, expected, atol=1)  # of 255: where two meet, the order of drawing
    assert (np.abs(without - expected) > 20).any() == (most < 1e11)


def every_kind(panels: list[Any]) -> None:
    """Axes with names, lines, decades, words in two lines, powers of ten, upside down and without labels."""
    above, below = panels
    above.plot([0.0, 3.0], [2e-7, 5e-7], color=CURRENT)
    above.set_ylabel("Little")
    below.plot([0.0, 3.0], [1.0, 3e4], color=CURRENT)
    below.set(xlabel="Where", ylabel="Much")
    below.set_yscale("log")
    below.invert_yaxis()
    below.set_xticks([0, 1, 3], ["one", "two\nlines", ""], fontsize=15)
    below.tick_params(axis="x", length=0)
    below.grid(visible=False, axis="x")


@pytest.mark.slow
def test_axes_are_those_of_matplotlib() -> None:
    with figure("", "", [1.0, 1.5], titled=False) as (drawing, panels):
        every_kind(panels)
        drawn, room = levels(to_png(drawing, aligned=True)), drawing.subplotpars
    with figure("", "", [1.0, 1.5], titled=False) as (drawing, panels):
        drawing.subplots_adjust(left=room.left, right=room.right, bottom=room.bottom)
        every_kind(panels)
        panels[1].yaxis.set_minor_formatter("")
        drawing.align_ylabels(panels)
        expected = by_matplotlib(drawing)
    np.testing.assert_allclose(drawn, expected, atol=1)  # of 255: where two meet, the order of drawing


def test_pixels_are_read_back_from_a_png_as_they_were() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (7, 5, 3)).astype(np.uint8)
    image = Image.open(io.BytesIO(png_of(pixels)))
    image.load()  # pillow compares the checksums
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (5, 7))
    np.testing.assert_array_equal(np.asarray(image), pixels)


@pytest.mark.slow
@pytest.mark.parametrize("height", [[1.0, -2.0, 0.5, 0.0], [3.0, 1.0, 2.0, 4.0], [-1.0], []])
def test_bars_are_those_of_matplotlib(height: list[float]) -> None:
    drawn = []
    at, colours = np.arange(310, 310 + len(height)), [GAIN if each > 0 else LOSS for each in height]
    for ours in (True, False):
        with figure("", "", [1.0], titled=False) as (drawing, (panel,)):
            if ours:
                bars(panel, at, np.array(height), colours, 0.8)
            else:
                panel.bar(at, height, color=colours, width=0.8)
            drawn.append(levels(by_round(drawing, [panel])))
    np.testing.assert_array_equal(*drawn)


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
