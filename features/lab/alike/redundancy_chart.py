"""The pictures of who says the same: the largest clusters, and those most like one model."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

from features.lab.alike.redundancy import SHOWN, Redundancy
from scoring.lab.many_models import ALIKE
from ui.drawing import CURRENT, FAINT, INK, PROPOSED, Picture, figure, to_png
from wording.numbers import shortened


def picture_of_clusters(found: Redundancy, titled: bool = True) -> Picture:
    """How many models the largest clusters have, each with its share of stake."""
    shown = found.clusters[:SHOWN]
    names = [f"{at + 1}" for at in range(len(shown))]
    with figure(found.finding.removesuffix("."), f"{found.source}, {found.day}", [1.0], titled=titled) as (
        drawing,
        [panel],
    ):
        drawn = panel.barh(names, [each.models for each in shown], color=PROPOSED, height=0.7)
        panel.bar_label(drawn, [f" {each.models}, {each.percent} of stake" for each in shown])
        panel.set_xlim(0, 1.7 * shown[0].models)
        panel.invert_yaxis()
        panel.set(xlabel="Models that say the same", ylabel="Cluster")
        png = to_png(drawing)
    told = "; ".join(each.told for each in shown)
    return Picture(png, f"Bars of the largest clusters of models, with their share of stake: {told}."[:1024])


def picture_of_closest(found: Redundancy, titled: bool = True) -> Picture:
    """The correlations of the models most like one, with two standard errors."""
    names = [f"{at + 1}. {shortened(each.name, 18)}" for at, each in enumerate(found.closest)]
    r = [each.r for each in found.closest]
    with figure(found.finding.removesuffix("."), f"{found.source}, {found.day}", [1.0], titled=titled) as (
        drawing,
        [panel],
    ):
        colours = [PROPOSED if each.is_clear else CURRENT for each in found.closest]
        ends = [
            (each.r - max(-1.0, each.r - 2 * each.se), min(1.0, each.r + 2 * each.se) - each.r)
            for each in found.closest
        ]
        panel.axvline(ALIKE, color=FAINT, linewidth=2, linestyle="--")
        panel.barh(names, r, color=colours, height=0.7)
        panel.errorbar(
            r, range(len(r)), xerr=list(zip(*ends, strict=True)), fmt="none", ecolor=INK, elinewidth=2
        )
        panel.set_xlim(min(0.0, *r), 1.02)
        panel.invert_yaxis()
        panel.set_xlabel(f"r of scores, ± 2 standard errors; alike from {ALIKE:g}")
        png = to_png(drawing)
    told = ", ".join(f"{each.name} {each.r:.2f} ± {each.se:.2f}" for each in found.closest)
    return Picture(png, f"Bars of r with the models most alike, and two standard errors: {told}."[:1024])
