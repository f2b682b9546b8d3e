"""How long each chart takes, beside the same figure by plain matplotlib and beside packing its pixels."""

import asyncio
import contextlib
import io
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import discord
import numpy as np

from benchmarks.rows import Beside, Row
from benchmarks.timing import side_by_side
from demo.__main__ import play_step, stage
from demo.tour import TOUR
from tools import Client
from ui.answer import Answer, Asked
from ui.card import Draw
from ui.drawing import DPI, GRID, HEIGHT, PANEL, STYLE, WIDTH, thousands, warm_up
from ui.pictures.png import png_of

WITHIN = 60  # ms
TURNS = 5
NOUNS = ("payout", "account", "stakes", "weights", "record", "plan", "ahead", "fund")


def charts() -> list[Row]:
    """Every chart of the tour's answers and of what stands behind them."""
    warm_up()
    rows = []
    for name, draw in sorted(asyncio.run(_drawn_in_the_tour()).items()):
        medians = side_by_side(
            name,
            TURNS,
            plain_matplotlib=partial(_plainly, draw),
            ours=partial(draw, False),
            packing=partial(png_of, _pixels(draw)),
        )
        plain, ours, packing = medians.values()
        rows.append(
            Row(
                "charts",
                name,
                ours,
                peer=Beside("plain matplotlib", plain),
                bound=Beside("packing its pixels", packing),
                within=WITHIN,
            )
        )
    return rows


async def _drawn_in_the_tour() -> dict[str, Draw]:
    """One of each picture that the tour's questions are answered with, by the name of its function."""
    found: dict[str, Draw] = {}

    def noting(answer: Callable[..., Awaitable[Answer]]) -> Callable[..., Awaitable[Answer]]:
        async def noted(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
            given = await answer(interaction, asked, shown_by)
            for card in (given.card, *given.details):
                if isinstance(card.draw, partial):
                    function = card.draw.func
                    folder = function.__module__.split(".")[-1].removesuffix("_chart")
                    found.setdefault(f"{folder}: {function.__name__.removeprefix('picture_of_')}", card.draw)
            return given

        return noted

    async with stage() as (env, channel, members, voters):
        assert isinstance(env.bot, Client)
        known = env.bot.questions.known
        known |= {name: replace(each, answer=noting(each.answer)) for name, each in known.items()}
        for step in TOUR:
            if step.command.split()[0] in NOUNS:
                await play_step(env, channel, members, voters, replace(step, share=()))
    return found


def _pixels(draw: Draw) -> Any:
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(draw(False).png)).convert("RGB"))


def _plainly(draw: Any) -> None:
    """The same picture by matplotlib alone: its figure, its axes, its PNG."""
    module = sys.modules[draw.func.__module__]
    plain = {"figure": _figure, "tiles": _tiles, "to_png": _to_png, "by_round": _by_round}
    ours = {name: getattr(module, name) for name in plain if hasattr(module, name)}
    try:
        for name in ours:
            setattr(module, name, plain[name])
        draw(False)
    finally:
        for name, function in ours.items():
            setattr(module, name, function)


@contextlib.contextmanager
def _figure(_: str, __: str, heights: list[float], **___: bool) -> Iterator[Any]:
    with _blank() as drawing:
        ratios = {"height_ratios": heights, "hspace": 0.12}
        panels = drawing.subplots(len(heights), 1, sharex=True, squeeze=False, gridspec_kw=ratios)[:, 0]
        _dress(panels)
        yield drawing, list(panels)


@contextlib.contextmanager
def _tiles(
    _: str, __: str, layout: Any, *, widths: list[float], heights: list[float], **___: bool
) -> Iterator[Any]:
    with _blank() as drawing:
        panels = drawing.subplot_mosaic(layout, width_ratios=widths, height_ratios=heights)
        _dress(panels.values())
        yield drawing, panels


@contextlib.contextmanager
def _blank() -> Iterator[Any]:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        yield Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor=PANEL)


def _dress(panels: Any) -> None:
    for panel in panels:
        panel.grid(visible=True, color=GRID, linewidth=0.8)
        panel.set_axisbelow(True)
        panel.spines[["top", "right"]].set_visible(False)


def _by_round(drawing: Any, panels: list[Any], unit: str = "Round") -> bytes:
    for panel in panels:
        panel.yaxis.set_major_formatter(thousands)
        panel.locator_params(axis="y", nbins=5)
    panels[-1].set_xlabel(unit)
    drawing.align_ylabels(panels)
    return _to_png(drawing)


def _to_png(drawing: Any, **_: bool) -> bytes:
    buffer = io.BytesIO()
    drawing.savefig(buffer, format="png", bbox_inches="tight", facecolor=PANEL)
    return buffer.getvalue()


BENCHMARKS = {"charts": charts}
