"""The picture of opinions: members as dots, the nearer the more alike they vote, by group."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import numpy as np
from numpy.typing import NDArray

from features.opinions.map import OpinionPicture
from ui.drawing import CURRENT, GAIN, LOSS, PANEL, PROPOSED, TITLE, Picture, figure, to_png
from wording.numbers import counted

# in the order of the groups; told apart by shape where colours are not seen
MARKS = ((PROPOSED, "o"), (CURRENT, "s"), (GAIN, "^"), (LOSS, "D"), ("#CC79A7", "P"))
NUDGE = 0.012  # of the wider axis: members who voted exactly alike would lie on one another
SEED = 7


def picture_of_opinions(found: OpinionPicture, titled: bool = True) -> Picture:
    """Dots of members in the colours and shapes of their groups, all of one without groups.

    Raises ValueError where nobody could be placed.
    """
    if not found.places.size:
        raise ValueError("There is nobody to draw yet: too few have voted on enough statements.")
    places = _apart(found.places)
    with figure(found.finding, _footer(found), [1.0], titled=titled) as (drawing, (panel,)):
        groups = range(len(found.camps)) if found.camps else (-1,)
        for group in groups:
            colour, shape = MARKS[max(group, 0)] if found.camps else (CURRENT, "o")
            own = places[found.camp_of == group]
            panel.plot(
                own[:, 0],
                own[:, 1],
                shape,
                color=colour,
                markersize=17,
                alpha=0.8,
                markeredgecolor=PANEL,
                markeredgewidth=1.2,
            )
        panel.set(xticks=[], yticks=[], xlabel="What parts members most", ylabel="What parts them next")
        panel.margins(0.08, 0.18)
        panel.set_aspect("equal", adjustable="datalim")  # nearness means the same in every direction
        for at, camp in enumerate(found.camps):
            own = places[found.camp_of == at]
            panel.annotate(
                f"{camp.letter}: {camp.size}",
                (float(own[:, 0].mean()), float(own[:, 1].max())),
                xytext=(0, 16),
                textcoords="offset points",
                ha="center",
                color=MARKS[at][0],
                fontsize=TITLE,
                fontweight="bold",
            )
        drawing.subplots_adjust(left=0.08)
        return Picture(to_png(drawing), _alt(found))


def _apart(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Dots that lie on one another moved a little apart, in the same way each time."""
    width = max(float(np.ptp(places, axis=0).max()), 1e-9)
    return places + np.random.default_rng(SEED).normal(0, NUDGE * width, places.shape)


def _footer(found: OpinionPicture) -> str:
    return (
        f"{found.clustered:,} of {counted(found.participants, 'member')} placed, "
        f"{counted(found.votes, 'vote')} on {counted(found.statements, 'statement')} · "
        f"near dots vote alike · {found.as_of:%Y-%m-%d}"
    )


def _alt(found: OpinionPicture) -> str:
    sizes = ", ".join(f"group {camp.letter} with {camp.size}" for camp in found.camps)
    drawn = f"in {sizes}" if found.camps else "in one colour, for no groups are sure"
    return (
        f"A dot for each of {counted(found.clustered, 'member')} {drawn}; near dots vote alike. "
        f"{found.finding}. {found.reason}"
    )[:1024]
