"""The pictures of stakes: growth by their size, the best multipliers, and pay that stakes follow."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

from typing import TYPE_CHECKING

import numpy as np

from features.ahead.pay import share_told
from features.ahead.sizing.restake import ELASTICITIES, Restaked, level_told
from features.ahead.sizing.stake import SHARES, StakeAhead
from ui.drawing import CURRENT, FAINT, GAIN, INK, PROPOSED, Picture, as_percent, figure, tiles, to_png
from wording.numbers import percent, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CHOICES = 5

FOLLOWED = ("nobody\nrestakes", "stakes follow\nhalfway", "stakes\nfollow pay")


def picture_of_stake(found: StakeAhead, titled: bool = True) -> Picture:
    """Growth by the share that is staked, and how often each choice of multipliers is the best."""
    footer = f"{found.source}, until {found.until} · a year drawn 4,000 times · without the price of NMR"
    if len(found.choices) == 1:
        with figure(found.finding, footer, [1.0], titled=titled) as (drawing, [panel]):
            _growth(panel, found)
            return Picture(to_png(drawing), _alt(found))
    with tiles(
        found.finding, footer, [["growth"], ["choices"]], widths=[1.0], heights=[1.2, 1.0], titled=titled
    ) as (drawing, panels):
        _growth(panels["growth"], found)
        _choices(panels["choices"], found)
        return Picture(to_png(drawing), _alt(found))


def _growth(panel: "Axes", found: StakeAhead) -> None:
    growth = np.expm1(found.growth)
    panel.plot(SHARES, growth, color=PROPOSED, linewidth=4)
    panel.axvline(found.share, color=CURRENT, linewidth=3, linestyle="--")
    left = found.share > 0.5
    panel.annotate(
        f"at most {percent(found.share)}", (found.share, 1), (-8 if left else 8, -4),
        xycoords=("data", "axes fraction"), textcoords="offset points", color=CURRENT,
        ha="right" if left else "left", va="top",
    )  # fmt: skip
    panel.axhline(0, color=FAINT, linewidth=1.5)
    panel.xaxis.set_major_formatter(as_percent)
    panel.yaxis.set_major_formatter(as_percent)
    panel.locator_params(axis="y", nbins=4)
    panel.set(xlabel="Staked, of all NMR", ylabel="A year")
    panel.set_xlim(0, 1)


def _choices(panel: "Axes", found: StakeAhead) -> None:
    best = found.best
    most = [at for at in np.argsort(-best.wins, kind="stable")[:MOST_CHOICES].tolist() if best.wins[at] > 0]
    shown = [*most, *([] if best.best in most else [best.best])]
    names = [shortened(found.choices[at].replace(" ", ""), 18) for at in shown]
    colours = [GAIN if at == best.best else FAINT for at in shown]
    drawn = panel.barh(names, best.wins[shown], color=colours, height=0.7)
    panel.bar_label(drawn, [f" {percent(float(best.wins[at]))}" for at in shown])
    panel.invert_yaxis()
    panel.set_xlim(0, 1)
    panel.xaxis.set_major_formatter(as_percent)
    panel.set_xlabel("Best in so many resamples")
    panel.grid(visible=False, axis="y")


def _alt(found: StakeAhead) -> str:
    whole = share_told(float(np.expm1(found.growth[-1])))
    told = f"A line of growth by the share that is staked, all of it {whole}"
    return f"{told}, and a mark at {percent(found.share)}. {found.choice}"[:1024]


def picture_of_restaking(found: Restaked, titled: bool = True) -> Picture:
    """The change of pay per NMR by how far stakes follow it, each with its interval."""
    levels = [found.level(each) for each in ELASTICITIES]
    bands = [found.band(each) for each in ELASTICITIES]
    at = np.arange(len(levels))
    footer = f"{found.source}, until {found.until} · before the clip · 95 % intervals"
    with figure(found.finding, footer, [1.0], titled=titled) as (drawing, [panel]):
        colours = [PROPOSED if each == found.elasticity else CURRENT for each in ELASTICITIES]
        panel.bar(at, levels, color=colours, width=0.6)
        for where, (low, high) in zip(at, bands, strict=True):
            panel.plot([where, where], [low, high], color=INK, linewidth=3)
        for where, level in zip(at, levels, strict=True):
            above = level <= 0
            panel.annotate(
                level_told(level), (where, 0), (0, 8 if above else -8), textcoords="offset points",
                fontweight="bold", ha="center", va="bottom" if above else "top",
            )  # fmt: skip
        panel.margins(y=0.12)
        panel.use_sticky_edges = False
        panel.axhline(0, color=FAINT, linewidth=1.5)
        panel.set_xticks(at, FOLLOWED)
        panel.yaxis.set_major_formatter(as_percent)
        panel.locator_params(axis="y", nbins=5)
        panel.set_ylabel("Pay per NMR")
        panel.grid(visible=False, axis="x")
        png = to_png(drawing)
    told = ", ".join(
        f"{words.replace(chr(10), ' ')} {level_told(level)}"
        for words, level in zip(FOLLOWED, levels, strict=True)
    )
    return Picture(png, f"Bars of how pay per NMR changes under {found.rule}: {told}."[:1024])
