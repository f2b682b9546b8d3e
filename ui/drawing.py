"""The house style of every picture, and the one thread that draws them."""

import asyncio
import gc
import io
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
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
EDGE = 12  # pixels that stay free around a picture
WIDTH, HEIGHT, TITLED_HEIGHT, DPI = 10.0, 6.0, 7.8, 100  # 1000 x 600 pixels; on a phone 300 wide

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
    with _styled(title, footer, titled) as drawing:
        axes = drawing.subplots(
            len(heights),
            1,
            sharex=True,
            squeeze=False,
            gridspec_kw={"height_ratios": heights, "hspace": 0.12},
        )[:, 0]
        _dress(axes)
        yield drawing, list(axes)


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
    with _styled(title, footer, titled) as drawing:
        axes = drawing.subplot_mosaic(
            [list(row) for row in layout],
            width_ratios=widths,
            height_ratios=heights,
            gridspec_kw={"wspace": 0.28, "hspace": 0.42},
        )
        _dress(axes.values())
        yield drawing, axes


@contextmanager
def _styled(title: str, footer: str, titled: bool) -> Iterator["Figure"]:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    style: dict[Any, Any] = {
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
    # rc settings are read while artists are made: the context is this thread's alone, nobody else draws
    with mpl.rc_context(style):
        height = TITLED_HEIGHT if titled else HEIGHT
        drawing = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor=PANEL)
        drawing.subplots_adjust(left=0.16, right=0.97, top=0.96, bottom=0.16)
        if titled:
            _write_round(drawing, title, footer)
        yield drawing


def _write_round(drawing: "Figure", title: str, footer: str) -> None:
    """The title above, and the footer below."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    drawing.subplots_adjust(top=0.83, bottom=0.24)
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
    renderer = FigureCanvasAgg(drawing).get_renderer()
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
    drawing.align_ylabels(panels)
    return to_png(drawing)


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


def _make_room(drawing: "Figure") -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    renderer = FigureCanvasAgg(drawing).get_renderer()
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


def _mark_minor_ticks(axis: "Axis", places: Iterable[float]) -> None:
    """Draw all minor ticks of a logarithmic axis as one line, without labels.

    matplotlib makes five artists of each tick, which was two fifths of the time such a picture took.
    """
    import matplotlib as mpl
    from matplotlib.lines import Line2D
    from matplotlib.markers import TICKDOWN, TICKLEFT

    style: Any = mpl.rcParams
    panel = axis.axes
    low, high = sorted(axis.get_view_interval())
    seen = [place for place in places if low <= place <= high]
    edge, down = [0.0] * len(seen), axis is panel.xaxis
    name = "xtick" if down else "ytick"
    mark: Any = TICKDOWN if down else TICKLEFT
    marks = Line2D(
        *((seen, edge) if down else (edge, seen)),
        transform=panel.get_xaxis_transform() if down else panel.get_yaxis_transform(),
        linestyle="none",
        marker=mark,
        markersize=style[f"{name}.minor.size"],
        markeredgewidth=style[f"{name}.minor.width"],
        color=style[f"{name}.color"],
        zorder=axis.get_zorder(),
    )
    panel.add_artist(marks)
    marks.set_clip_on(False)


def to_png(drawing: "Figure") -> bytes:
    """The figure as PNG bytes, 1000 pixels wide, its panels pushed in where a label would be cut off."""
    from matplotlib.ticker import NullLocator

    by_decade = [
        (axis, axis.get_minor_locator())
        for panel in drawing.axes
        for axis in (panel.xaxis, panel.yaxis)
        if axis.get_scale() == "log"
    ]
    for axis, _ in by_decade:
        axis.set_minor_locator(NullLocator())
    _make_room(drawing)
    for axis, locator in by_decade:
        _mark_minor_ticks(axis, locator())
    buffer = io.BytesIO()
    # a file a seventh larger in half the time
    drawing.savefig(buffer, format="png", dpi=DPI, facecolor=PANEL, pil_kwargs={"compress_level": 3})
    return buffer.getvalue()


def warm_up() -> None:
    """Import what drawing needs and draw once, so that no member waits for it; nothing if it is there."""
    if "matplotlib.backends.backend_agg" in sys.modules:
        return
    with figure("", "", [2.0, 1.0]) as (drawing, _):
        to_png(drawing)
    # a full collection walks all that was imported and holds up the event loop for some 80 ms each time,
    # though none of it will ever be garbage
    gc.freeze()
