"""What writes on pictures: how a word is set is worked out once and kept, as they share most of theirs."""

# matplotlib leaves much of what its methods give without a type
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import math
import threading
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg, get_hinting_flag
from matplotlib.ft2font import RenderMode

MOST_KEPT = 4096  # sizes and letters of words, of a kilobyte at most
UNIT = 0x10000  # FreeType's 1.0
DOT = 0x40  # its parts of a pixel

_kept: dict[Hashable, Any] = {}


class Paper(FigureCanvasAgg):
    """What a pen draws on."""

    def get_renderer(self) -> "Pen":
        """The pen for the figure's size."""
        key = (*self.get_width_height(physical=True), self.figure.dpi)
        if key != self._lastKey:
            self.renderer, self._lastKey = Pen(*key), key
        return self.renderer


class Pen(RendererAgg):
    """Draws as matplotlib does, pixel for pixel, and looks up a font, a word's size and its letters once."""

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> Any:
        """What a line of text takes up, in pixels."""
        measured = super().get_text_width_height_descent
        return _once(("size", s, hash(prop), self.dpi), lambda: measured(s, prop, ismath))

    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        """One line of text, its letters turned by an angle and set from (x, y) on, y downwards."""
        if ismath:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        flags, size = get_hinting_flag(), prop.get_size_in_points()
        laid = _once(("letters", s, hash(prop), self.dpi), lambda: self._prepare_font(prop)._layout(s, flags))
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        turned = (UNIT * np.array([[cos, -sin], [sin, cos]])).round().astype(int)
        height = int(self.height)
        for each in {letter.ft_object for letter in laid}:  # the second one has what the first lacks
            each.set_size(size, self.dpi)
        for letter in laid:
            font = letter.ft_object
            across = round(DOT * (x + letter.x * cos - letter.y * sin))
            up = round(DOT * (self.height - y + letter.x * sin + letter.y * cos))
            font._set_transform(turned, [across, up])
            drawn = font._render_glyph(letter.glyph_index, flags, RenderMode.NORMAL)
            pixels = drawn.buffer
            self._renderer.draw_text_image(pixels, drawn.left, height - drawn.top + pixels.shape[0], 0, gc)

    def _get_font_height_metrics(self, prop: Any) -> Any:
        """Ascent, descent and gap between lines: matplotlib asks a renderer before it looks itself."""
        return _once(("font", hash(prop), self.dpi), lambda: self._of_font(prop))

    def _of_font(self, prop: Any) -> tuple[float, float, float]:
        font: Any = self._prepare_font(prop)
        table = font.get_sfnt_table("OS/2")
        scale = 1 / font.get_sfnt_table("head")["unitsPerEm"] * prop.get_size_in_points() * self.dpi / 72
        ascent, descent = table["sTypoAscender"] * scale, -table["sTypoDescender"] * scale
        return ascent, descent, table["sTypoLineGap"] * scale


def _once(key: Hashable, make: Callable[[], Any]) -> Any:
    """What `make` gives, for as long as there is room; fonts are a thread's own, as they are matplotlib's."""
    mine = (threading.get_ident(), key)
    found = _kept.get(mine)
    if found is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        found = _kept[mine] = make()
    return found
