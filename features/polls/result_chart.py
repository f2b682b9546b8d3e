"""The picture of a result: a bar for each option, and what other strategies say where it may be shown."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import itertools

from features.polls.ballot_text import STEP_WORDS
from features.polls.result import PollResult
from governance.votes.strategies import BASELINE, STRATEGIES
from ui.drawing import CURRENT, FAINT, GAIN, INK, LOSS, PROPOSED, Picture, as_percent, tiles, to_png
from wording.numbers import counted, shortened

MOST_BARS = 12
MARKS = "so^DP*Xvh"  # of matplotlib, for the strategies in their order; they start again where they run out
AXES = {
    "score": "Of the highest score",
    "dots": "Of all dots",
    "numeric": "Ballots",
    "ranked_schulze": "Others it beats",
}
COLOURS = {"strong_for": GAIN, "for": GAIN, "neutral": FAINT, "against": LOSS, "strong_against": LOSS}


def picture_of_result(result: PollResult, title: str) -> Picture:
    """Shares under one member, one vote as bars; rounded shares of other strategies as marks."""
    footer = f"{shortened(title)} · {counted(result.ballots, 'ballot')} · bars: {STRATEGIES[BASELINE].words}"
    shares = dict(result.shares) or {option: _number(total) for option, total in result.totals.items()}
    if result.method == "gradient":
        rows = [(step, shares.get(step, 0.0)) for step in STEP_WORDS]
    elif result.method == "numeric":
        rows = sorted(shares.items(), key=lambda row: float(row[0]))
        rows = rows[:: max(1, -(-len(rows) // MOST_BARS))]
    else:
        rows = sorted(shares.items(), key=lambda row: -row[1])[:MOST_BARS]
    in_percent = bool(result.shares)
    with tiles(result.finding.removesuffix("."), footer, [["bars"]], widths=[1], heights=[1]) as (
        drawing,
        panels,
    ):
        panel = panels["bars"]
        places = list(range(len(rows)))[::-1]
        for place, (option, share) in zip(places, rows, strict=True):
            won = option in result.winners
            panel.barh(
                place, share, color=COLOURS.get(option, PROPOSED if won else CURRENT), height=0.62, alpha=0.9
            )
        top = max([share for _, share in rows], default=1.0) or 1.0
        names = [STEP_WORDS.get(option, option) for option, _ in rows]
        others = [strategy for strategy in STRATEGIES if strategy != BASELINE]
        for strategy, mark in zip(others, itertools.cycle(MARKS), strict=False):
            shown = next((each for each in result.strategies if each.name == strategy), None)
            joined = (
                result.method == "gradient" and shown is not None and "strong_for" not in (shown.shares or {})
            )
            if shown is None or shown.shares is None or not in_percent or joined:
                continue
            points = [
                (shown.shares[option] / 100, place)
                for place, (option, _) in zip(places, rows, strict=True)
                if option in shown.shares
            ]
            if points:
                panel.plot(
                    *zip(*points, strict=True),
                    mark,
                    color=INK,
                    markersize=10,
                    label=STRATEGIES[strategy].words,
                    alpha=0.85,
                )
                top = max(top, *(share for share, _ in points))
        panel.set_yticks(places, [shortened(name) if len(name) > 26 else name for name in names], fontsize=18)
        panel.set_xlim(0, 1.08 * top)
        panel.grid(visible=False, axis="y")
        if in_percent:
            panel.xaxis.set_major_formatter(as_percent)
        panel.locator_params(axis="x", nbins=5)
        panel.set_xlabel(AXES.get(result.method, "Share of the ballots"))
        if panel.get_legend_handles_labels()[0]:
            panel.legend(loc="lower right", frameon=False, fontsize=16)
        drawing.subplots_adjust(left=0.33)
        return Picture(to_png(drawing), _alt(result, rows))


def _number(text: str) -> float:
    top, _, bottom = text.partition("/")
    return float(top) / float(bottom or 1)


def _alt(result: PollResult, rows: list[tuple[str, float]]) -> str:
    said = ", ".join(f"{STEP_WORDS.get(option, option)} {share:.2f}" for option, share in rows[:8])
    return f"A bar for each option: {said}. {result.finding}"[:1024]
