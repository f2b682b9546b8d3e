"""Axes of a picture that are quick to draw: one tick of matplotlib's stands for all of an axis."""

# matplotlib leaves much of what its methods give without a type
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.ticker import NullLocator
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

CLOSE = 1e-10  # of the axis: a tick so near to its end is on it
INCH = 72  # points


class Ruler(Artist):
    """Draws an axis in place of matplotlib, which it hides: the same pixels with far fewer artists.

    matplotlib makes five artists of each tick, and works all of them out some seven times for a picture. Here
    the grid is one line, the marks are another, and one text is written at place after place: all of them
    those of the axis' own first tick, so that its style and its settings hold.
    """

    def __init__(self, axis: "Axis") -> None:
        super().__init__()
        self.axis, self.panel, self.is_x = axis, axis.axes, axis is axis.axes.xaxis
        self.aligned: Sequence[Ruler] = (self,)  # whose labels stand in one line with this one's
        self.tick: Any = axis.get_major_ticks(1)[0]
        self._texts: list[tuple[float, str]] = []
        self._at: tuple[float, ...] | None = None
        self._boxes: list[Bbox] = []
        self.set_zorder(axis.get_zorder())
        self.panel.add_artist(self)
        self.set_clip_on(False)
        axis.set_visible(False)

    def get_tightbbox(self, renderer: Any = None) -> Bbox | None:
        """What its labels, its name and the power of ten beside it take up."""
        self._measure(renderer)
        texts = (text for text in self._named(renderer) if text.get_visible() and text.get_text())
        boxes = [*self._boxes, *(text.get_window_extent(renderer) for text in texts)]
        return Bbox.union(boxes) if boxes else None

    def draw(self, renderer: Any) -> None:
        """Grid, marks, labels, name."""
        self._measure(renderer)
        for line in (self.tick.gridline, self.tick.tick1line, self.tick.tick2line):
            line.draw(renderer)
        for label in (self.tick.label1, self.tick.label2):
            if label.get_visible():
                for _ in self._written(label):
                    label.draw(renderer)
        if not isinstance(self.axis.get_minor_locator(), NullLocator):
            self._mark_minor(renderer)
        for text in self._named(renderer):
            text.draw(renderer)
        self.stale = False

    def _measure(self, renderer: Any) -> None:
        """Where ticks are and what their labels take up, anew only where the panel has another size."""
        at = tuple(self.panel.bbox.bounds)
        if at == self._at:
            return
        self._at, self._boxes = at, []
        self._place()
        for label in (self.tick.label1, self.tick.label2):
            if label.get_visible():
                self._boxes += [label.get_window_extent(renderer) for _ in self._written(label)]

    def _place(self) -> None:
        locator = self.axis.get_major_locator()
        places = [] if isinstance(locator, NullLocator) else list(self.axis.get_majorticklocs())
        words = self.axis.get_major_formatter().format_ticks(places)
        seen = self._seen(np.asarray(places, dtype=np.float64))
        self._texts = [
            (place, word) for place, word, inside in zip(places, words, seen, strict=True) if inside
        ]
        at = np.array([place for place, _ in self._texts], dtype=np.float64)
        self._along(self.tick.tick1line, at)
        self._along(self.tick.tick2line, at)
        # each from edge to edge of the panel, with a gap behind it
        ends, across = np.repeat(at, 3), np.tile([0.0, 1.0, np.nan], at.size)
        self.tick.gridline.set_data(*((ends, across) if self.is_x else (across, ends)))

    def _along(self, marks: Any, at: NDArray[np.float64]) -> None:
        edge = np.full(at.size, 1.0 if marks is self.tick.tick2line else 0.0)
        marks.set_data(*((at, edge) if self.is_x else (edge, at)))

    def _seen(self, places: NDArray[np.float64]) -> NDArray[np.bool_]:
        scale = self.axis.get_transform()
        low, high = sorted(scale.transform(np.asarray(self.axis.get_view_interval(), dtype=np.float64)))
        at, spare = scale.transform(places), CLOSE * (high - low)
        return (low - spare <= at) & (at <= high + spare)

    def _written(self, label: Any) -> Iterable[None]:
        """The label at each place in turn."""
        for place, word in self._texts:
            if word:
                (label.set_x if self.is_x else label.set_y)(place)
                label.set_text(word)
                yield

    def _named(self, renderer: Any) -> tuple[Any, Any]:
        """The name of the axis and its power of ten, beyond the labels."""
        for each in self.aligned:
            each._measure(renderer)
        side = self.panel.spines["bottom" if self.is_x else "left"].get_window_extent()
        boxes = [box for each in self.aligned for box in each._boxes]
        dots = self.panel.figure.dpi / INCH
        name, power = self.axis.label, self.axis.offsetText
        power.set_text(self.axis.get_major_formatter().get_offset())
        if self.is_x:
            low = min((box.y0 for box in boxes), default=self.panel.bbox.y0)
            name.set_y(min(low, side.y0) - self.axis.labelpad * dots)
            power.set_y(low - self.axis.OFFSETTEXTPAD * dots)
        else:
            low = min((box.x0 for box in boxes), default=side.x0)
            name.set_x(min(low, side.x0) - self.axis.labelpad * dots)
            power.set_y(self.panel.bbox.y1 + self.axis.OFFSETTEXTPAD * dots)
        return name, power

    def _mark_minor(self, renderer: Any) -> None:
        """The minor ticks of a logarithmic axis, as one line, without labels."""
        tick: Any = self.axis.get_minor_ticks(1)[0]
        places = np.asarray(self.axis.get_minorticklocs(), dtype=np.float64)
        self._along(tick.tick1line, places[self._seen(places)])
        tick.tick1line.draw(renderer)


def rule(drawing: "Figure", aligned: bool) -> None:
    """Put rulers on every panel; aligned: names of the y axes stand in one line."""
    upright = [Ruler(panel.yaxis) for panel in drawing.axes]
    for panel in drawing.axes:
        Ruler(panel.xaxis)
    if aligned:
        for each in upright:
            each.aligned = upright
