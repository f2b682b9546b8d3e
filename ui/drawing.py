"""The house style of every picture, and the one thread that draws them."""

import asyncio
import gc
import pickle
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import cycle
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ui.pictures.png import png_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Colours of Okabe and Ito: told apart by every kind of colour vision, and legible on the panel below.
PROPOSED = "#E69F00"
CURRENT = "#56B4E9"
GAIN = "#009E73"
LOSS = "#D55E00"
LINES = ((PROPOSED, "-"), (CURRENT, "--"), (GAIN, "-."), ("#CC79A7", ":"))  # told apart in grey, too
INK = "#F2F3F5"
FAINT = "#B5BAC1"
PANEL = "#1E1F22"
GRID = "#3F4147"

FONT = "DejaVu Sans"
TITLE_WIDTH, FOOTER_WIDTH = 44, 66  # letters in a line
TEXT, SMALL, TITLE = 22, 19, 26  # points; the smallest is 8 pixels on a phone
LAYOUTS = 64  # empty figures that are kept, of some 50 KB each
EDGE = 12  # pixels that stay free around a picture
WIDTH, HEIGHT, TITLED_HEIGHT, DPI = 10.0, 6.0, 7.8, 100  # 1000 x 600 pixels; on a phone 300 wide

STYLE: dict[Any, Any] = {  # settings of matplotlib
    "font.family": FONT,
    "font.size": TEXT,
    "axes.edgecolor": GRID,
    "axes.labelcolor": INK,
    "axes.facecolor": PANEL,
    "text.color": INK,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
}

Drawn = TypeVar("Drawn")


@dataclass(frozen=True)
class Picture:
    """A PNG with the sentence that stands in for it where it can't be seen (alt text, at most 1,024)."""

    png: bytes
    alt: str


class DrawingThread:
    """Draws one picture at a time beside the event loop.

    More threads would only take turns: matplotlib holds the interpreter's lock.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="charts")

    async def run(self, function: Callable[..., Drawn], *arguments: object) -> Drawn:
        """`function(*arguments)`, run on the thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, function, *arguments)

    def close(self) -> None:
        """Let the picture under way finish, drop those that wait."""
        self._pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def figure(
    title: str, footer: str, heights: list[float], *, titled: bool = True
) -> Iterator[tuple["Figure", list["Axes"]]]:
    """A figure of stacked panels that share their x axis, in the house style.

    The title states the finding, the footer the data and its date; both are left out where the card says it.
    """
    rows = tuple((str(row),) for row in range(len(heights)))
    with _styled(
        title, footer, _PanelLayout(rows, (1.0,), tuple(heights), titled, over_one_axis=True)
    ) as drawing:
        yield drawing, drawing.axes


@contextmanager
def tiles(
    title: str,
    footer: str,
    layout: Sequence[Sequence[str]],
    *,
    widths: list[float],
    heights: list[float],
    titled: bool = True,
) -> Iterator[tuple["Figure", dict[str, "Axes"]]]:
    """A figure of panels side by side, each with axes of its own; equal names in the layout are one panel."""
    rows = tuple(tuple(row) for row in layout)
    with _styled(title, footer, _PanelLayout(rows, tuple(widths), tuple(heights), titled)) as drawing:
        yield drawing, {str(panel.get_label()): panel for panel in drawing.axes}


@dataclass(frozen=True)
class _PanelLayout:
    """What panels of a figure are called, how they lie and what room there is for words above and below."""

    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    titled: bool
    over_one_axis: bool = False


@contextmanager
def _styled(title: str, footer: str, layout: _PanelLayout) -> Iterator["Figure"]:
    import matplotlib as mpl

    # rc settings are read while artists are made: the context is this thread's alone, nobody else draws
    with mpl.rc_context(STYLE):
        drawing: Figure = pickle.loads(_blank(layout))  # noqa: S301 - of this process
        if layout.titled:
            _write_round(drawing, title, footer)
        yield drawing


@lru_cache(LAYOUTS)
def _blank(layout: _PanelLayout) -> bytes:
    """An empty figure: to unpack it for a picture takes a third of the time in which one is made."""
    from matplotlib.figure import Figure

    height = TITLED_HEIGHT if layout.titled else HEIGHT
    drawing = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor=PANEL)
    drawing.subplots_adjust(left=0.16, right=0.97, top=0.96, bottom=0.16)
    if layout.titled:
        drawing.subplots_adjust(top=0.83, bottom=0.24)
    panels = drawing.subplot_mosaic(
        [list(row) for row in layout.rows],
        # one alone would share with itself, and keep its height where a picture asks for equal scales
        sharex=layout.over_one_axis and len(layout.rows) > 1,
        width_ratios=layout.widths,
        height_ratios=layout.heights,
        gridspec_kw={"hspace": 0.12} if layout.over_one_axis else {"wspace": 0.28, "hspace": 0.42},
    )
    _dress(panels.values())
    return pickle.dumps(drawing)


def _write_round(drawing: "Figure", title: str, footer: str) -> None:
    """The title above, and the footer below."""
    from ui.pictures.pen import Paper

    heading = drawing.text(
        0.03,
        0.968,
        _drawable(_wrapped(title, TITLE_WIDTH)),
        fontsize=TITLE,
        fontweight="bold",
        va="top",
        linespacing=1.15,
    )
    note = drawing.text(
        0.03, 0.018, _drawable(_wrapped(footer, FOOTER_WIDTH)), fontsize=SMALL, color=FAINT, va="bottom"
    )
    renderer = Paper(drawing).get_renderer()
    for text in (heading, note):  # wide letters may need more room than there is
        while text.get_window_extent(renderer).width > 0.94 * WIDTH * DPI:
            text.set_fontsize(0.95 * float(text.get_fontsize()))


def _wrapped(text: str, width: int) -> str:
    return "\n".join(textwrap.wrap(text, width, max_lines=2, placeholder=" …"))


def _dress(panels: Iterable["Axes"]) -> None:
    for panel in panels:
        panel.grid(visible=True, color=GRID, linewidth=0.8)
        panel.set_axisbelow(True)
        panel.spines[["top", "right"]].set_visible(False)


def by_round(drawing: "Figure", panels: list["Axes"], unit: str = "Round") -> bytes:
    """Finish panels over rounds or eras, and the PNG: whole ones, 120K for 120000, labels in one line."""
    from matplotlib.ticker import MaxNLocator

    for panel in panels:
        panel.yaxis.set_major_formatter(thousands)
        panel.locator_params(axis="y", nbins=5)
    panels[-1].set_xlabel(unit)
    panels[-1].xaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))
    return to_png(drawing, aligned=True)


def bars(
    panel: "Axes", at: NDArray[Any], height: NDArray[np.float64], colour: str | Sequence[str], width: float
) -> None:
    """Bars from 0 to each height, side by side, as one artist: one for each bar takes a millisecond."""
    from matplotlib.collections import PolyCollection

    left, right, zero = at - width / 2, at + width / 2, np.zeros(at.size)
    corners = ((left, zero), (right, zero), (right, height), (left, height))
    drawn = PolyCollection(list(np.transpose(corners, (2, 0, 1))), facecolors=colour, linewidth=0)
    drawn.sticky_edges.y.append(0)
    panel.add_collection(drawn)
    panel.autoscale_view()


def from_zero(
    rounds: NDArray[np.int64], total: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A line over rounds with the 0 it starts from, one round earlier."""
    return np.concatenate(([rounds[0] - 1.0], rounds)), np.concatenate(([0.0], total))


def adding_up(panel: "Axes", rounds: NDArray[np.int64], lines: Iterable[tuple[str, str, Any]]) -> None:
    """Lines that add up over rounds, of (letter, name, by round): named at the end and in the legend."""
    for (letter, name, by), (colour, dash) in zip(lines, cycle(LINES), strict=False):
        x, y = from_zero(rounds, np.cumsum(by))
        panel.plot(x, y, color=colour, linestyle=dash, linewidth=3.2, label=_drawable(f"{letter} {name}"))
        panel.text(x[-1], y[-1], f" {letter}", color=colour, va="center", fontweight="bold")
    panel.axhline(0, color=FAINT, linewidth=1)
    panel.legend(loc="best", frameon=False, labelcolor="linecolor")


def thousands(value: float, _: float) -> str:
    """A tick's label: 120K for 120000."""
    size = abs(value)
    if size >= 10_000_000:
        text = f"{size / 1_000_000:g}M"
    elif size >= 10_000:
        text = f"{size / 1000:g}K"
    else:
        text = f"{size:,g}"
    return f"−{text}" if value < 0 else text


@cache
def _letters() -> frozenset[int]:
    from matplotlib.font_manager import findfont, get_font

    return frozenset(get_font(findfont(FONT)).get_charmap())


def as_percent(share: float, _: float) -> str:
    """A tick's label: 40 % for 0.4."""
    return f"{100 * share:g} %".replace("-", "−")


def _drawable(text: str) -> str:
    """The text with a box for every letter that the font lacks."""
    return "".join(letter if letter == "\n" or ord(letter) in _letters() else "□" for letter in text)


def _make_room(drawing: "Figure", renderer: Any) -> None:
    boxes = [box for axes in drawing.axes if (box := axes.get_tightbbox(renderer)) is not None]
    if not boxes:
        return
    wide, high = drawing.get_size_inches() * DPI
    at = drawing.subplotpars
    drawing.subplots_adjust(
        left=at.left + max(0.0, EDGE - min(box.x0 for box in boxes)) / wide,
        right=at.right - max(0.0, max(box.x1 for box in boxes) + EDGE - wide) / wide,
        bottom=at.bottom + max(0.0, EDGE - min(box.y0 for box in boxes)) / high,
    )


def to_png(drawing: "Figure", *, aligned: bool = False) -> bytes:
    """The figure as PNG bytes, 1000 pixels wide, its panels pushed in where a label would be cut off.

    aligned: whether the names of the panels' y axes stand in one line.
    """
    from ui.pictures.pen import Paper
    from ui.pictures.rulers import rule

    rule(drawing, aligned)
    canvas = Paper(drawing)
    _make_room(drawing, canvas.get_renderer())
    canvas.draw()
    return png_of(np.asarray(canvas.buffer_rgba()))


def warm_up() -> None:
    """Import what drawing needs and draw once, so that no member waits for it; nothing if it is there."""
    if "matplotlib.backends.backend_agg" in sys.modules:
        return
    with figure("", "", [2.0, 1.0]) as (drawing, _):
        to_png(drawing)
    # a full collection walks all that was imported and holds up the event loop for some 80 ms each time,
    # though none of it will ever be garbage
    gc.freeze()
