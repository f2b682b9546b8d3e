"""The picture of several rules or names: a line of pay that adds up for each."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

from features.payout.several import SeveralPayouts
from ui.drawing import Picture, adding_up, by_round, figure
from wording.numbers import brief, counted, shortened


def picture_of_several(found: SeveralPayouts, titled: bool = True) -> Picture:
    """Cumulative pay of each line, named at its end by a letter and in the legend."""
    first = found.pairs[0]
    best = " and ".join(shortened(line.label) for line in found.best)
    title = f"{best} would have paid most in {found.span}"
    footer = f"{first.source} · {counted(found.rounds.size, 'round')}, {first.first_day} to {first.last_day}"
    footer += "" if found.derived is None else found.derived.label
    with figure(title, footer, [1.0], titled=titled) as (drawing, [panel]):
        # whose it is, the card says beside the letter
        lines = ((line.letter, shortened(line.label), line.side.by_round) for line in found.lines)
        adding_up(panel, found.rounds, lines)
        panel.set_ylabel("NMR, added up" if found.unit == "NMR" else "% of stake, added up")
        return Picture(by_round(drawing, [panel]), _alt(found))


def _alt(found: SeveralPayouts) -> str:
    ends = "; ".join(f"{line.label} ends at {brief(line.side.total)} {found.unit}" for line in found.lines)
    return f"Lines of pay adding up over {found.span}: {ends}."[:1024]
