"""The picture of what several models or accounts earned: a line that adds up for each."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

from features.earnings.several_earnings import SeveralEarnings
from ui.drawing import Picture, adding_up, by_round, figure
from wording.numbers import brief, counted, shortened

IN_LEGEND = 22  # letters: more that are wide are wider than the panel


def picture_of_earnings(found: SeveralEarnings, titled: bool = True) -> Picture:
    """Cumulative pay of each name over the same rounds, what is pending included."""
    first = found.records[0]
    pending = int((~found.resolved).sum())
    footer = f"{first.source} · data until {first.until}" + (
        f" · {counted(pending, 'round')} pending at the end" if pending else ""
    )
    with figure(found.told(shortened), footer, [1.0], titled=titled) as (drawing, [panel]):
        lines = ((line.letter, shortened(line.name, IN_LEGEND), line.pay) for line in found.lines)
        adding_up(panel, found.rounds, lines)
        panel.set_ylabel("NMR, added up")
        return Picture(by_round(drawing, [panel]), _alt(found))


def _alt(found: SeveralEarnings) -> str:
    ends = "; ".join(f"{line.name} ends at {brief(float(line.pay.sum()))} NMR" for line in found.lines)
    return f"Lines of pay adding up over {found.span}, pending rounds included: {ends}."[:1024]
